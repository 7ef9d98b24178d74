import RheiCompute
import RheiCore

/// What the nodes of one evaluator see while a batch is evaluated.
final class EvaluationFrame {
    private(set) var batch = VectorBatch()
    private(set) var arena = StringArena()
    /// What `now` means, see ``StatementTime``.
    private(set) var statementTime: Int64 = 0
    /// Counts batches; shared results carry the number of the batch they were computed for.
    private(set) var generation: UInt64 = 0
    /// How many lazy branches are being evaluated around the current node.
    private(set) var conditionalDepth = 0

    func begin(_ batch: VectorBatch) {
        self.batch = batch
        generation &+= 1
        conditionalDepth = 0
    }

    func use(_ arena: StringArena, statementTime: Int64) {
        self.arena = arena
        self.statementTime = statementTime
    }

    /// Evaluates a node for rows of a lazy branch: what it computes is no result for the whole batch.
    func evaluateConditionally(_ node: ExpressionNode, _ rows: SelectionVector) throws -> ColumnVector {
        conditionalDepth += 1
        defer { conditionalDepth -= 1 }
        return try node.evaluate(self, rows)
    }
}

/// A compiled expression of one worker: computes one vector per batch into memory of its own.
class ExpressionNode {
    /// Returns a vector that is right at the given rows; it is valid until the node's next evaluation.
    func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        preconditionFailure("an expression node without evaluation")
    }
}

/// A column of the batch.
final class ColumnNode: ExpressionNode {
    private let slot: Int

    init(slot: Int) { self.slot = slot }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) -> ColumnVector {
        frame.batch.columns[slot]
    }
}

/// A constant; its vector exists from the start.
final class LiteralNode: ExpressionNode {
    private let arena = StringArena()
    private let buffer: VectorBuffer
    private let vector: ColumnVector

    init(_ value: SQLValue, type: VectorType) throws {
        buffer = try VectorBuffer.constant(value, type: type, arena: arena)
        vector = buffer.constantVector()
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) -> ColumnVector { vector }
}

/// A node that several expressions have in common: evaluated once per batch, for all rows that are alive then.
///
/// Rows only become fewer within a batch, so a later reader finds all of its rows. What a lazy branch computes is not
/// kept.
final class SharedNode: ExpressionNode {
    private let node: ExpressionNode
    private var generation: UInt64 = 0
    private var result: ColumnVector?

    init(_ node: ExpressionNode) { self.node = node }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        if let result, generation == frame.generation { return result }
        let vector = try node.evaluate(frame, rows)
        if frame.conditionalDepth == 0 {
            result = vector
            generation = frame.generation
        }
        return vector
    }
}

/// An expression without columns: evaluated when first needed, then kept.
final class ConstantNode: ExpressionNode {
    private let node: ExpressionNode
    private let rows: RowCollection
    private var result: ColumnVector?

    init(_ node: ExpressionNode, type: VectorType) {
        self.node = node
        rows = RowCollection(types: [type], chunkCapacity: 1)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        if let result { return result }
        let vector = try node.evaluate(frame, SelectionVector(all: 1))
        unsafe self.rows.append([vector], selection: nil, count: 1)
        var kept = self.rows.columns(chunk: 0)[0]
        kept.isConstant = true
        result = kept
        return kept
    }
}
