import RheiCore

/// Read connections, each on a thread of its own; the first one that is free takes the oldest waiting read.
///
/// A task that is cancelled while it waits is resumed at once; while its read runs, the read is interrupted.
package final class ReadPool: Sendable {
    private let queue = WorkQueue<Job>()
    private let threads: [WorkerThread]
    /// The path of the database.
    package let path: String

    /// Opens `count` connections and starts their threads.
    ///
    /// - Throws: what opening throws, on the calling thread.
    package init(path: String, count: Int, options: ConnectionOptions = .reader) throws {
        self.path = path
        let queue = queue
        do {
            let connections = try (0..<max(count, 1)).map { _ in
                ThreadOwned(try Connection(path: path, options: options))
            }
            threads = try connections.map { owned in
                try WorkerThread.start {
                    let connection = owned.value
                    while let job = queue.takeFirst() { job.perform(on: connection, interruptible: true) }
                }
            }
        } catch {
            queue.close()
            throw error
        }
    }

    deinit { queue.close() }

    /// Runs `body` on a free connection.
    ///
    /// - Throws: what `body` throws, `.cancelled` when the task is cancelled, `.closed` after shutdown.
    package func read<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await queue.read(body)
    }

    /// Runs `body` on a free connection in one read transaction, so that all its reads see one state.
    package func snapshot<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await queue.read { try $0.snapshot(body) }
    }

    /// Refuses new reads, finishes those that wait and closes the connections.
    package func shutdown() async {
        queue.close()
        for thread in threads { await thread.join() }
    }
}
