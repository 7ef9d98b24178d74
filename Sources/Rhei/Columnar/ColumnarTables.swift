import RheiArrow
import RheiCore
import RheiPlan
import RheiStore
import Synchronization

/// Tables that only columns have: made by `CREATE TABLE … USING columnar AS SELECT …`, kept in memory, gone with the
/// engine.
///
/// Readers take the current snapshot and never wait; one change at a time makes the next.
final class ColumnarTables: Sendable {
    private let store = ColumnStore()
    private let changing = Mutex(())
    private let onChange: @Sendable () -> Void

    /// - Parameter onChange: called after a table was made or dropped.
    init(onChange: @escaping @Sendable () -> Void) { self.onChange = onChange }

    /// All tables as they stand now.
    var current: StoreSnapshot { store.current }

    func contains(_ name: String) -> Bool { store.current.table(named: name) != nil }

    /// Takes over a loaded table.
    ///
    /// - Throws: `constraint` when the name is taken, unless `replacing`.
    func install(_ loader: TableLoader, replacing: Bool) throws {
        try change { transaction in
            let name = loader.definition.name
            if !replacing, transaction.tableID(named: name) != nil { throw Self.exists(name) }
            _ = try transaction.install(loader)
        }
    }

    /// Removes a table.
    ///
    /// - Throws: `unknownName` when there is none.
    func drop(_ name: String) throws {
        try change { transaction in try transaction.dropTable(named: name) }
    }

    private func change(_ body: (StoreTransaction) throws -> Void) throws {
        try changing.withLock { _ in
            let transaction = try store.begin()
            try body(transaction)
            _ = try transaction.publish(at: .zero)
        }
        onChange()
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
