package import RheiCore

/// The one connection that writes, on a thread of its own.
///
/// While the thread has nothing to do, a caller runs a short statement itself: two changes of thread cost several times
/// what the statement does.
///
/// Work is done in the order it was asked for. Neighbouring single statements share one transaction (group commit);
/// everything else runs by itself. A waiting task that is cancelled before its turn is resumed at once and its work
/// never runs; work that has begun runs to its end.
package final class Writer: Sendable {
    /// What the thread takes from its queue.
    enum Item: Sendable {
        case job(Job)
        case statement(StatementJob)
    }

    private let queue = WorkQueue<Item>()
    private let thread: WorkerThread
    private let loan: ConnectionLoan
    /// Carries over what is committed; nil where there is no write-ahead log.
    private let checkpointer: Checkpointer?
    /// Whether callers may run statements: a commit must not wait for the disk then.
    private let lends: Bool
    /// The path of the database.
    package let path: String

    /// Opens the database and starts the thread.
    ///
    /// - Parameter observer: logs what transactions and single statements change; `perform` leaves that to triggers.
    /// - Throws: what opening throws, on the calling thread.
    package init(
        path: String, options: ConnectionOptions = .writer, observer: sending (any RowChangeObserver)? = nil
    ) throws {
        self.path = path
        let queue = queue
        let connection = try Connection(path: path, options: options)
        connection.observation.observer = observer
        lends = options.usesWriteAheadLog && path != ":memory:" && path != ""
        checkpointer =
            lends
            ? try Checkpointer(path: path, busyTimeoutMilliseconds: options.busyTimeoutMilliseconds) : nil
        if let checkpointer { connection.leaveCheckpoints(to: checkpointer) }
        let loan = ConnectionLoan(ThreadOwned(connection))
        self.loan = loan
        thread = try WorkerThread.start {
            while let items = queue.takeAll() { loan.use { Self.work(through: items, on: $0) } }
            loan.close()
        }
    }

    deinit { queue.close() }

    /// How many pieces of work wait for the thread; what it has taken does not count.
    package var waitingCount: Int { queue.count }

    /// Runs `body` on the writer's thread, outside a transaction.
    ///
    /// - Throws: what `body` throws; `.invalidArgument` when it leaves a transaction open, which is rolled back.
    package func perform<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await submit { connection in
            connection.useTriggers()
            return try body(connection)
        }
    }

    private func submit<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await awaitJob(push: { queue.push(.job($0)) }) { connection in
            let result = Result { try body(connection) }
            let leftOpen = connection.rollBackIfOpen()
            let value = try result.get()
            if leftOpen {
                throw EngineError(
                    .invalidArgument, "a transaction was left open; it was rolled back",
                    hint: "use a transaction scope, which ends by itself")
            }
            return value
        }
    }

    /// Runs `body` in a write transaction: committed when it returns, rolled back when it throws.
    ///
    /// See `Connection.transaction`.
    package func transaction<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await submit { try $0.transaction(body) }
    }

    /// Runs one statement in a transaction of its own and returns after its commit.
    ///
    /// Statements that wait at the same time are committed together, but each succeeds or fails alone.
    package func execute(_ sql: String, _ parameters: [SQLValue] = []) async throws -> WriteResult {
        if let result = try executeHere(sql, parameters) { return result }
        guard StatementKeyword.first(of: sql).changesRows else {
            return try await perform { try $0.run(sql, parameters) }
        }
        return try await awaitStatement(sql, parameters)
    }

    /// Runs a statement on the calling thread when that takes no longer than a change of thread would: it inserts rows
    /// that it names itself, or changes rows that it names by rowid, and nobody else writes.
    ///
    /// - Returns: nil when the statement is to wait its turn; nothing has been done then.
    package func executeHere(_ sql: String, _ parameters: [SQLValue]) throws -> WriteResult? {
        guard let kind = ShortStatement(sql) else { return nil }
        return try runHere(sql, parameters, kind) { try $0.run(sql, parameters) }
    }

    /// Does the same, drops what RETURNING gives back and says how many rows have changed. Costs less.
    ///
    /// - Parameter kind: of the statement.
    package func changeHere(_ sql: String, _ parameters: [SQLValue], _ kind: ShortStatement) throws -> Int64? {
        try runHere(sql, parameters, kind) { try $0.change(sql, parameters) }
    }

    private func runHere<Value: Sendable>(
        _ sql: String, _ parameters: [SQLValue], _ kind: ShortStatement, _ body: (Connection) throws -> Value
    ) throws -> Value? {
        guard lends, !Task.isCancelled else { return nil }
        let result = loan.useIfFree { connection -> Result<Value, any Error>? in
            guard !queue.isClosedOrBusy,
                kind == .insertsValues || connection.shortChanges.contains(sql, parameters, on: connection)
            else {
                return nil
            }
            return connection.withoutWaiting {
                GroupCommit(connection).runAlone(isShort: true) { try body(connection) }
            }
        }
        return try result?.get()
    }

    /// Refuses new work, finishes what is queued and closes the connection.
    package func shutdown() async {
        queue.close()
        await checkpointer?.shutdown()
        await thread.join()
    }

    private func awaitStatement(_ sql: String, _ parameters: [SQLValue]) async throws -> WriteResult {
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<WriteResult, any Error>) in
                guard ticket.enqueue(fail: { continuation.resume(throwing: $0) }) else { return }
                let job = StatementJob(
                    ticket: ticket, sql: sql, parameters: parameters, resume: { continuation.resume(with: $0) })
                if !queue.push(.statement(job)), ticket.start(interruptible: nil) {
                    continuation.resume(throwing: EngineError(.closed, "the database connection has been shut down"))
                }
            }
        } onCancel: {
            ticket.cancel()
        }
    }

    /// Does `items` in order, neighbouring statements as one group.
    private static func work(through items: [Item], on connection: Connection) {
        var group: [StatementJob] = []
        for item in items {
            switch item {
            case .statement(let job): group.append(job)
            case .job(let job):
                GroupCommit(connection).run(group)
                group = []
                job.perform(on: connection, interruptible: false)
            }
        }
        GroupCommit(connection).run(group)
    }
}

/// Carries a connection to the thread that will own it.
///
/// Unchecked because the maker gives it away: after the thread has started nobody else refers to the value.
struct ThreadOwned<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
