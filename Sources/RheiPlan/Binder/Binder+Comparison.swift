import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    func bindComparison(
        _ op: ComparisonOperator, _ left: SyntaxExpression, _ right: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        let leftRow = try bindRow(left, context)
        let rightRow = try bindRow(right, context)
        try checkRows(leftRow, rightRow, left.range.union(right.range))
        return BoundExpression(try Self.compareRows(op, leftRow, rightRow))
            .propagatingCollation(of: leftRow + rightRow)
    }

    func checkRows(_ left: [BoundExpression], _ right: [BoundExpression], _ range: SourceRange) throws {
        guard left.count == right.count else {
            throw EngineError(
                .typeMismatch, "row value misused: \(left.count) values are compared with \(right.count)",
                at: position(range))
        }
    }

    /// Binds an operand that may be a row value: a list in parentheses, or a subquery of several columns.
    func bindRow(_ syntax: SyntaxExpression, _ context: ExpressionContext) throws -> [BoundExpression] {
        switch syntax.kind {
        case .row(let values): try values.map { try bind($0, context) }
        case .subquery(let statement): try bindSubqueryRow(statement, context)
        default: [try bind(syntax, context)]
        }
    }

    /// Compares rows column by column, as SQLite orders row values.
    static func compareRows(
        _ op: ComparisonOperator, _ left: [BoundExpression], _ right: [BoundExpression]
    ) throws -> Expression {
        if left.count == 1 { return try compare(op, left[0], right[0]) }
        let pairs = Array(zip(left, right))
        switch op {
        case .equal, .isNotDistinct: return .and(try pairs.map { try compare(op, $0, $1) })
        case .notEqual: return .not(.and(try pairs.map { try compare(.equal, $0, $1) }))
        case .isDistinct: return .not(.and(try pairs.map { try compare(.isNotDistinct, $0, $1) }))
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            let strict: ComparisonOperator = op == .less || op == .lessOrEqual ? .less : .greater
            var result = try compare(op, pairs[pairs.count - 1].0, pairs[pairs.count - 1].1)
            for (first, second) in pairs.dropLast().reversed() {
                result = .or([
                    try compare(strict, first, second), .and([try compare(.equal, first, second), result]),
                ])
            }
            return result
        }
    }

    func bindIs(
        _ left: SyntaxExpression, _ right: SyntaxExpression, isNegated: Bool, _ context: ExpressionContext
    ) throws -> BoundExpression {
        if let wanted = try truthLiteral(right, context) {
            let condition = try bindCondition(left, context)
            let test = (wanted ? condition : .not(condition)).isTrue
            return BoundExpression(isNegated ? .not(test) : test)
        }
        return try bindComparison(isNegated ? .isDistinct : .isNotDistinct, left, right, context)
    }

    /// The outcome that the right side of IS asks for when it is TRUE or FALSE; SQLite's parser turns `x IN ()` into
    /// FALSE and `x NOT IN ()` into TRUE.
    private func truthLiteral(_ syntax: SyntaxExpression, _ context: ExpressionContext) throws -> Bool? {
        switch syntax.kind {
        case .literal(.boolean(let wanted)):
            let name = Identifier(wanted ? "true" : "false", range: syntax.range)
            return try resolve(ColumnReference(column: name), context) == nil ? wanted : nil
        case .inSet(_, .list(let values), let isNegated) where values.isEmpty: return isNegated
        case .isNull(let operand, _):
            // SQLite turns a NULL test of what cannot be NULL into FALSE or TRUE, which IS then means in some plans
            // alone.
            switch operand.kind {
            case .literal(let literal) where literal != .null: break
            case .column(let reference) where isNeverNull(reference, context.scope): break
            default: return nil
            }
            throw EngineError.unsupported("IS with a NULL test of what cannot be NULL", at: position(syntax.range))
        default: return nil
        }
    }

    /// Whether SQLite may know of the column that it is not null.
    private func isNeverNull(_ reference: ColumnReference, _ scope: Scope) -> Bool {
        let name = NameMatching.fold(reference.column.name)
        var level: Scope? = scope
        while let scope = level {
            for source in scope.sources where source.isNamed(table: reference.table?.name, schema: nil) {
                if let column = source.columnsByName[name] { return source.columns[column].isNotNull }
                if Scope.rowIDNames.contains(name), reference.table != nil || scope.sources.count == 1 { return true }
            }
            level = scope.parent
        }
        return false
    }

    func bindBetween(
        _ operand: SyntaxExpression, _ low: SyntaxExpression, _ high: SyntaxExpression, _ isNegated: Bool,
        _ context: ExpressionContext
    ) throws -> BoundExpression {
        let value = try bindRow(operand, context)
        let lower = try bindRow(low, context)
        let upper = try bindRow(high, context)
        try checkRows(value, lower, operand.range.union(low.range))
        try checkRows(value, upper, operand.range.union(high.range))
        let inside = Expression.and([
            try Self.compareRows(.greaterOrEqual, value, lower), try Self.compareRows(.lessOrEqual, value, upper),
        ])
        return BoundExpression(isNegated ? .not(inside) : inside).propagatingCollation(of: value + lower + upper)
    }

    /// Compares two values after applying affinity and choosing the collation as SQLite does.
    static func compare(
        _ op: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression
    ) throws -> Expression {
        if left.isExplicit || right.isExplicit {
            let operands = try unified([left, right]).map(\.comparisonKey)
            return compare(op, operands[0], operands[1], collation: .binary)
        }
        if left.isAffinityUncertain || right.isAffinityUncertain { return compareUncertain(op, left, right) }
        let affinity = comparisonAffinity(left.affinity, right.affinity)
        return compare(
            op, applying(affinity, to: left), applying(affinity, to: right),
            collation: comparisonCollation(left, right))
    }

    /// Compares under every affinity that SQLite may take; where the outcomes differ the query is refused when it meets
    /// such values.
    private static func compareUncertain(
        _ op: ComparisonOperator, _ left: BoundExpression, _ right: BoundExpression
    ) -> Expression {
        var (first, second) = (left, right)
        // The values do not all have the affinity.
        if left.isAffinityUncertain { first.affinity = nil }
        if right.isAffinityUncertain { second.affinity = nil }
        var outcomes: [Expression] = []
        for leftAffinity in left.possibleAffinities {
            for rightAffinity in right.possibleAffinities {
                let affinity = comparisonAffinity(leftAffinity, rightAffinity)
                let outcome = compare(
                    op, applying(affinity, to: first), applying(affinity, to: second),
                    collation: comparisonCollation(left, right))
                if !outcomes.contains(outcome) { outcomes.append(outcome) }
            }
        }
        if outcomes.count == 1 { return outcomes[0] }
        return .call("agreed_truth", outcomes.map { $0.represented(as: .int64) }, .bool)
    }

    /// Compares two operands to which affinity has been applied, once their types have been made to fit.
    static func compare(
        _ op: ComparisonOperator, _ left: Expression, _ right: Expression, collation: Collation
    ) -> Expression {
        if op == .isNotDistinct || op == .isDistinct, left.isNullLiteral || right.isNullLiteral {
            let test = Expression.isNull(right.isNullLiteral ? left : right)
            return op == .isDistinct ? .not(test) : test
        }
        if left.isNullLiteral || right.isNullLiteral { return .literal(.null, .bool) }
        let (first, second) = fitting(left, right)
        let isText = { (type: DataType) in type == .utf8View || type == .any }
        let usesCollation = isText(first.type) && isText(second.type)
        return .comparison(op, first, second, usesCollation ? collation : .binary)
    }

    private static func fitting(_ left: Expression, _ right: Expression) -> (Expression, Expression) {
        let isNumber = { (type: DataType) in type == .int64 || type == .float64 }
        if left.type == right.type || left.type == .any || right.type == .any { return (left, right) }
        if isNumber(left.type), isNumber(right.type) { return (left, right) }
        return left.literalValue != nil
            ? (left.represented(as: .any), right) : (left, right.represented(as: .any))
    }

    /// The affinity that a comparison applies to both operands; nil for none.
    static func comparisonAffinity(_ left: Affinity?, _ right: Affinity?) -> Affinity? {
        switch (left, right) {
        case (let only, nil), (nil, let only): return only
        case (let left?, let right?):
            let isNumeric = { (affinity: Affinity) in affinity != .text && affinity != .none }
            return isNumeric(left) || isNumeric(right) ? .numeric : nil
        }
    }

    /// An explicit COLLATE wins, the left operand's before the right one's; then the left operand's own, then the
    /// right's.
    static func comparisonCollation(_ left: BoundExpression, _ right: BoundExpression) -> Collation {
        if left.hasExplicitCollation { return left.collation ?? .binary }
        if right.hasExplicitCollation { return right.collation ?? .binary }
        return left.collation ?? right.collation ?? .binary
    }

    /// Applies an affinity to an operand of a comparison.
    static func applying(_ affinity: Affinity?, to value: BoundExpression) -> Expression {
        let operand = value.data
        switch affinity {
        case nil, .some(.none): return operand
        case .some(.text):
            switch operand {
            case .literal(.integer(let integer), _): return .literal(.text(String(integer)), .utf8View)
            case _ where operand.type == .int64 || operand.type == .float64:
                return .cast(operand, .affinity(.text), .utf8View)
            case _ where operand.type == .any && value.affinity != .text:
                return .cast(operand, .affinity(.text), .any)
            default: return operand
            }
        case .some:
            if case .literal(.text(let text), _) = operand {
                return TypeRules.number(text).map(literal) ?? operand
            }
            // The values of a column have its affinity already: text in it is no number.
            let isConverted = value.affinity.map { $0 != .text && $0 != .none } ?? false
            if operand.type == .utf8View || (operand.type == .any && !isConverted) {
                return .cast(operand, .affinity(.numeric), .any)
            }
            return operand
        }
    }
}
