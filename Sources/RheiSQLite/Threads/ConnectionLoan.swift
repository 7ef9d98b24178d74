import Synchronization

/// The writer's connection, for one thread at a time: its own, or a caller's for a statement when the own has nothing
/// to do.
final class ConnectionLoan: Sendable {
    private let connection: Mutex<ThreadOwned<Connection>?>

    init(_ connection: ThreadOwned<Connection>) { self.connection = Mutex(connection) }

    /// Waits for the connection and uses it.
    func use(_ body: (Connection) -> Void) {
        connection.withLock { owned in
            if let owned { body(owned.value) }
        }
    }

    /// Uses the connection when nobody else does.
    ///
    /// - Returns: nil when it is in use, or closed.
    func useIfFree<Result: Sendable>(_ body: (Connection) -> Result?) -> Result? {
        connection.withLockIfAvailable { owned in owned.flatMap { body($0.value) } } ?? nil
    }

    /// Lets go of the connection, which closes it.
    func close() { connection.withLock { $0 = nil } }
}
