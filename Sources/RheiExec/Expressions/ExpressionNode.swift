import RheiCompute
import RheiCore
import RheiPlan

/// A compiled expression of one worker.
class ExpressionNode {
    func evaluate(_ batch: VectorBatch, _ worker: WorkerContext) throws -> ColumnVector {
        throw EngineError(.invariant, "an expression node without evaluation")
    }
}

/// A column of the batch.
final class ColumnNode: ExpressionNode {
    private let slot: Int
    init(slot: Int) { self.slot = slot }
    override func evaluate(_ batch: VectorBatch, _ worker: WorkerContext) throws -> ColumnVector { batch.columns[slot] }
}

/// Turns expressions into nodes.
final class ExpressionCompiler {
    private let layout: ColumnLayout
    init(layout: ColumnLayout) { self.layout = layout }

    func compile(_ expression: Expression) throws -> ExpressionNode {
        guard case .column(let id, _) = expression else { throw EngineError.unsupported("expressions") }
        return ColumnNode(slot: try layout.slot(of: id))
    }
}
