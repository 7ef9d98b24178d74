import RheiTestSupport

/// The tables, views and later changes of a random database.
struct FuzzSchema: Sendable {
    struct View: Sendable {
        var name: String
        var columns: [FuzzColumn]
        var query: SQLNode

        var statement: String {
            "CREATE VIEW \(name)(\(columns.map(\.name).joined(separator: ", "))) AS \(query.text)"
        }
    }

    var tables: [FuzzTable]
    var views: [View] = []
    /// Statements that change rows after columns were loaded.
    var changes: [String] = []

    init(_ random: inout SeededGenerator) {
        tables = []
        for number in 0..<random.pick([1, 2, 3, 3, 4]) { tables.append(FuzzTable(number: number, &random)) }
    }

    /// What makes the database before the engine opens it.
    var statements: [String] { tables.flatMap(\.statements) + views.map(\.statement) }

    /// Whether a text comparison may take letters of either case, or blanks at the end, for equal.
    var foldsText: Bool { tables.contains { $0.statements[0].contains("COLLATE") } }

    /// This schema with one thing less; tables and views that the query does not name go first.
    func simplified(for query: String) -> [FuzzSchema] {
        var result: [FuzzSchema] = []
        func add(_ change: (inout FuzzSchema) -> Void) {
            var copy = self
            change(&copy)
            result.append(copy)
        }
        if !changes.isEmpty { add { $0.changes = [] } }
        for index in changes.indices { add { $0.changes.remove(at: index) } }
        for index in views.indices where !query.contains(views[index].name) { add { $0.views.remove(at: index) } }
        for index in tables.indices { add { $0.tables.remove(at: index) } }
        for (index, view) in views.enumerated() {
            for simpler in view.query.simplified { add { $0.views[index].query = simpler } }
        }
        for (index, table) in tables.enumerated() {
            for simpler in table.simplified { add { $0.tables[index] = simpler } }
        }
        return result
    }
}
