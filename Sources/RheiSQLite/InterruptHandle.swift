import CSQLite
import RheiCore
import Synchronization

/// Stops what runs on one connection, from any thread.
///
/// Outlives its connection without harm: after the connection has closed, nothing happens.
@safe package final class InterruptHandle: Sendable {
    /// The address of the connection's handle, 0 once closed; an integer because pointers are not Sendable.
    private let address: Mutex<UInt>
    /// Whether the work that runs has been cancelled; the connection looks at it between and within statements.
    private let isCancelled = Atomic(false)

    init(_ handle: OpaquePointer) {
        address = Mutex(UInt(bitPattern: handle))
    }

    /// Makes the statements that run at this moment fail with `.cancelled`; no effect when none runs.
    package func interrupt() {
        address.withLock { address in
            if let handle = unsafe OpaquePointer(bitPattern: address) { unsafe sqlite3_interrupt(handle) }
        }
    }

    /// Makes the statements that run, and those that come until `beginWork`, fail with `.cancelled`.
    func cancelWork() {
        isCancelled.store(true, ordering: .releasing)
        interrupt()
    }

    /// Forgets an earlier cancellation.
    func beginWork() { isCancelled.store(false, ordering: .releasing) }

    /// Whether the current work has been cancelled.
    var isWorkCancelled: Bool { isCancelled.load(ordering: .relaxed) }

    /// - Throws: `.cancelled` when the current work has been cancelled.
    func checkCancellation() throws {
        if isWorkCancelled { throw EngineError(.cancelled, "interrupted") }
    }

    /// Forgets the connection, which is about to close.
    func invalidate() { address.withLock { $0 = 0 } }
}
