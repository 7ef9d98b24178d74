import RheiCompute

/// NOT of a `bool`.
final class NotNode: ExpressionNode {
    private let operand: ExpressionNode
    private let buffer = VectorBuffer(type: .bool)

    init(_ operand: ExpressionNode) { self.operand = operand }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        LogicKernel.not(try operand.evaluate(frame, rows), rows: rows, into: buffer)
    }
}

/// IS NULL as a value.
final class IsNullNode: ExpressionNode {
    private let operand: ExpressionNode
    private let buffer = VectorBuffer(type: .bool)

    init(_ operand: ExpressionNode) { self.operand = operand }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        LogicKernel.isNull(try operand.evaluate(frame, rows), rows: rows, into: buffer)
    }
}

/// AND or OR as a value: an operand is evaluated for the rows that those before it have left undecided.
final class LogicNode: ExpressionNode {
    enum Connective { case and, or }

    private let connective: Connective
    private let operands: [ExpressionNode]
    private let merger = VectorMerger(type: .bool)
    private let undecided = SelectionBuffer()

    /// - Precondition: at least one operand.
    init(_ connective: Connective, _ operands: [ExpressionNode]) {
        precondition(!operands.isEmpty, "a connective without operands")
        self.connective = connective
        self.operands = operands
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let first = try operands[0].evaluate(frame, rows)
        merger.start(rowCount: rows.rowCount)
        merger.write(first, rows: rows)
        var open = rows
        for operand in operands.dropFirst() {
            open = leaveUndecided(merger.vector, open)
            if open.isEmpty { break }
            let vector = try frame.evaluateConditionally(operand, open)
            switch connective {
            case .and: merger.formConjunction(vector, rows: open)
            case .or: merger.formDisjunction(vector, rows: open)
            }
        }
        return merger.vector
    }

    private func leaveUndecided(_ vector: ColumnVector, _ rows: SelectionVector) -> SelectionVector {
        switch connective {
        case .and: LogicKernel.selectNotFalse(vector, rows: rows, into: undecided)
        case .or: LogicKernel.selectNotTrue(vector, rows: rows, into: undecided)
        }
    }
}

/// CASE: each row is evaluated in the branch it takes and in no other.
final class ConditionalNode: ExpressionNode {
    struct Branch {
        let condition: ExpressionNode
        let result: ExpressionNode
        let taken = SelectionBuffer()
    }

    private let branches: [Branch]
    private let otherwise: ExpressionNode?
    private let merger: VectorMerger
    private let remaining = SelectionBuffer()

    init(_ branches: [Branch], otherwise: ExpressionNode?, type: VectorType) {
        self.branches = branches
        self.otherwise = otherwise
        merger = VectorMerger(type: type)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        merger.start(rowCount: rows.rowCount)
        var open = rows
        for (index, branch) in branches.enumerated() {
            let condition =
                try index == 0
                ? branch.condition.evaluate(frame, open) : frame.evaluateConditionally(branch.condition, open)
            let taken = LogicKernel.selectTrue(condition, rows: open, into: branch.taken)
            if taken.isEmpty { continue }
            let result = try frame.evaluateConditionally(branch.result, taken)
            if taken.count == rows.count { return result }
            merger.write(result, rows: taken)
            open = remaining.select(open, without: taken)
            if open.isEmpty { return merger.vector }
        }
        if let otherwise, !open.isEmpty {
            let result = try frame.evaluateConditionally(otherwise, open)
            if open.count == rows.count { return result }
            merger.write(result, rows: open)
        }
        return merger.vector
    }
}
