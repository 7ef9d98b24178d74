import RheiCDC
import RheiPlan
import RheiSQL
import RheiSQLite
import RheiStore

/// Reads tables that nobody mirrors into columns when a query needs them, and keeps them until the database changes.
///
/// All tables of one answer come from one read transaction. A table is read with the columns that queries have named so
/// far; a query that names others reads it anew.
actor OnDemandLoader {
    /// The state of the database that loaded tables belong to.
    private struct Version: Equatable {
        /// Counts the commits of other connections, as the loader's connection sees them.
        var data: Int64
        var schema: Int64
    }

    /// What is loaded.
    private struct Loaded: Sendable {
        var version: Version
        var schema: SchemaDescription
        var tables: [String: LoadedTable]
    }

    /// A table, and which of its columns were read.
    struct LoadedTable: Sendable {
        var snapshot: TableSnapshot
        var columns: ColumnDemand
    }

    /// A pool of one connection: `data_version` only means something on the same connection.
    private let connection: ReadPool
    private var loaded: Loaded?

    init(path: String, options: ConnectionOptions) throws {
        connection = try ReadPool(path: path, count: 1, options: options)
    }

    func shutdown() async { await connection.shutdown() }

    /// Returns a catalog in which every table that `select` reads, directly or through views, is loaded, save those
    /// that only columns have.
    func catalog(
        for select: SelectStatement, demand: ColumnDemand, columnar: StoreSnapshot
    ) async throws -> EngineCatalog {
        let previous = loaded
        let next = try await connection.read { connection in
            try connection.snapshot { connection in try Self.load(select, demand, columnar, previous, connection) }
        }
        loaded = next
        var tables: [String: TableSnapshot] = [:]
        for (name, table) in next.tables { tables[name] = table.snapshot }
        return EngineCatalog(
            schema: next.schema, snapshot: StoreSnapshot(position: .zero, tables: tables), refused: [:],
            columnar: columnar)
    }

    private static func load(
        _ select: SelectStatement, _ demand: ColumnDemand, _ columnar: StoreSnapshot, _ previous: Loaded?,
        _ connection: Connection
    ) throws -> Loaded {
        let version = Version(data: try connection.dataVersion(), schema: try connection.schemaVersion())
        var result: Loaded
        if let previous, previous.version == version {
            result = previous
        } else {
            result = Loaded(version: version, schema: try SchemaReader(connection).read(), tables: [:])
        }
        var reader = TableReach(schema: result.schema, columnar: columnar)
        try reader.follow(select, demand)
        var requests: [TransientLoader.Request] = []
        var demands: [String: ColumnDemand] = [:]
        for (name, wanted) in reader.tables {
            let known = result.tables[name]
            if let known, known.columns.covers(wanted) { continue }
            guard let declaration = result.schema.readable(named: name) else { continue }
            let columns = known.map { $0.columns.union(wanted) } ?? wanted
            demands[name] = columns
            requests.append(
                .init(
                    declaration, columns: columns.positions(in: declaration),
                    rowIDField: columns.wantsRowID ? TableColumn.hiddenRowIDName : nil))
        }
        let fresh = try TransientLoader(connection).load(requests)
        for (name, columns) in demands {
            guard let snapshot = fresh.table(named: name) else { continue }
            result.tables[name] = LoadedTable(snapshot: snapshot, columns: columns)
        }
        return result
    }
}
