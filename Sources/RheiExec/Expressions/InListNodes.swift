import RheiCompute

/// `operand IN (literals)` as a value.
final class InListNode: ExpressionNode {
    private let operand: ExpressionNode
    private let list: InListKernel
    private let buffer = VectorBuffer(type: .bool)

    init(_ operand: ExpressionNode, _ list: InListKernel) {
        self.operand = operand
        self.list = list
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        list.evaluate(try operand.evaluate(frame, rows), rows: rows, into: buffer)
    }
}

/// IN and NOT IN of literals as a condition.
final class InListPredicate: PredicateNode {
    private let operand: ExpressionNode
    private let list: InListKernel
    private let isNegated: Bool
    private let selection = SelectionBuffer()

    init(_ operand: ExpressionNode, _ list: InListKernel, isNegated: Bool) {
        self.operand = operand
        self.list = list
        self.isNegated = isNegated
    }

    override func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        list.select(try operand.evaluate(frame, rows), negated: isNegated, rows: rows, into: selection)
    }
}

/// `operand IN (values)` for values that are no literals: the disjunction of equalities.
final class EqualAnyNode: ExpressionNode {
    private let operand: ExpressionNode
    private let values: [ExpressionNode]
    private let collation: TextCollation
    private let comparison = VectorBuffer(type: .bool)
    private let merger = VectorMerger(type: .bool)
    private let undecided = SelectionBuffer()

    init(_ operand: ExpressionNode, _ values: [ExpressionNode], collation: TextCollation) {
        self.operand = operand
        self.values = values
        self.collation = collation
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let input = try operand.evaluate(frame, rows)
        merger.start(rowCount: rows.rowCount)
        var open = rows
        for (index, value) in values.enumerated() where !open.isEmpty {
            let constant = try value.evaluate(frame, open)
            let equal = ComparisonKernel.compare(
                .equal, input, constant, collation: collation, rows: open, into: comparison)
            if index == 0 { merger.write(equal, rows: open) } else { merger.formDisjunction(equal, rows: open) }
            open = LogicKernel.selectNotTrue(merger.vector, rows: open, into: undecided)
        }
        return merger.vector
    }
}
