import RheiCompute
import RheiPlan

/// A compiled condition of one worker: selects rows for which it is true, into memory of its own.
class PredicateNode {
    func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        preconditionFailure("a predicate node without selection")
    }
}

/// A comparison, straight to a selection.
final class ComparisonPredicate: PredicateNode {
    private let operation: CompareOperation
    private let left: ExpressionNode
    private let right: ExpressionNode
    private let collation: TextCollation
    private let selection = SelectionBuffer()

    init(
        _ operation: CompareOperation, _ left: ExpressionNode, _ right: ExpressionNode, collation: TextCollation
    ) {
        self.operation = operation
        self.left = left
        self.right = right
        self.collation = collation
    }

    override func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        let first = try left.evaluate(frame, rows)
        let second = try right.evaluate(frame, rows)
        return ComparisonKernel.select(operation, first, second, collation: collation, rows: rows, into: selection)
    }
}

/// IS NULL and IS NOT NULL.
final class NullPredicate: PredicateNode {
    private let operand: ExpressionNode
    private let isNegated: Bool
    private let selection = SelectionBuffer()

    init(_ operand: ExpressionNode, isNegated: Bool) {
        self.operand = operand
        self.isNegated = isNegated
    }

    override func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        LogicKernel.selectNull(
            try operand.evaluate(frame, rows), negated: isNegated, rows: rows, into: selection)
    }
}

/// Any `bool` expression.
final class TruthPredicate: PredicateNode {
    private let operand: ExpressionNode
    private let selection = SelectionBuffer()

    init(_ operand: ExpressionNode) { self.operand = operand }

    override func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        LogicKernel.selectTrue(try operand.evaluate(frame, rows), rows: rows, into: selection)
    }
}

/// All conditions hold; each is evaluated for the rows that those before it have left.
final class ConjunctionPredicate: PredicateNode {
    private let operands: [PredicateNode]

    init(_ operands: [PredicateNode]) { self.operands = operands }

    override func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        var alive = rows
        for operand in operands where !alive.isEmpty { alive = try operand.select(frame, alive) }
        return alive
    }
}

/// At least one condition holds; each is evaluated for the rows that none before it has taken.
final class DisjunctionPredicate: PredicateNode {
    private let operands: [PredicateNode]
    private let untaken = SelectionBuffer()
    private let selection = SelectionBuffer()

    init(_ operands: [PredicateNode]) { self.operands = operands }

    override func select(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> SelectionVector {
        var open = rows
        for operand in operands where !open.isEmpty {
            open = untaken.select(open, without: try operand.select(frame, open))
        }
        return selection.select(rows, without: open)
    }
}

/// Turns conditions into predicates, with NOT moved inwards to where it costs nothing.
struct PredicateCompiler {
    private let expressions: ExpressionCompiler

    init(_ expressions: ExpressionCompiler) { self.expressions = expressions }

    /// - Parameter isConditional: whether not all living rows evaluate it.
    func compile(_ condition: Expression, isNegated: Bool = false, isConditional: Bool) throws -> PredicateNode {
        switch condition {
        case .not(let operand):
            return try compile(operand, isNegated: !isNegated, isConditional: isConditional)
        case .comparison(let operation, let left, let right, let collation):
            // Null rows are dropped either way, so the opposite comparison is the negation.
            let kernel = (isNegated ? operation.negated : operation).kernel
            return ComparisonPredicate(
                kernel, try expressions.compile(left, isConditional: isConditional),
                try expressions.compile(right, isConditional: isConditional), collation: collation.kernel)
        case .isNull(let operand):
            return NullPredicate(
                try expressions.compile(operand, isConditional: isConditional), isNegated: isNegated)
        case .and(let operands):
            let parts = try compileAll(operands, isNegated, isConditional)
            return isNegated ? DisjunctionPredicate(parts) : ConjunctionPredicate(parts)
        case .or(let operands):
            let parts = try compileAll(operands, isNegated, isConditional)
            return isNegated ? ConjunctionPredicate(parts) : DisjunctionPredicate(parts)
        case .inList(let operand, let values, let collation):
            if let list = InListKernel(literals: values, collation) {
                let input = try expressions.compile(operand, isConditional: isConditional)
                return InListPredicate(input, list, isNegated: isNegated)
            }
            return try compileTruth(condition, isNegated, isConditional)
        default: return try compileTruth(condition, isNegated, isConditional)
        }
    }

    private func compileTruth(
        _ condition: Expression, _ isNegated: Bool, _ isConditional: Bool
    ) throws -> PredicateNode {
        let value = isNegated ? Expression.not(condition) : condition
        return TruthPredicate(try expressions.compile(value, as: .bool, isConditional: isConditional))
    }

    /// What is computed inside a connective is not kept for the whole batch: its rows are some of the living ones.
    private func compileAll(
        _ operands: [Expression], _ isNegated: Bool, _ isConditional: Bool
    ) throws -> [PredicateNode] {
        try operands.enumerated().map { index, operand in
            try compile(operand, isNegated: isNegated, isConditional: isConditional || index > 0)
        }
    }
}
