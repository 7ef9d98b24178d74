import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    /// The result columns of `*` or `table.*`, without those that EXCLUDE names and with those of REPLACE in place.
    func expand(
        _ star: StarColumn, _ scope: Scope, _ aggregation: AggregateCollector, _ hasFrom: Bool
    ) throws -> [ResultItem] {
        let columns = try starColumns(star, scope, hasFrom)
        for name in star.excluded { try checkStarName(name, columns, "EXCLUDE") }
        for result in star.replaced { if let alias = result.alias { try checkStarName(alias, columns, "REPLACE") } }
        var items: [ResultItem] = []
        for column in columns {
            let isNamed = { (name: Identifier) in NameMatching.equal(name.name, column.name) }
            if star.excluded.contains(where: isNamed) { continue }
            if let replacement = star.replaced.last(where: { $0.alias.map(isNamed) ?? false }) {
                let context = ExpressionContext(scope, aggregation: aggregation)
                let bound = try bind(replacement.expression, context)
                items.append(
                    ResultItem(
                        bound: bound, name: column.name, derivedName: column.name, subqueries: context.subqueries,
                        syntax: replacement.expression, alias: column.name))
                continue
            }
            items.append(
                ResultItem(
                    bound: try scope.reading(column.value, at: position(star.range)),
                    name: column.value.columnName ?? column.name, derivedName: column.name,
                    subqueries: SubqueryCollector(),
                    syntax: nil, alias: nil))
        }
        guard !items.isEmpty || columns.isEmpty else {
            throw EngineError(.syntax, "EXCLUDE leaves no column of *", at: position(star.range))
        }
        return items
    }

    private func starColumns(_ star: StarColumn, _ scope: Scope, _ hasFrom: Bool) throws -> [ScopeColumn] {
        if let table = star.table {
            guard scope.sources.contains(where: { $0.isNamed(table: table.name, schema: nil) }) else {
                if let fields = try fieldColumns(of: table, scope) { return fields }
                throw EngineError(
                    .unknownName, "no such table: \(table.name)", at: position(table.range),
                    hint: NameMatching.hint(for: table.name, among: scope.sources.compactMap(\.name)))
            }
            return starColumns(scope.sources, of: table.name)
        }
        guard hasFrom else { throw EngineError(.syntax, "no tables specified", at: position(star.range)) }
        return starColumns(scope.sources)
    }

    private func checkStarName(_ name: Identifier, _ columns: [ScopeColumn], _ clause: String) throws {
        if columns.contains(where: { NameMatching.equal($0.name, name.name) }) { return }
        throw EngineError(
            .unknownName, "no such column: \(name.name) (in \(clause))", at: position(name.range),
            hint: NameMatching.hint(for: name.name, among: columns.map(\.name)))
    }
}

extension SyntaxExpression {
    /// Replaces the typed literal that ends the expression, such as `date '…'`; nil where it is not found.
    func replacingTypedLiteral(at range: SourceRange, by other: SyntaxExpression) -> SyntaxExpression? {
        if case .literal(.typed) = kind { return other }
        var result = self
        switch kind {
        case .unary(let op, let operand):
            guard let operand = operand.replacingTypedLiteral(at: range, by: other) else { return nil }
            result.kind = .unary(op, operand)
        case .binary(let op, let left, let right):
            guard let right = right.replacingTypedLiteral(at: range, by: other) else { return nil }
            result.kind = .binary(op, left, right)
        case .between(let operand, let low, let high, let isNegated):
            guard let high = high.replacingTypedLiteral(at: range, by: other) else { return nil }
            result.kind = .between(operand, low: low, high: high, isNegated: isNegated)
        case .pattern(var match):
            if let escape = match.escape {
                match.escape = escape.replacingTypedLiteral(at: range, by: other)
                guard match.escape != nil else { return nil }
            } else {
                guard let pattern = match.pattern.replacingTypedLiteral(at: range, by: other) else { return nil }
                match.pattern = pattern
            }
            result.kind = .pattern(match)
        default: return nil
        }
        return result
    }
}
