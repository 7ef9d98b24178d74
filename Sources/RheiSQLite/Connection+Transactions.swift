import CSQLite
import RheiCore

/// What the hooks of a connection know about the transaction scope that is running.
///
/// Confined to the thread of its connection: SQLite calls hooks from within `sqlite3_step`.
final class TransactionScopeState {
    /// Set while a scope's body runs: a COMMIT then is the body's own and is turned into a rollback.
    var forbidsCommit = false
    /// Set when a rollback happened since the scope began.
    var wasRolledBack = false
}

extension Connection {
    /// Registers the hooks that keep a scope's body from ending the transaction.
    func installTransactionHooks() {
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe sqlite3_commit_hook(
            handle,
            { context in
                guard let context = unsafe context else { return 0 }
                let connection = unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
                return connection.scopeState.forbidsCommit || connection.observation.hasMissedRow ? 1 : 0
            }, context)
        unsafe sqlite3_rollback_hook(
            handle,
            { context in
                guard let context = unsafe context else { return }
                let connection = unsafe Unmanaged<Connection>.fromOpaque(context).takeUnretainedValue()
                connection.scopeState.wasRolledBack = true
                connection.observation.finish()
            }, context)
    }

    /// Runs `body` in a write transaction that is committed when `body` returns and rolled back when it throws.
    ///
    /// The transaction takes the write lock at once. Inside another scope it is a savepoint. A body that ends the
    /// transaction itself, or loses it (`INSERT OR ROLLBACK`, `RAISE(ROLLBACK)`), makes the scope fail with everything
    /// rolled back, even if the body went on writing.
    package func transaction<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        guard isAutocommit else { return try savepoint(body) }
        try begin()
        scopeState.wasRolledBack = false
        scopeState.forbidsCommit = true
        let result: Result
        do {
            result = try body(self)
        } catch {
            scopeState.forbidsCommit = false
            rollBackIfOpen()
            throw error
        }
        scopeState.forbidsCommit = false
        if scopeState.wasRolledBack || isAutocommit {
            rollBackIfOpen()
            throw EngineError(
                .invalidArgument, "the body of a transaction ended the transaction itself; everything was rolled back")
        }
        do { try commit() } catch {
            rollBackIfOpen()
            throw error
        }
        return result
    }

    /// Runs `body` in a read transaction: every read sees the state at its beginning.
    ///
    /// - Precondition: no transaction is open.
    package func snapshot<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        _ = try run(.begin)
        defer { endSnapshot() }
        // BEGIN alone reads nothing; the first read fixes the state.
        _ = try schemaVersion()
        return try body(self)
    }

    /// Ends a read transaction, whether or not the work has been cancelled.
    private func endSnapshot() {
        guard !isAutocommit else { return }
        let statement = try? transactionStatements.statement(.rollBack, prepareForReuse)
        try? statement?.run()
        rollBackIfOpen()
    }

    /// Runs a statement that is at most one row of one integer, and returns that.
    func run(_ kind: TransactionStatements.Kind) throws -> Int64? {
        try interruptHandle.checkCancellation()
        let statement = try transactionStatements.statement(kind, prepareForReuse)
        defer { statement.reset() }
        return try statement.step() ? statement.integer(0) : nil
    }

    /// Runs `body` without waiting for locks of others.
    ///
    /// - Returns: nil when a lock was in the way, and `body` has done nothing.
    func withoutWaiting<Value>(_ body: () -> Result<Value, any Error>) -> Result<Value, any Error>? {
        unsafe sqlite3_busy_timeout(handle, 0)
        defer { unsafe sqlite3_busy_timeout(handle, options.busyTimeoutMilliseconds) }
        let result = body()
        if case .failure(let error as EngineError) = result, error.code == .busy { return nil }
        return result
    }

    /// Rolls back whatever transaction is open.
    ///
    /// - Returns: whether one was.
    @discardableResult
    func rollBackIfOpen() -> Bool {
        guard !isAutocommit else { return false }
        // Past the cancellation check of `run`. ROLLBACK fails only when the transaction is gone, which is what is
        // wanted.
        unsafe sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
        return true
    }

    private func savepoint<Result>(_ body: (Connection) throws -> Result) throws -> Result {
        try run("SAVEPOINT \"_rhei_scope\"")
        do {
            let result = try body(self)
            try run("RELEASE \"_rhei_scope\"")
            return result
        } catch {
            if !isAutocommit {
                unsafe sqlite3_exec(handle, "ROLLBACK TO \"_rhei_scope\"; RELEASE \"_rhei_scope\"", nil, nil, nil)
            }
            throw error
        }
    }
}
