import CSQLite
import Synchronization

/// Stops the statements that run on one connection, from any thread.
///
/// Outlives its connection without harm: after the connection has closed, `interrupt` does nothing.
@safe package final class InterruptHandle: Sendable {
    /// The address of the connection's handle, 0 once closed; an integer because pointers are not Sendable.
    private let address: Mutex<UInt>

    init(_ handle: OpaquePointer) {
        address = Mutex(UInt(bitPattern: handle))
    }

    /// Makes every running statement of the connection fail with `.cancelled`; no effect when none runs.
    package func interrupt() {
        address.withLock { address in
            if let handle = unsafe OpaquePointer(bitPattern: address) { unsafe sqlite3_interrupt(handle) }
        }
    }

    /// Forgets the connection, which is about to close.
    func invalidate() { address.withLock { $0 = 0 } }
}
