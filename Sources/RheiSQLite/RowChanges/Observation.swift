import CSQLite

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether the rows that a connection changes are reported to an observer or logged by triggers.
///
/// Confined to the thread of its connection.
final class Observation {
    /// Who records rows; nil where triggers always do.
    var observer: (any RowChangeObserver)?
    /// Whether SQLite runs no triggers. It stays so between transactions, since switching makes SQLite prepare every
    /// statement again.
    var triggersAreOff = false
    /// Whether changed rows are reported now.
    var isReporting = false
    /// Whether the open transaction reported rows, at its beginning at least.
    var hasReported = false
    /// How many short statements have run by themselves since the last transaction.
    var shortCount = 0
    /// Whether a row changed while neither triggers nor the observer took notice. Such a transaction must not be
    /// committed.
    var hasMissedRow = false

    /// Forgets the transaction that ended.
    func finish() {
        isReporting = false
        hasReported = false
        hasMissedRow = false
    }
}

extension Connection {
    /// Takes the write lock, and from then on reports changed rows if the observer wants them.
    func begin() throws {
        try run("BEGIN IMMEDIATE")
        observation.finish()
        observation.shortCount = 0
        guard let observer = observation.observer else { return }
        do {
            guard try observer.wantsRows(self) else { return useTriggers() }
            setTriggers(areOn: false)
            observer.begin()
            observation.isReporting = true
            observation.hasReported = true
        } catch {
            rollBackIfOpen()
            throw error
        }
    }

    /// Lets the observer write down what changed, and commits.
    func commit() throws {
        if observation.hasReported {
            // The application asks for the rowid of a row of its own.
            let rowID = lastInsertRowID
            try observation.observer?.willCommit(self)
            unsafe sqlite3_set_last_insert_rowid(handle, rowID)
        }
        try run("COMMIT")
        observation.finish()
    }

    /// Whether a write transaction that began now would report its rows.
    func wantsObservation() throws -> Bool { try observation.observer?.wantsRows(self) ?? false }

    /// Turns triggers on: for everything outside of transactions that this connection begins and commits itself.
    func useTriggers() {
        observation.isReporting = false
        setTriggers(areOn: true)
    }

    /// What the rest of the transaction changes is logged by triggers: a statement may have changed the schema, and
    /// with it which triggers of the application have to run.
    func noteSchemaStatement() {
        schemaStatementCount += 1
        if observation.isReporting { useTriggers() }
    }

    private func setTriggers(areOn: Bool) {
        guard areOn == observation.triggersAreOff else { return }
        observation.triggersAreOff = !areOn
        unsafe rhei_sqlite_configure(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, areOn ? 1 : 0)
        guard !areOn else {
            unsafe sqlite3_preupdate_hook(handle, nil, nil)
            return
        }
        let context = unsafe Unmanaged.passUnretained(observation).toOpaque()
        unsafe sqlite3_preupdate_hook(
            handle,
            { context, handle, operation, database, table, oldRowID, newRowID in
                guard let context = unsafe context, let handle = unsafe handle, let table = unsafe table,
                    let database = unsafe database, unsafe strcmp(database, "main") == 0
                else { return }
                let kind: RowChange.Operation =
                    operation == SQLITE_INSERT ? .insert : operation == SQLITE_UPDATE ? .update : .delete
                let change = unsafe RowChange(kind, on: handle, table: table, from: oldRowID, to: newRowID)
                unsafe Unmanaged<Observation>.fromOpaque(context)._withUnsafeGuaranteedRef { $0.note(change) }
            }, context)
    }
}

extension Observation {
    fileprivate func note(_ change: RowChange) {
        if isReporting { observer?.willChange(change) } else { hasMissedRow = true }
    }
}
