package import RheiArrow
import RheiCore

/// Changes of any number of tables that become visible together, or not at all.
///
/// Not thread-safe, and one at a time per store. A call that throws leaves its table as it was before the call; other
/// changes stay. A transaction that is dropped without `publish` is aborted.
package final class StoreTransaction {
    private enum Phase { case open, closed }

    private let store: ColumnStore
    private var phase = Phase.open
    /// Marks the delete vectors that this transaction may still change.
    private let owner: UInt64
    private var changed: [TableID: TableState] = [:]
    private var names: [String: TableID]

    init(_ store: ColumnStore, owner: UInt64) {
        self.store = store
        self.owner = owner
        names = store.writer.tableIDs
    }

    deinit { abort() }

    /// Finds a table without regard to ASCII case, as this transaction sees it.
    package func tableID(named name: String) -> TableID? { names[foldedName(name)] }

    /// Number of live rows of a table, as this transaction sees it; 0 when there is no such table.
    package func rowCount(of id: TableID) -> Int { (changed[id] ?? store.writer.tables[id])?.liveRowCount ?? 0 }

    func state(named name: String) -> TableState? {
        tableID(named: name).flatMap { changed[$0] ?? store.writer.tables[$0] }
    }

    var allNames: Dictionary<String, TableID>.Keys { names.keys }

    /// Makes an empty table.
    ///
    /// - Throws: `constraint` when the name is taken, and what `TableLoader.init` throws.
    @discardableResult
    package func createTable(_ definition: TableDefinition) throws -> TableID {
        guard tableID(named: definition.name) == nil else {
            throw EngineError(.constraint, "table '\(definition.name)' exists already")
        }
        return try install(TableLoader(definition, for: store))
    }

    /// Puts an empty table in the place of the one of that name, or makes it.
    @discardableResult
    package func replaceTable(_ definition: TableDefinition) throws -> TableID {
        try install(TableLoader(definition, for: store))
    }

    /// Takes over a loaded table, in the place of the one of that name if there is one. The loader is used up.
    ///
    /// - Throws: `constraint` when a key was loaded twice.
    @discardableResult
    package func install(_ loader: TableLoader) throws -> TableID {
        try checkOpen()
        try loader.finish()
        let id = store.writer.makeTableID()
        let state = TableState(id: id, adopting: loader.state)
        loader.state = try TableState(id: id, definition: loader.definition, cache: state.cache)
        let name = foldedName(state.definition.name)
        if let old = names[name] { forget(old) }
        names[name] = id
        changed[id] = state
        return id
    }

    /// Removes a table.
    ///
    /// - Throws: `unknownName` when there is none.
    package func dropTable(named name: String) throws {
        try checkOpen()
        guard let id = names.removeValue(forKey: foldedName(name)) else {
            throw EngineError(.unknownName, "no such table: \(name)")
        }
        forget(id)
    }

    /// Appends rows whose keys are new.
    ///
    /// - Throws: `constraint` for a key that exists; what `TableLoader.append` throws.
    package func append(_ columns: [ArrowArray], keys: RowKeys? = nil, to id: TableID) throws {
        try change(id) { [owner] in
            try $0.append(columns, keys: keys, duplicates: .reject, owner: owner)
        }
    }

    /// Deletes and upserts rows by key, in O(changed rows) whatever the table's size.
    ///
    /// - Throws: `unsupported` for tables without keys; `typeMismatch` or `invalidArgument` when rows or keys do not
    ///   fit.
    package func apply(_ changes: TableChanges, to id: TableID) throws {
        try change(id) { [owner] table in
            guard table.index != nil else {
                throw EngineError.unsupported("changes of table '\(table.definition.name)', which has no key")
            }
            if let keys = changes.deletedKeys { try table.delete(keys, owner: owner) }
            guard !changes.upserts.isEmpty else { return }
            try table.append(
                changes.upserts, keys: changes.upsertKeys, duplicates: .replace, owner: owner)
        }
    }

    /// Makes all changes visible at once, as the state of the source at `position`, and closes the transaction.
    ///
    /// - Parameter notes: makes `StoreSnapshot.notes`, the same at each call; nil keeps those there are.
    /// - Throws: `invalidArgument` for a position before the current one; nothing is published then.
    @discardableResult
    package func publish(
        at position: ChangePosition, notes: (@Sendable () -> [String: String])? = nil
    ) throws -> StoreSnapshot {
        try checkOpen()
        let old = store.current
        guard position >= old.position else {
            throw EngineError(
                .invalidArgument, "position \(position) is before the published position \(old.position)")
        }
        for id in Array(changed.keys) {
            changed[id]?.journal = []
            changed[id]?.maintain(owner: owner)
        }
        phase = .closed
        return store.finish(changed, names: names, position: position, notes: notes ?? old.makeNotes)
    }

    /// Undoes all changes; does nothing once the transaction is closed.
    package func abort() {
        guard phase == .open else { return }
        phase = .closed
        for (id, state) in changed {
            guard let original = store.writer.tables[id] else { continue }
            state.revertIndex(to: 0, nextRowNumber: original.nextRowNumber)
        }
        changed = [:]
        store.release()
    }

    /// Forgets a table that is dropped or replaced; if it was changed before, its index goes back, for an abort may
    /// follow.
    private func forget(_ id: TableID) {
        guard let state = changed.removeValue(forKey: id), let original = store.writer.tables[id] else { return }
        state.revertIndex(to: 0, nextRowNumber: original.nextRowNumber)
    }

    /// Runs a change of one table; when it throws, the table is as before.
    func change(_ id: TableID, _ body: (inout TableState) throws -> Void) throws {
        try checkOpen()
        guard names.values.contains(id), var state = changed.removeValue(forKey: id) ?? store.writer.tables[id] else {
            throw EngineError(.unknownName, "no table has the identifier \(id.value)")
        }
        // The journal stays out of the copy, or every call would copy all of it at its first entry.
        let journalCount = state.journal.count
        try state.completeIndex()
        var before = state
        before.journal = []
        do {
            try body(&state)
            changed[id] = state
        } catch {
            state.revertIndex(to: journalCount, nextRowNumber: before.nextRowNumber)
            before.journal = Array(state.journal[..<journalCount])
            changed[id] = before
            throw error
        }
    }

    private func checkOpen() throws {
        guard phase == .open else {
            throw EngineError(.closed, "the store transaction is closed")
        }
    }
}
