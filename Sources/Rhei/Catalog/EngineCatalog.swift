import RheiPlan
import RheiSQL
import RheiSQLite
import RheiStore

/// The tables of one store snapshot and the views of the schema that goes with it.
struct EngineCatalog: Catalog {
    let schema: SchemaDescription
    let snapshot: StoreSnapshot
    /// Why registered tables are missing from the snapshot, by lower-case name.
    let refused: [String: EngineError]
    /// How many values do not convert to the types that schemas name, by lower-case table name, then by column.
    var quarantined: [String: [String: Int]] = [:]
    /// Tables that only columns have; they hide those of SQLite of the same name.
    var columnar = StoreSnapshot.empty
    /// Whether table functions may read files.
    var allowsFileAccess = true
    let reuse = PlanReuse()

    var objectNames: [String] { columnar.tables.map(\.name) + schema.tables.map(\.name) }

    func object(named name: String, schema schemaName: String?) throws -> CatalogObject? {
        if schemaName == nil, let own = columnar.table(named: name) {
            return .table(SegmentTableProvider(columnar: own))
        }
        if let schemaName, schemaName.lowercased() != "main" {
            throw EngineError.unsupported("tables of the schema '\(schemaName)'")
        }
        guard let declaration = schema.readable(named: name) else { return nil }
        if declaration.kind == .view { return try view(declaration) }
        guard let stored = snapshot.table(named: name) else {
            throw EngineError(
                .notMirrored, Self.whyNotStored(declaration), cause: refused[asciiLowercased(declaration.name)])
        }
        return .table(
            SegmentTableProvider(
                declaration, stored: stored, quarantined: quarantined[asciiLowercased(declaration.name)] ?? [:]))
    }

    private func view(_ declaration: RheiSQLite.TableDescription) throws -> CatalogObject {
        guard case .create(let statement) = try SQLParser.parseStatement(declaration.sql),
            case .view(let columns, let select) = statement.object
        else { throw EngineError(.corrupt, "the definition of view '\(declaration.name)' is no CREATE VIEW") }
        return .view(name: declaration.name, columnNames: columns.map(\.name), query: select)
    }

    private static func whyNotStored(_ declaration: RheiSQLite.TableDescription) -> String {
        switch declaration.kind {
        case .virtual: "table '\(declaration.name)' is virtual and cannot be mirrored"
        default: "table '\(declaration.name)' is not mirrored"
        }
    }
}

extension EngineCatalog {
    /// A catalog for queries that read nothing of SQLite's.
    init(columnar: StoreSnapshot, allowsFileAccess: Bool) {
        self.init(
            schema: SchemaDescription(cookie: 0, tables: []), snapshot: .empty, refused: [:], columnar: columnar,
            allowsFileAccess: allowsFileAccess)
    }
}

extension StoreSnapshot {
    /// A snapshot without tables.
    static let empty = StoreSnapshot(position: .zero, tables: [:])

    /// Whether the name is one of these tables.
    func has(_ name: QualifiedName) -> Bool { name.schema == nil && table(named: name.name.name) != nil }

    /// Whether all names are tables of these.
    func hasAll(_ names: [QualifiedName]) -> Bool { names.allSatisfy(has) }
}
