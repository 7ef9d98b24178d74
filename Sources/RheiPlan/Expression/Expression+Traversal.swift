package import RheiArrow
package import RheiCore

extension Expression {
    /// The direct operands, in evaluation order.
    package var children: [Expression] {
        switch self {
        case .literal, .column: []
        case .unary(_, let operand, _), .not(let operand), .isNull(let operand), .cast(let operand, _, _): [operand]
        case .binary(_, let left, let right, _), .comparison(_, let left, let right, _): [left, right]
        case .and(let operands), .or(let operands), .call(_, let operands, _): operands
        case .inList(let operand, let values, _): [operand] + values
        case .conditional(let branches, let otherwise, _):
            branches.flatMap { [$0.condition, $0.result] } + (otherwise.map { [$0] } ?? [])
        }
    }

    /// Returns the same node over other operands.
    package func mapChildren(_ transform: (Expression) throws -> Expression) rethrows -> Expression {
        switch self {
        case .literal, .column: self
        case .unary(let op, let operand, let type): .unary(op, try transform(operand), type)
        case .not(let operand): .not(try transform(operand))
        case .isNull(let operand): .isNull(try transform(operand))
        case .cast(let operand, let kind, let type): .cast(try transform(operand), kind, type)
        case .binary(let op, let left, let right, let type):
            .binary(op, try transform(left), try transform(right), type)
        case .comparison(let op, let left, let right, let collation):
            .comparison(op, try transform(left), try transform(right), collation)
        case .and(let operands): .and(try operands.map(transform))
        case .or(let operands): .or(try operands.map(transform))
        case .call(let name, let arguments, let type): .call(name, try arguments.map(transform), type)
        case .inList(let operand, let values, let collation):
            .inList(try transform(operand), try values.map(transform), collation)
        case .conditional(let branches, let otherwise, let type):
            .conditional(
                try branches.map {
                    ConditionalBranch(condition: try transform($0.condition), result: try transform($0.result))
                },
                otherwise: try otherwise.map(transform), type)
        }
    }

    /// Replaces subtrees from the root down: where `replacement` gives an expression, that one stands in for the
    /// subtree and is not looked into again.
    package func replacing(_ replacement: (Expression) throws -> Expression?) rethrows -> Expression {
        if let found = try replacement(self) { return found }
        return try mapChildren { try $0.replacing(replacement) }
    }

    /// Replaces columns by expressions; columns without an entry stay.
    package func substituting(_ substitution: [ColumnID: Expression]) -> Expression {
        if substitution.isEmpty { return self }
        return replacing { node in
            if case .column(let id, _) = node { return substitution[id] ?? node }
            return nil
        }
    }

    /// Rebuilds the tree from the leaves up.
    package func rewritingBottomUp(_ transform: (Expression) throws -> Expression) rethrows -> Expression {
        try transform(mapChildren { try $0.rewritingBottomUp(transform) })
    }

    /// Calls `visit` for every node, the root first.
    package func forEach(_ visit: (Expression) -> Void) {
        visit(self)
        for child in children { child.forEach(visit) }
    }

    /// Whether any node satisfies the test.
    package func contains(where test: (Expression) -> Bool) -> Bool {
        test(self) || children.contains { $0.contains(where: test) }
    }

    /// Whether the value is the same whenever it is computed from the same columns: it calls no function of the time.
    package var isDeterministic: Bool {
        !contains { node in
            if case .call(let name, _, _) = node { return !ScalarFunction.isDeterministic(name) }
            return false
        }
    }

    /// Adds the columns that the expression reads.
    package func collectColumns(into columns: inout Set<ColumnID>) {
        switch self {
        case .column(let id, _): columns.insert(id)
        case .literal: break
        default: for child in children { child.collectColumns(into: &columns) }
        }
    }

    /// The columns that the expression reads.
    package var columns: Set<ColumnID> {
        var found = Set<ColumnID>()
        collectColumns(into: &found)
        return found
    }

    /// The column this expression is, when it is nothing else.
    package var columnID: ColumnID? {
        if case .column(let id, _) = self { return id }
        return nil
    }

    /// The value of a literal.
    package var literalValue: SQLValue? {
        if case .literal(let value, _) = self { return value }
        return nil
    }

    /// Whether the expression is a literal NULL of any type.
    package var isNullLiteral: Bool { literalValue == .null }

    /// The conjuncts of a condition, nested ANDs opened.
    package var conjuncts: [Expression] {
        if case .and(let operands) = self { return operands.flatMap(\.conjuncts) }
        return [self]
    }

    /// Joins conditions by AND; no condition is true.
    package static func conjunction(_ conditions: [Expression]) -> Expression {
        conditions.count == 1 ? conditions[0] : conditions.isEmpty ? .literal(.integer(1), .bool) : .and(conditions)
    }

    /// The bool literals; a bool's value is written as the integer 0 or 1.
    package static let trueLiteral = Expression.literal(.integer(1), .bool)
    package static let falseLiteral = Expression.literal(.integer(0), .bool)

    /// Whether the condition is true and not unknown, as a value that is never null.
    package var isTrue: Expression { .and([.not(.isNull(self)), self]) }

    /// Returns the value in another representation, which does not change it (see ``CastKind/represent``).
    package func represented(as target: DataType) -> Expression {
        if type == target { return self }
        if target.isExplicit, let converted = try? Binder.convert(self, to: target) { return converted }
        if type.isExplicit, !plain.type.isExplicit { return plain.represented(as: target) }
        if case .literal(let value, _) = self {
            switch (value, target) {
            case (.null, _): return .literal(.null, target)
            case (_, .any): return .literal(value, .any)
            case (.integer(let integer), .float64): return .literal(.real(Double(integer)), .float64)
            case (.integer, .int64): return .literal(value, .int64)
            default: break
            }
        }
        return .cast(self, .represent, target)
    }
}
