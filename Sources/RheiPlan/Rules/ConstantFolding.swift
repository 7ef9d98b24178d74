import RheiArrow
import RheiCore

/// Evaluates constant expressions and simplifies logic, without touching what a row may raise or decide.
struct ConstantFolding {
    /// Computes an expression without columns; nil where that fails or is not possible, and the expression stays.
    var evaluate: ((Expression) -> SQLValue?)?

    /// Folds every expression of a plan.
    func fold(_ plan: LogicalPlan) -> LogicalPlan { plan.mapExpressions(fold) }

    /// Folds an expression from the leaves up.
    func fold(_ expression: Expression) -> Expression { expression.rewritingBottomUp(simplify) }

    private func simplify(_ node: Expression) -> Expression {
        switch node {
        case .literal, .column: return node
        case .and(let operands): return Self.conjunction(operands)
        case .or(let operands): return Self.disjunction(operands)
        case .not(let operand): return Self.negation(operand)
        case .isNull(.literal(let value, _)): return value == .null ? .trueLiteral : .falseLiteral
        case .conditional(let branches, let otherwise, let type):
            return conditional(branches, otherwise, type)
        case .cast(.literal(let value, _), .affinity(.numeric), .any):
            if case .text(let text) = value { return .literal(TypeRules.number(text) ?? value, .any) }
        case .cast(.literal(let value, let source), .represent, let type):
            let represented = Expression.literal(value, source).represented(as: type)
            if represented.literalValue != nil { return represented }
        case .cast(let operand, .truth, .bool) where operand.literalValue != nil:
            let truth = Binder.truth(operand)
            if truth.literalValue != nil { return truth }
        case .comparison(let op, let left, let right, let collation):
            if op != .isDistinct, op != .isNotDistinct, left.isNullLiteral || right.isNullLiteral {
                return .literal(.null, .bool)
            }
            return evaluated(Self.comparison(op, left, right, collation))
        default: break
        }
        return evaluated(node)
    }

    private func evaluated(_ node: Expression) -> Expression {
        guard let evaluate, node.children.allSatisfy({ $0.literalValue != nil }) else { return node }
        if case .call(let name, _, _) = node, !ScalarFunction.isDeterministic(name) { return node }
        guard let value = evaluate(node) else { return node }
        // A decimal of more digits than a literal holds.
        if case .decimal128 = node.type, case .real = value { return node }
        return .literal(value, node.type)
    }

    /// Gives a constant of type `any` its value's own type where the comparison stays well typed.
    private static func comparison(
        _ op: ComparisonOperator, _ left: Expression, _ right: Expression, _ collation: Collation
    ) -> Expression {
        .comparison(op, narrowed(left, beside: right.type), narrowed(right, beside: left.type), collation)
    }

    private static func narrowed(_ expression: Expression, beside other: DataType) -> Expression {
        guard case .literal(let value, .any) = expression else { return expression }
        switch (value, other) {
        case (.integer, .int64), (.integer, .float64): return .literal(value, .int64)
        case (.real, .int64), (.real, .float64): return .literal(value, .float64)
        case (.text, .utf8View): return .literal(value, .utf8View)
        case (.blob, .binaryView): return .literal(value, .binaryView)
        default: return expression
        }
    }

    /// TRUE drops out and FALSE decides; an unknown operand stays, since only the whole row may turn it to false.
    static func conjunction(_ operands: [Expression]) -> Expression {
        var kept: [Expression] = []
        for operand in operands.flatMap(\.conjuncts) {
            if operand == .falseLiteral { return .falseLiteral }
            if operand != .trueLiteral, !kept.contains(operand) { kept.append(operand) }
        }
        return .conjunction(kept)
    }

    static func disjunction(_ operands: [Expression]) -> Expression {
        var kept: [Expression] = []
        for operand in operands.flatMap(\.disjuncts) {
            if operand == .trueLiteral { return .trueLiteral }
            if operand != .falseLiteral, !kept.contains(operand) { kept.append(operand) }
        }
        return kept.isEmpty ? .falseLiteral : kept.count == 1 ? kept[0] : .or(kept)
    }

    private static func negation(_ operand: Expression) -> Expression {
        switch operand {
        case .not(let inner): inner
        case .falseLiteral: .trueLiteral
        case .trueLiteral: .falseLiteral
        case .literal(.null, _): .literal(.null, .bool)
        case .comparison(let op, let left, let right, let collation):
            .comparison(op.negated, left, right, collation)
        case .or(let operands): .and(operands.map(negation))
        default: .not(operand)
        }
    }

    private func conditional(
        _ branches: [Expression.ConditionalBranch], _ otherwise: Expression?, _ type: DataType
    ) -> Expression {
        var kept: [Expression.ConditionalBranch] = []
        var last = otherwise
        for branch in branches {
            if branch.condition == .falseLiteral || branch.condition.isNullLiteral { continue }
            if branch.condition == .trueLiteral {
                last = branch.result
                break
            }
            kept.append(branch)
        }
        if kept.isEmpty { return last ?? .literal(.null, type) }
        return .conditional(kept, otherwise: last, type)
    }
}

extension Expression {
    /// The alternatives of a condition, nested ORs opened.
    var disjuncts: [Expression] {
        if case .or(let operands) = self { return operands.flatMap(\.disjuncts) }
        return [self]
    }
}
