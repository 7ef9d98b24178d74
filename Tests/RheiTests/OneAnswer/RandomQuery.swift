import RheiTestSupport

/// A generated query.
struct RandomQuery {
    var sql: String
    /// The positions of the result columns by which the rows are ordered, the first deciding first.
    var orderColumns: [Int] = []
}

/// Generates queries over random tables: every operator, most functions, joins, grouping, subqueries, compounds.
struct QueryGenerator {
    /// A source in FROM: its alias and its columns.
    typealias Source = (alias: String, columns: [RandomTable.Column])

    var random: SeededGenerator
    let tables: [RandomTable]
    private var aliasCount = 0

    init(_ tables: [RandomTable], _ random: SeededGenerator) {
        self.tables = tables
        self.random = random
    }

    mutating func query() -> RandomQuery {
        aliasCount = 0
        let width = Int.random(in: 1...3, using: &random)
        let depth = random.pick([1, 1, 2, 2, 3])
        var query = RandomQuery(sql: select(width, depth, outer: []))
        if random.chance(percent: 12) {
            let operation = random.pick(["UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
            query.sql += " \(operation) " + select(width, 1, outer: [])
        }
        if random.chance(percent: 25) {
            query.orderColumns = Array(0..<width).shuffled(using: &random)
            let terms = query.orderColumns.map { "\($0 + 1)" + random.pick(["", " DESC", " NULLS LAST"]) }
            query.sql += " ORDER BY " + terms.joined(separator: ", ")
        }
        return query
    }

    // MARK: - SELECT

    mutating func select(_ width: Int, _ depth: Int, outer: [Source], names: [String] = []) -> String {
        let (from, sources) = self.from(depth)
        let scope = outer + sources
        var parts = ["SELECT"]
        if random.chance(percent: 10) { parts.append("DISTINCT") }
        let keys =
            random.chance(percent: 22) ? (0..<Int.random(in: 1...2, using: &random)).map { _ in column(sources) } : []
        let isAggregate = !keys.isEmpty || random.chance(percent: 20)
        var items: [String] = []
        for position in 0..<width {
            let item =
                if isAggregate {
                    random.chance(percent: 35) ? keys.first ?? aggregate(scope, sources) : aggregate(scope, sources)
                } else {
                    random.chance(percent: 12) ? window(scope, sources) : expression(scope, depth)
                }
            items.append(item + (position < names.count ? " AS \(names[position])" : ""))
        }
        parts += [items.joined(separator: ", "), "FROM", from]
        if random.chance(percent: 50) { parts += ["WHERE", expression(scope, min(depth, 2))] }
        if !keys.isEmpty {
            parts += ["GROUP BY", keys.joined(separator: ", ")]
            if random.chance(percent: 20) {
                parts += ["HAVING", aggregate(scope, sources), random.pick(["> 1", "IS NULL", "<> 0"])]
            }
        }
        return parts.joined(separator: " ")
    }

    private mutating func source(_ depth: Int) -> (String, Source) {
        aliasCount += 1
        let alias = "s\(aliasCount)"
        if depth > 0, random.chance(percent: 15) {
            let names = Array(["x", "y"].prefix(Int.random(in: 1...2, using: &random)))
            let columns = names.map { RandomTable.Column(name: $0, content: .wild) }
            return ("(\(select(names.count, depth - 1, outer: [], names: names))) AS \(alias)", (alias, columns))
        }
        let table = random.pick(tables)
        return ("\(table.name) AS \(alias)", (alias, table.columns))
    }

    private mutating func from(_ depth: Int) -> (String, [Source]) {
        var (text, first) = source(depth - 1)
        var sources = [first]
        for _ in 0..<random.pick([0, 0, 0, 1, 1, 2]) {
            let (right, added) = source(depth - 1)
            let kind = random.pick(["JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", ","])
            let shared = added.columns.first { column in
                sources.contains { $0.columns.contains { $0.name == column.name } }
            }
            if kind == "," {
                text += ", " + right
                sources.append(added)
            } else if let shared, random.chance(percent: 20) {
                text += " \(kind) \(right) USING (\(shared.name))"
                sources.append(added)
            } else {
                let left = column(sources)
                var condition = "\(left) \(random.pick(["=", "=", "=", "<", "IS"])) \(column([added]))"
                sources.append(added)
                if random.chance(percent: 25) { condition += " AND \(expression(sources, 1))" }
                text += " \(kind) \(right) ON \(condition)"
            }
        }
        return (text, sources)
    }

    // MARK: - Expressions

    mutating func column(_ sources: [Source]) -> String {
        guard !sources.isEmpty else { return literal() }
        let source = random.pick(sources)
        return "\(source.alias).\(random.pick(source.columns).name)"
    }

    private mutating func literal() -> String {
        RandomValue.literal(random.pick([.integers, .integers, .quarters, .words, .numberTexts, .blobs]), &random)
    }

    private mutating func aggregate(_ scope: [Source], _ sources: [Source]) -> String {
        let filter = random.chance(percent: 10) ? " FILTER (WHERE \(expression(scope, 1)))" : ""
        let distinct = random.chance(percent: 20) ? "DISTINCT " : ""
        if random.chance(percent: 35) {
            let columns = sources.flatMap { source in
                source.columns.filter(\.isSummable).map { "\(source.alias).\($0.name)" }
            }
            if !columns.isEmpty {
                return "\(random.pick(["sum", "avg", "total"]))(\(distinct)\(random.pick(columns)))\(filter)"
            }
        }
        if random.chance(percent: 25) { return "count(*)\(filter)" }
        let argument = random.chance(percent: 70) ? column(sources) : expression(sources, 1)
        return "\(random.pick(["count", "min", "max"]))(\(distinct)\(argument))\(filter)"
    }

    /// A window function whose result does not depend on the order of rows that its ORDER BY does not tell apart.
    private mutating func window(_ scope: [Source], _ sources: [Source]) -> String {
        let function =
            random.chance(percent: 40)
            ? random.pick(["rank()", "dense_rank()", "percent_rank()", "cume_dist()"]) : aggregateOverWindow(sources)
        var parts: [String] = []
        if random.chance(percent: 60) { parts.append("PARTITION BY \(expression(scope, random.pick([0, 0, 1])))") }
        let isOrdered = random.chance(percent: 75)
        if isOrdered { parts.append("ORDER BY \(column(sources))" + random.pick(["", " DESC", " NULLS LAST"])) }
        if random.chance(percent: 50) {
            let offset = isOrdered ? random.pick(["1", "2", "100"]) : "0"
            let (start, end) = random.pick([
                ("UNBOUNDED PRECEDING", "CURRENT ROW"), ("CURRENT ROW", "UNBOUNDED FOLLOWING"),
                ("\(offset) PRECEDING", "\(offset) FOLLOWING"), ("\(offset) PRECEDING", "CURRENT ROW"),
                ("CURRENT ROW", "\(offset) FOLLOWING"), ("\(offset) FOLLOWING", "UNBOUNDED FOLLOWING"),
                ("UNBOUNDED PRECEDING", "\(offset) PRECEDING"),
            ])
            let unit = isOrdered ? random.pick(["RANGE", "GROUPS"]) : "GROUPS"
            let exclusion = random.pick(["", "", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE CURRENT ROW"])
            parts.append("\(unit) BETWEEN \(start) AND \(end)\(exclusion)")
        }
        return "\(function) OVER (\(parts.joined(separator: " ")))"
    }

    private mutating func aggregateOverWindow(_ sources: [Source]) -> String {
        let summable = sources.flatMap { source in
            source.columns.filter(\.isSummable).map { "\(source.alias).\($0.name)" }
        }
        if random.chance(percent: 50), !summable.isEmpty {
            return "\(random.pick(["sum", "avg", "total"]))(\(random.pick(summable)))"
        }
        return random.pick([
            "count(*)", "count(\(column(sources)))", "min(\(column(sources)))", "max(\(column(sources)))",
        ])
    }

    mutating func expression(_ scope: [Source], _ depth: Int) -> String {
        if depth <= 0 { return random.chance(percent: 70) ? column(scope) : literal() }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<12: return column(scope)
        case 12..<32: return binary(scope, depth, ["+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>"])
        case 32..<48: return binary(scope, depth, ["=", "<", ">", "<=", ">=", "<>", "IS", "IS NOT"])
        case 48..<54: return binary(scope, depth, ["AND", "OR"])
        case 54..<59: return "(\(random.pick(["- ", "+", "~", "NOT "]))\(expression(scope, depth - 1)))"
        case 59..<62: return "(\(expression(scope, depth - 1)) \(random.pick(["IS NULL", "IS NOT NULL", "IS TRUE"])))"
        case 62..<66: return between(scope, depth)
        case 66..<70: return membership(scope, depth)
        case 70..<74: return pattern(scope, depth)
        case 74..<79: return conditional(scope, depth)
        case 79..<84: return cast(scope, depth)
        case 84..<86: return "(\(column(scope)) COLLATE \(random.pick(["NOCASE", "BINARY"])))"
        case 86..<96: return call(scope, depth)
        default: return depth >= 2 ? subquery(scope, depth) : call(scope, depth)
        }
    }

    private mutating func binary(_ scope: [Source], _ depth: Int, _ operators: [String]) -> String {
        "(\(expression(scope, depth - 1)) \(random.pick(operators)) \(expression(scope, depth - 1)))"
    }

    private mutating func between(_ scope: [Source], _ depth: Int) -> String {
        let negation = random.pick(["", "NOT "])
        return
            "(\(expression(scope, depth - 1)) \(negation)BETWEEN \(expression(scope, 0)) AND \(expression(scope, 0)))"
    }

    private mutating func membership(_ scope: [Source], _ depth: Int) -> String {
        let values = (0..<Int.random(in: 0...3, using: &random)).map { _ in expression(scope, 0) }
        let negation = random.pick(["", "NOT "])
        return "(\(expression(scope, depth - 1)) \(negation)IN (\(values.joined(separator: ", "))))"
    }

    private mutating func pattern(_ scope: [Source], _ depth: Int) -> String {
        let pattern = random.pick([
            "'a%'", "'%b%'", "'_'", "'A_'", "'%'", "''", "'[a]'", "'a*'", "'?'", "'[^a]*'", "'%1%'",
        ])
        return "(\(expression(scope, depth - 1)) \(random.pick(["LIKE", "NOT LIKE", "GLOB"])) \(pattern))"
    }

    private mutating func conditional(_ scope: [Source], _ depth: Int) -> String {
        let operand = random.chance(percent: 40) ? " " + expression(scope, depth - 1) : ""
        let otherwise = random.chance(percent: 60) ? " ELSE " + expression(scope, depth - 1) : ""
        return
            "CASE\(operand) WHEN \(expression(scope, depth - 1)) THEN \(expression(scope, depth - 1))\(otherwise) END"
    }

    private mutating func cast(_ scope: [Source], _ depth: Int) -> String {
        "CAST(\(expression(scope, depth - 1)) AS \(random.pick(["INTEGER", "TEXT", "REAL", "NUMERIC", "BLOB"])))"
    }

    private mutating func call(_ scope: [Source], _ depth: Int) -> String {
        let (name, count) = random.pick([
            ("abs", 1), ("length", 1), ("lower", 1), ("upper", 1), ("typeof", 1), ("quote", 1), ("hex", 1),
            ("round", 1),
            ("substr", 2), ("trim", 1), ("rtrim", 2), ("replace", 3), ("instr", 2), ("coalesce", 2), ("ifnull", 2),
            ("nullif", 2), ("iif", 3), ("min", 2), ("max", 3), ("sign", 1), ("unicode", 1), ("floor", 1), ("likely", 1),
        ])
        let arguments = (0..<count).map { _ in expression(scope, depth - 1) }
        return "\(name)(\(arguments.joined(separator: ", ")))"
    }

    private mutating func subquery(_ scope: [Source], _ depth: Int) -> String {
        switch Int.random(in: 0..<3, using: &random) {
        case 0: "(\(random.pick(["", "NOT "]))EXISTS (\(select(1, depth - 1, outer: scope))))"
        case 1: "(\(column(scope)) \(random.pick(["", "NOT "]))IN (\(select(1, depth - 1, outer: scope))))"
        default: "(SELECT \(random.pick(["count", "min", "max"]))(\(column(scope))) FROM (\(select(1, 1, outer: []))))"
        }
    }
}
