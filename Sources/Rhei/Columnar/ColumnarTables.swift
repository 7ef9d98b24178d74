import RheiArrow
import RheiCore
import RheiPlan
import RheiStore
import Synchronization

/// Tables that only columns have: made by `CREATE TABLE … USING columnar AS SELECT …`. In memory they are gone with the
/// engine; in a folder of segment files they are durable when the statement that makes them returns.
///
/// Readers take the current snapshot and never wait; one change at a time makes the next. Files that are damaged stay
/// where they are, since no other copy exists: their table answers with the damage until it is dropped.
final class ColumnarTables: Sendable {
    private let store: ColumnStore
    /// Nil when tables live in memory.
    private let durable: DurableStore?
    /// What was damaged when the folder was opened.
    let damages: [EngineError]
    private let changing = Mutex(())
    private let onChange: @Sendable () -> Void

    /// - Parameters:
    ///   - path: the folder of segment files, made unless this is for reading; nil keeps tables in memory.
    ///   - cache: bounds the memory of columns that files have.
    ///   - onChange: called after a table was made or dropped.
    init(
        path: String?, forReading: Bool, cache: ColumnCache, onChange: @escaping @Sendable () -> Void
    ) throws {
        self.onChange = onChange
        guard let path, !forReading || DurableStore.exists(path) else {
            (store, durable, damages) = (ColumnStore(), nil, [])
            return
        }
        let (durable, restored) = try DurableStore.open(
            path, forReading: forReading, isOnlyCopy: true, cache: cache)
        store = try ColumnStore(restored, loadingInto: durable)
        self.durable = durable
        damages = restored.damages
    }

    /// The folder of these tables in an engine's folder of segment files.
    static func folder(in path: String) -> String { path + "/columnar" }

    /// All tables as they stand now.
    var current: StoreSnapshot { store.current }

    /// Whether there is such a table, readable or not.
    func contains(_ name: String) -> Bool {
        let snapshot = store.current
        return !snapshot.isEmpty && snapshot.table(named: name) != nil || damage(of: name) != nil
    }

    /// Whether the tables are in files, which may be damaged.
    var isDurable: Bool { durable != nil }

    /// Why the table of this name cannot be read; nil when it can, or when there is none.
    func damage(of name: String) -> EngineError? { durable?.damage(ofTable: name) }

    /// Begins a table.
    ///
    /// - Throws: `readOnly` when another process writes to the folder.
    func makeLoader(_ definition: TableDefinition) throws -> TableLoader {
        if let durable, !durable.isFlusher {
            throw EngineError(.readOnly, "another process writes to '\(durable.path)'")
        }
        return try TableLoader(definition, for: store)
    }

    /// Takes over a loaded table.
    ///
    /// - Throws: `constraint` when the name is taken, unless `replacing`; `io` when it cannot be made durable.
    func install(_ loader: TableLoader, replacing: Bool) throws {
        try change(loader.definition.name) { transaction in
            let name = loader.definition.name
            if !replacing, transaction.tableID(named: name) != nil { throw Self.exists(name) }
            _ = try transaction.install(loader)
        }
    }

    /// Removes a table.
    ///
    /// - Throws: `unknownName` when there is none.
    func drop(_ name: String) throws {
        try change(name) { transaction in
            if store.current.table(named: name) != nil { try transaction.dropTable(named: name) }
        }
    }

    /// Makes a change of one table visible, and durable before this returns.
    private func change(_ name: String, _ body: (StoreTransaction) throws -> Void) throws {
        try changing.withLock { _ in
            let transaction = try store.begin()
            try body(transaction)
            let snapshot = try transaction.publish(at: .zero)
            durable?.forgetDamaged(name)
            _ = try durable?.flush(snapshot)
        }
        onChange()
    }

    // MARK: - Files

    /// Bytes of the segment files.
    var fileByteCount: Int { store.current.tables.reduce(0) { $0 + $1.fileByteCount } }

    /// Checks every byte of the segment files.
    func verifyFiles() throws -> [EngineError] { try durable?.verify() ?? [] }

    /// Removes the folder when no table is in it.
    func removeFolderIfEmpty() throws {
        guard let durable, durable.isFlusher, store.current.tables.isEmpty, !durable.hasDamagedTables else { return }
        try durable.removeAll()
    }

    static func exists(_ name: String) -> EngineError {
        EngineError(.constraint, "table '\(name)' already exists")
    }
}

extension SegmentTableProvider {
    /// Describes a table that SQLite knows nothing of: columns compare by what their type says.
    init(columnar snapshot: TableSnapshot) {
        let columns = snapshot.schema.fields.map { field in
            TableColumn(name: field.name, type: field.type, affinity: .init(ofColumn: field.type))
        }
        self.init(
            table: RheiPlan.TableDescription(name: snapshot.name, columns: columns), snapshot: snapshot,
            storedColumns: Array(columns.indices))
    }
}
