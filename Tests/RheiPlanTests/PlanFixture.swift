import RheiArrow
import RheiCore
import RheiPlan
import RheiSQL

/// A catalog of tables that have columns and statistics, and no rows to scan.
struct PlanFixture: Catalog {
    var tables: [String: TableDescription] = [:]
    var rowCounts: [String: Int] = [:]
    /// Tables whose integers are known to lie between 1 and 100, one of them null.
    var knownTables: Set<String> = []
    var views: [String: (columns: [String], sql: String)] = [:]

    var objectNames: [String] { (tables.values.map(\.name) + views.keys).sorted() }

    func object(named name: String, schema: String?) throws -> CatalogObject? {
        let key = name.lowercased()
        if let schema, schema.lowercased() != "main" { return nil }
        if let table = tables[key] {
            return .table(
                EmptyTable(table: table, rowCount: rowCounts[key] ?? 1000, isKnown: knownTables.contains(key)))
        }
        guard let view = views[key] else { return nil }
        return .view(name: name, columnNames: view.columns, query: try Self.select(view.sql))
    }

    static func select(_ sql: String) throws -> SelectStatement {
        guard case .select(let statement) = try SQLParser.parseStatement(sql) else {
            throw EngineError(.syntax, "not a query")
        }
        return statement
    }

    /// Adds a table from a short form: `t: a integer key, b text nocase, c real notnull`.
    mutating func add(_ declaration: String, rows: Int = 1000) {
        let parts = declaration.split(separator: ":")
        let name = parts[0].trimmingWhitespace
        var table = TableDescription(name: name, columns: [])
        for (index, text) in parts[1].split(separator: ",").enumerated() {
            let words = text.split(separator: " ").map(String.init)
            let (type, affinity) = Self.types[words[1]] ?? (.any, .none)
            var column = TableColumn(
                name: words[0], type: type, declaredType: words[1].uppercased(), affinity: affinity)
            if words[1] == "none" { column.declaredType = "" }
            column.isNotNull = words.contains("notnull") || words.contains("key")
            if words.contains("nocase") { column.collation = .noCase }
            if words.contains("rtrim") { column.collation = .rightTrim }
            if words.contains("key") {
                table.uniqueKeys.append([index])
                if type == .int64 { table.rowIDColumn = index }
            }
            table.columns.append(column)
        }
        tables[name.lowercased()] = table
        rowCounts[name.lowercased()] = rows
    }

    private static let types: [String: (DataType, Affinity)] = [
        "integer": (.int64, .integer), "real": (.float64, .real), "text": (.utf8View, .text),
        "blob": (.binaryView, .none), "numeric": (.any, .numeric), "none": (.any, .none),
        "mixed": (.any, .integer), "mixedtext": (.any, .text),
    ]

    /// Two usual tables, `t` and `u`, a few with odd collations and types, and two large ones.
    static let standard: PlanFixture = {
        var fixture = PlanFixture()
        fixture.add("t: a integer key, b integer, c text, d real")
        fixture.add("u: a integer key, b integer, e text, f real", rows: 100)
        fixture.add("v: k integer notnull, n integer", rows: 10)
        fixture.add("n: name text nocase, trimmed text rtrim, plain text")
        fixture.add("m: num numeric, any none, blob blob, mixed mixed")
        fixture.add("s: i integer, j integer, name text")
        fixture.add(
            "sale: id integer key, buyer integer, day integer, amount integer, price real, place text", rows: 3_000_000)
        fixture.add("buyer: id integer key, name text, city text, mail text", rows: 100_000)
        fixture.knownTables = ["s", "sale"]
        fixture.views["w"] = (["x", "y"], "SELECT a, b + 1 FROM t WHERE b > 0")
        return fixture
    }()

    /// The plan of a query after binding, or after the rules up to the named one.
    func logical(_ sql: String, after rule: String? = nil, parameters: [SQLValue] = [], optimize: Bool = true) throws
        -> String
    {
        try planner(sql, parameters, optimize).logicalPlanText(try Self.select(sql), after: rule)
    }

    /// The plan of a query just before and just after one rule.
    func logical(_ sql: String, around rule: String) throws -> (before: String, after: String) {
        try planner(sql, [], true).logicalPlanTexts(try Self.select(sql), around: rule)
    }

    /// The plan of a query.
    func plan(_ sql: String, parameters: [SQLValue] = [], optimize: Bool = true) throws -> QueryPlan {
        try planner(sql, parameters, optimize).plan(try Self.select(sql))
    }

    /// The text of EXPLAIN.
    func explain(_ sql: String) throws -> String { PlanPrinter.text(try plan(sql)) }

    private func planner(_ sql: String, _ parameters: [SQLValue], _ optimize: Bool) -> Planner {
        Planner(
            catalog: self, parameters: parameters, sql: sql, options: PlannerOptions(optimize: optimize))
    }

    /// The text of the one expression of `SELECT …`, as bound.
    func expression(_ sql: String, from: String = "t") throws -> String {
        let text = try logical("SELECT \(sql) AS x FROM \(from)")
        let line = text.split(separator: "\n").first { $0.contains("project x: ") }
        return line.map { String($0.trimmingWhitespace.dropFirst("project x: ".count)) } ?? text
    }

    /// The error that planning a query raises.
    func error(_ sql: String) -> EngineError? {
        do {
            _ = try plan(sql)
            return nil
        } catch let error as EngineError {
            return error
        } catch {
            return EngineError(.invariant, "\(error)")
        }
    }
}

struct EmptyTable: TableProvider {
    var table: TableDescription
    var rowCount: Int
    var isKnown = false
    func statistics(column: Int) -> ColumnStatistics? {
        guard isKnown, table.columns[column].type == .int64 else { return nil }
        return ColumnStatistics(minimum: .integer(1), maximum: .integer(100), nullCount: 1)
    }
    var exactRowCount: Int? { isKnown ? rowCount : nil }
    func exactStatistics(column: Int) -> ColumnStatistics? { statistics(column: column) }
    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        throw EngineError(.invariant, "the fixture has no rows")
    }
}

extension StringProtocol {
    var trimmingWhitespace: String {
        var slice = self[...]
        while slice.first?.isWhitespace == true { slice = slice.dropFirst() }
        while slice.last?.isWhitespace == true { slice = slice.dropLast() }
        return String(slice)
    }
}
