import RheiTestSupport

/// A generated query, and how its answers are compared.
package struct FuzzQuery: Sendable {
    /// The query without its ORDER BY and LIMIT.
    var node: SQLNode
    /// ORDER BY and LIMIT, if there are some.
    var ending: SQLNode = ""
    /// Per result column.
    var exactness: [FuzzValue.Exactness]
    /// The positions of the result columns by which the rows are ordered, the first deciding first.
    var orderColumns: [Int] = []
    /// Whether rows are left out, so that which rows there are depends on what ORDER BY tells apart.
    var isLimited = false

    package var sql: String { node.text + ending.text }
}

/// Generates queries over the tables of a random database, from the whole of SQLite's query language.
///
/// What SQL leaves open is left out or shut: the order of rows that ORDER BY does not tell apart decides nothing, and
/// sums of reals are results but never operands.
struct QueryGenerator {
    /// A source in FROM.
    struct Source {
        var alias: String
        var columns: [FuzzColumn]
        /// Terms that tell all rows of the source apart that differ in anything.
        var orderTerms: [String]
    }

    /// The sources that names can mean, those of the innermost query last.
    struct Scope {
        var levels: [[Source]] = [[]]
        var local: [Source] { levels[levels.count - 1] }
        var isCorrelated: Bool { levels.dropLast().contains { !$0.isEmpty } }

        func entering(_ sources: [Source]) -> Scope { Scope(levels: levels + [sources]) }
    }

    /// A common table that a query may read.
    struct CommonTable {
        var name: String
        var columns: [FuzzColumn]
    }

    /// A query without what surrounds it, and what its columns hold.
    struct Body {
        var node: SQLNode
        var contents: [Content]
        var exactness: [FuzzValue.Exactness]
    }

    var random: SeededGenerator
    let schema: FuzzSchema
    var commonTables: [CommonTable] = []
    var aliasCount = 0
    /// Whether the SELECT being made is one whose columns are results as they are.
    var allowsInexact = false

    init(_ schema: FuzzSchema, _ random: SeededGenerator) {
        self.schema = schema
        self.random = random
    }

    mutating func chance(_ percent: Int) -> Bool { random.chance(percent: percent) }

    // MARK: - Whole queries

    mutating func query() -> FuzzQuery {
        (aliasCount, commonTables) = (0, [])
        let depth = random.pick([1, 1, 2, 2, 2, 3])
        let with = chance(15) ? commonTableList(min(depth, 2)) : ""
        let isOrdered = chance(40)
        let isLimited = isOrdered && chance(40)
        let width = random.pick([1, 1, 2, 2, 3, 4])
        let isCompound = chance(12)
        allowsInexact = !isLimited
        let names = isOrdered && chance(40) ? (0..<width).map { "r\($0)" } : nil
        let body =
            isCompound
            ? compound(width, depth, Scope(levels: []), names) : select(width, depth, Scope(levels: []), names)
        allowsInexact = false
        var query = FuzzQuery(node: "\(with)\(body.node)", exactness: body.exactness, isLimited: isLimited)
        guard isOrdered else { return query }
        var positions = body.exactness.indices.filter { body.exactness[$0] == .exact }.shuffled(using: &random)
        if !isLimited { positions = Array(positions.prefix(random.pick([1, 2, 4]))) }
        guard !positions.isEmpty else { return query }
        query.orderColumns = positions
        let terms = positions.map { position in
            let name = names.map { $0[position] } ?? "\(position + 1)"
            let collation = chance(5) && !isCompound ? " COLLATE \(random.pick(["NOCASE", "BINARY", "RTRIM"]))" : ""
            return "\(name)\(collation)\(random.pick(["", "", " ASC", " DESC", " DESC"]))"
                + random.pick(["", "", "", " NULLS FIRST", " NULLS LAST"])
        }
        query.ending = .optional(" ORDER BY \(terms.joined(separator: ", "))")
        if isLimited {
            let offset = random.pick(["", "", " OFFSET 1", " OFFSET 2", " OFFSET -1", " OFFSET 100"])
            let limit = random.pick(["0", "1", "2", "3", "5", "-1", "100", "1 + 1", "(SELECT 2)"])
            query.ending = "\(query.ending)\(.optional(" LIMIT \(limit)\(offset)"))"
        }
        return query
    }

