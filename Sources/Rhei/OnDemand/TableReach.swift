import RheiSQL
import RheiSQLite
import RheiStore

/// The base tables of SQLite that a query reads, directly and through views, and which of their columns.
struct TableReach {
    private let schema: SchemaDescription
    /// Tables of these names are not SQLite's.
    private let columnar: StoreSnapshot
    /// By lower-case name.
    private(set) var tables: [String: ColumnDemand] = [:]
    /// Whether a name was met that the schema does not have; it may be a common table's.
    private(set) var hasUnknownNames = false
    private var openViews: Set<String> = []

    init(schema: SchemaDescription, columnar: StoreSnapshot) {
        self.schema = schema
        self.columnar = columnar
    }

    /// Adds what `select` reads; unknown names are left to the binder, which reports them.
    mutating func follow(_ select: SelectStatement, _ demand: ColumnDemand) throws {
        for name in select.tablesRead {
            let folded = asciiLowercased(name.name.name)
            if columnar.has(name) { continue }
            guard let declaration = schema.readable(named: folded) else {
                hasUnknownNames = true
                continue
            }
            guard declaration.kind == .view else {
                tables[folded] = tables[folded].map { $0.union(demand) } ?? demand
                continue
            }
            // A view that reaches itself is an error of the binder's.
            guard openViews.insert(folded).inserted else { continue }
            defer { openViews.remove(folded) }
            guard case .create(let statement) = try SQLParser.parseStatement(declaration.sql),
                case .view(_, let query) = statement.object
            else { continue }
            try follow(query, .all)
        }
    }
}
