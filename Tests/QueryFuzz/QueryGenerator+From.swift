import RheiTestSupport

extension QueryGenerator {
    /// A FROM clause without its keyword, and the sources in it.
    mutating func from(_ scope: Scope, _ depth: Int) -> (SQLNode, [Source]) {
        let (node, first) = source(scope, depth)
        var nodes = [node]
        var sources = [first]
        for _ in 0..<random.pick([0, 0, 0, 0, 1, 1, 1, 2]) {
            let documents = sources.flatMap { source in
                source.columns.filter { $0.content == .documents }.map { "\(source.alias).\($0.name)" }
            }
            if chance(20), let document = documents.randomElement(using: &random) {
                let (node, added) = documentRows(document)
                nodes.append(", \(node)")
                sources.append(added)
                continue
            }
            if chance(6) {
                let (right, added) = parenthesizedJoin(scope)
                nodes.append(join(right, added, &sources, scope))
                continue
            }
            let (right, added) = source(scope, sources.count > 1 ? 0 : depth)
            nodes.append(join(right, [added], &sources, scope))
        }
        return (.chain(nodes), sources)
    }

    /// Two or three sources joined in parentheses.
    private mutating func parenthesizedJoin(_ scope: Scope) -> (SQLNode, [Source]) {
        let (node, first) = source(scope, 0)
        var nodes = [node]
        var sources = [first]
        for _ in 0..<random.pick([1, 1, 2]) {
            let (right, added) = source(scope, 0)
            nodes.append(join(right, [added], &sources, scope))
        }
        return ("(\(.chain(nodes)))", sources)
    }

    /// What follows the left side of a join; adds the right side to `sources`.
    private mutating func join(
        _ right: SQLNode, _ added: [Source], _ sources: inout [Source], _ scope: Scope
    ) -> SQLNode {
        let left = sources
        sources += added
        let kind = random.pick([
            "JOIN", "JOIN", "INNER JOIN", "LEFT JOIN", "LEFT JOIN", "LEFT OUTER JOIN", "RIGHT JOIN", "FULL JOIN",
            "FULL OUTER JOIN", "CROSS JOIN", ",",
        ])
        if kind == "," { return ", \(right)" }
        if kind == "CROSS JOIN" { return " CROSS JOIN \(right)" }
        if chance(5) { return " NATURAL \(kind) \(right)" }
        let shared = added.flatMap(\.columns).map(\.name).filter { name in
            left.contains { $0.columns.contains { $0.name == name } }
        }
        if !shared.isEmpty, chance(20) {
            let names = shared.shuffled(using: &random).prefix(random.pick([1, 1, 2]))
            return " \(kind) \(right) USING (\(names.joined(separator: ", ")))"
        }
        if chance(85) {
            let wanted = random.pick([Wanted.number, .text, .any, .number])
            let first = column(Scope(levels: [left]), wanted)
            let second = column(Scope(levels: [added]), wanted)
            let sign = random.pick(["=", "=", "=", "=", "=", "<", ">=", "IS", "<>"])
            let condition: SQLNode = .expression("\(first) \(sign) \(second)")
            let more =
                chance(25) ? .optional(" AND \(expression(scope.entering(sources), 1, .truth))") : "" as SQLNode
            return " \(kind) \(right) ON \(condition)\(more)"
        }
        return " \(kind) \(right) ON \(expression(scope.entering(sources), 1, .truth))"
    }

    /// A table, view, common table, subquery, table function or list of values.
    mutating func source(_ scope: Scope, _ depth: Int) -> (SQLNode, Source) {
        aliasCount += 1
        let alias = "s\(aliasCount)"
        func named(_ columns: [FuzzColumn]) -> Source {
            Source(
                alias: alias, columns: columns,
                orderTerms: columns.flatMap { ["\(alias).\($0.name)", "quote(\(alias).\($0.name))"] })
        }
        switch random.below(100) {
        case 0..<8 where !schema.views.isEmpty:
            let view = random.pick(schema.views)
            return ("\(view.name) AS \(alias)", named(view.columns))
        case 8..<30 where !commonTables.isEmpty:
            let table = random.pick(commonTables)
            return ("\(table.name) AS \(alias)", named(table.columns))
        case 30..<45 where depth > 1:
            let (node, columns) = derivedTable(depth - 1)
            return ("(\(node)) AS \(alias)", named(columns))
        case 45..<47:
            let rows = (0..<random.pick([1, 2, 3])).map { _ in
                "(\(literal(.number)), \(literal(.any)))" as SQLNode
            }
            let columns = [
                FuzzColumn(name: "column1", content: .mixed), FuzzColumn(name: "column2", content: .mixed),
            ]
            return ("(VALUES \(.list(rows))) AS \(alias)", named(columns))
        case 47..<48:
            let text = ValueSource.literal(.documents, &random)
            return documentRows(text)
        default:
            let table = random.pick(schema.tables)
            var source = named(table.columns)
            if let key = table.key { source.orderTerms = ["\(alias).\(key)"] }
            return ("\(table.name)\(chance(30) ? "" : " AS") \(alias)", source)
        }
    }

    /// json_each or json_tree of a document.
    private mutating func documentRows(_ document: String) -> (SQLNode, Source) {
        aliasCount += 1
        let alias = "s\(aliasCount)"
        let columns = [
            FuzzColumn(name: "key", content: .mixed), FuzzColumn(name: "value", content: .mixed),
            FuzzColumn(name: "type", content: .words), FuzzColumn(name: "atom", content: .mixed),
            FuzzColumn(name: "fullkey", content: .words),
        ]
        let path = random.pick(["", "", ", '$.b'", ", '$'"])
        return (
            "\(random.pick(["json_each", "json_tree"]))(\(document)\(path)) AS \(alias)",
            Source(alias: alias, columns: columns, orderTerms: ["\(alias).fullkey", "\(alias).id"])
        )
    }

    /// A subquery in FROM, with its columns; at times cut to the first rows of a complete order.
    private mutating func derivedTable(_ depth: Int) -> (SQLNode, [FuzzColumn]) {
        let wasAllowed = allowsInexact
        allowsInexact = false
        defer { allowsInexact = wasAllowed }
        let names = Array(["x", "y", "a"].prefix(Int.random(in: 1...3, using: &random)))
        if chance(15) {
            let (node, source) = self.source(Scope(levels: []), 0)
            let scope = Scope(levels: [[source]])
            let items = names.map { "\(expression(scope, 1, .any)) AS \($0)" as SQLNode }
            let order = source.orderTerms.map { $0 + random.pick(["", " DESC"]) }.joined(separator: ", ")
            let limit = random.pick(["", " LIMIT 1", " LIMIT 3", " LIMIT 2 OFFSET 1"])
            let columns = names.map { FuzzColumn(name: $0, content: .mixed) }
            return ("SELECT \(.list(items, minimum: names.count)) FROM \(node) ORDER BY \(order)\(limit)", columns)
        }
        let body =
            chance(12)
            ? compound(names.count, depth, Scope(levels: []), names)
            : select(names.count, depth, Scope(levels: []), names)
        return (body.node, zip(names, body.contents).map { FuzzColumn(name: $0, content: $1) })
    }
}