    /// A view's query, with its columns.
    mutating func view(number: Int) -> FuzzSchema.View {
        (aliasCount, commonTables) = (0, [])
        let width = Int.random(in: 1...3, using: &random)
        let body =
            chance(15)
            ? compound(width, 1, Scope(levels: []), nil)
            : select(width, random.pick([1, 1, 2]), Scope(levels: []), nil)
        let columns = zip(["a", "v", "w"], body.contents).map { FuzzColumn(name: $0, content: $1) }
        return FuzzSchema.View(name: "v\(number)", columns: columns, query: body.node)
    }

    /// SELECT statements joined by UNION and its like.
    mutating func compound(_ width: Int, _ depth: Int, _ scope: Scope, _ names: [String]?) -> Body {
        let operations = (0..<random.pick([1, 1, 2])).map { _ in
            random.pick(["UNION ALL", "UNION ALL", "UNION", "INTERSECT", "EXCEPT"])
        }
        let wasAllowed = allowsInexact
        allowsInexact = allowsInexact && operations.allSatisfy { $0 == "UNION ALL" }
        let first = select(width, max(1, depth - 1), scope, names)
        var parts = [first.node]
        var exactness = first.exactness
        for operation in operations {
            let next = select(width, max(1, depth - 1), scope, nil, like: chance(60) ? first.contents : nil)
            parts.append(" \(operation) \(next.node)")
            exactness = zip(exactness, next.exactness).map { $0.merged(with: $1) }
        }
        allowsInexact = wasAllowed
        return Body(node: .chain(parts), contents: first.contents.map { _ in .mixed }, exactness: exactness)
    }

    // MARK: - WITH

    private mutating func commonTableList(_ depth: Int) -> SQLNode {
        var definitions: [SQLNode] = []
        var isRecursive = false
        for number in 0..<random.pick([1, 1, 2]) {
            let name = "c\(number)"
            if chance(30) {
                isRecursive = true
                definitions.append(recursiveTable(name))
                continue
            }
            let width = Int.random(in: 1...3, using: &random)
            let body =
                chance(20)
                ? compound(width, depth, Scope(levels: []), nil) : select(width, depth, Scope(levels: []), nil)
            let columns = zip(["x", "y", "a"], body.contents).map { FuzzColumn(name: $0, content: $1) }
            let kind = random.pick(["", "", " MATERIALIZED", " NOT MATERIALIZED"])
            definitions.append("\(name)(\(columns.map(\.name).joined(separator: ", "))) AS\(kind) (\(body.node))")
            commonTables.append(CommonTable(name: name, columns: columns))
        }
        return "WITH \(isRecursive ? "RECURSIVE " : "")\(.list(definitions)) "
    }

    /// A recursive table `name(n, x)` whose `n` counts the rounds.
    private mutating func recursiveTable(_ name: String) -> SQLNode {
        let isJoined = chance(40)
        let start: SQLNode
        if chance(50) {
            let seed = select(1, 1, Scope(levels: []), nil)
            start = "SELECT 1, * FROM (\(seed.node))"
        } else {
            start = "SELECT 1, \(literal(.any))"
        }
        let own = Source(
            alias: name,
            columns: [FuzzColumn(name: "n", content: .integers), FuzzColumn(name: "x", content: .mixed)], orderTerms: []
        )
        var sources = [own]
        var from: SQLNode = "\(name)"
        if isJoined {
            let (node, source) = self.source(Scope(levels: []), 0)
            sources.append(source)
            let left = column(Scope(levels: [[own]]), .any)
            let right = column(Scope(levels: [[source]]), .any)
            from = "\(name) JOIN \(node) ON \(.expression("\(left) \(random.pick(["=", "<", "<="])) \(right)"))"
        }
        let step = expression(Scope(levels: [sources]), 1, .any)
        // Every row makes a few rows at most, and three rounds at most.
        let filter = chance(30) ? .optional(" AND \(expression(Scope(levels: [sources]), 1, .truth))") : "" as SQLNode
        let operation = random.pick(["UNION ALL", "UNION ALL", "UNION"])
        let rounds = isJoined ? 3 : random.pick([3, 5, 8])
        commonTables.append(CommonTable(name: name, columns: own.columns))
        return """
            \(name)(n, x) AS (\(start) \(operation) SELECT \(name).n + 1, \(step) FROM \(from) \
            WHERE \(name).n < \(rounds)\(filter))
            """
    }
}
