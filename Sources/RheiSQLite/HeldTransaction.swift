import RheiCore
import Synchronization

/// A transaction on the writer that stays open between calls: what BEGIN starts in a session.
///
/// It holds the writer's thread until it ends, so other writes of the engine wait for it, as they would wait for
/// SQLite's lock. It ends with COMMIT or ROLLBACK, with a statement that makes SQLite roll back, with `end()`, or when
/// the last reference is gone; an open transaction is then rolled back.
package final class HeldTransaction: Sendable {
    private let queue = WorkQueue<Job>()

    private init() {}

    deinit { queue.close() }

    /// Waits for the writer's turn and runs `sql`, which must open a transaction.
    ///
    /// - Throws: what SQLite reports; `invalidArgument` when `sql` leaves no transaction open.
    package static func begin(_ sql: String, on writer: Writer) async throws -> HeldTransaction {
        let held = HeldTransaction()
        let queue = held.queue
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            let started = FirstResume(continuation)
            Task {
                do {
                    try await writer.perform { connection in
                        try connection.execute(sql)
                        guard !connection.isAutocommit else {
                            throw EngineError(.invalidArgument, "the statement opened no transaction")
                        }
                        started.resume(with: .success(()))
                        Self.serve(queue, on: connection)
                    }
                } catch {
                    started.resume(with: .failure(error))
                }
            }
        }
        return held
    }

    /// Runs `body` inside the transaction.
    ///
    /// - Returns: what `body` returned, and whether the transaction is still open.
    /// - Throws: what `body` throws; `closed` when the transaction has ended.
    package func perform<T: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> T
    ) async throws -> (result: Result<T, any Error>, isOpen: Bool) {
        try await awaitJob(push: { queue.push($0) }) { connection in
            let result = Result { try body(connection) }
            return (result, !connection.isAutocommit)
        }
    }

    /// Rolls back unless the transaction has ended.
    package func end() { queue.close() }

    /// Does the session's work until the transaction is over.
    private static func serve(_ queue: WorkQueue<Job>, on connection: Connection) {
        while let job = queue.takeFirst() {
            job.perform(on: connection, interruptible: false)
            if connection.isAutocommit { break }
        }
        queue.close()
        connection.rollBackIfOpen()
    }
}

/// A continuation that is resumed by whoever comes first.
private final class FirstResume: Sendable {
    private let continuation: Mutex<CheckedContinuation<Void, any Error>?>

    init(_ continuation: CheckedContinuation<Void, any Error>) { self.continuation = Mutex(continuation) }

    func resume(with result: Result<Void, any Error>) {
        let waiting = continuation.withLock { held in
            defer { held = nil }
            return held
        }
        waiting?.resume(with: result)
    }
}
