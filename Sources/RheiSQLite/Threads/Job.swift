import RheiCore

/// Work for the thread of a connection, and the task that waits for it.
struct Job: Sendable {
    /// Who resumes the waiting task.
    let ticket: Ticket
    /// Does the work on the connection's thread and returns how to resume the task.
    let run: @Sendable (Connection) -> @Sendable () -> Void

    /// Does the work unless the task was cancelled before, and resumes the task.
    func perform(on connection: Connection, interruptible: Bool) {
        guard ticket.start(interruptible: interruptible ? connection.interruptHandle : nil) else { return }
        let resume = run(connection)
        ticket.finish()
        resume()
    }
}

/// Hands `body` to a connection's thread and waits for its result.
///
/// - Parameter push: queues the job; false when the queue is closed.
func awaitJob<T: Sendable>(
    push: (Job) -> Bool,
    _ body: @escaping @Sendable (Connection) throws -> T
) async throws -> T {
    let ticket = Ticket()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<T, any Error>) in
            guard ticket.enqueue(fail: { continuation.resume(throwing: $0) }) else { return }
            let job = Job(ticket: ticket) { connection in
                let result = Result { try body(connection) }
                return { continuation.resume(with: result) }
            }
            if !push(job), ticket.start(interruptible: nil) {
                continuation.resume(throwing: EngineError(.closed, "the database connection has been shut down"))
            }
        }
    } onCancel: {
        ticket.cancel()
    }
}

extension WorkQueue where Item == Job {
    /// Hands a read to the thread that takes from this queue and waits for its result; what it leaves open is rolled
    /// back.
    func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await awaitJob(push: { push($0) }) { connection in
            defer { connection.rollBackIfOpen() }
            return try body(connection)
        }
    }
}
