/// The connection that a sync reads by, on a thread of its own; a caller with little to read uses it itself, for two
/// changes of thread cost several times what that takes.
package final class SyncReader: Sendable {
    private let queue = WorkQueue<Job>()
    private let thread: WorkerThread
    private let loan: ConnectionLoan

    /// Opens the connection and starts the thread.
    ///
    /// - Throws: what opening throws, on the calling thread.
    package init(path: String, options: ConnectionOptions = .reader) throws {
        let queue = queue
        let loan = ConnectionLoan(ThreadOwned(try Connection(path: path, options: options)))
        self.loan = loan
        thread = try WorkerThread.start {
            while let job = queue.takeFirst() { loan.use { job.perform(on: $0, interruptible: true) } }
            loan.close()
        }
    }

    deinit { queue.close() }

    /// Runs `body` on the connection's thread.
    ///
    /// - Throws: what `body` throws, `.cancelled` when the task is cancelled, `.closed` after shutdown.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await queue.read(body)
    }

    /// Runs `body` on the thread in one read transaction, so that all its reads see one state.
    package func snapshot<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await queue.read { try $0.snapshot(body) }
    }

    /// Runs `body` on the calling thread when nobody uses the connection.
    ///
    /// - Returns: nil when somebody does, when the connection is closed, or when `body` returns nil.
    package func readHere<T: Sendable>(_ body: (Connection) throws -> T?) throws -> T? {
        let result = loan.useIfFree { connection -> Result<T?, any Error>? in
            guard !queue.isClosedOrBusy else { return nil }
            connection.interruptHandle.beginWork()
            defer { connection.rollBackIfOpen() }
            return connection.withoutWaiting { Result { try body(connection) } }
        }
        return try result?.get()
    }

    /// Refuses new reads, finishes those that wait and closes the connection.
    package func shutdown() async {
        queue.close()
        await thread.join()
    }
}
