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

    var objectNames: [String] { schema.tables.map(\.name) }

    func object(named name: String, schema schemaName: String?) throws -> CatalogObject? {
        if let schemaName, schemaName.lowercased() != "main" {
            throw EngineError.unsupported("tables of the schema '\(schemaName)'")
        }
        guard let declaration = schema.table(named: name) else { return nil }
        if declaration.kind == .view { return try view(declaration) }
        guard let stored = snapshot.table(named: name) else {
            throw EngineError(
                .notMirrored, Self.whyNotStored(declaration), cause: refused[asciiLowercased(declaration.name)])
        }
        return .table(SegmentTableProvider(declaration, stored: stored))
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
