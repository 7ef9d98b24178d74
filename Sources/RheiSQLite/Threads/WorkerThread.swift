import RheiCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A detached thread of its own, outside the cooperative pool, that can be awaited.
package final class WorkerThread: Sendable {
    private struct State {
        var hasExited = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// Carries the body through the C entry point.
    private final class Start {
        let thread: WorkerThread
        private var body: (() -> Void)?

        /// Runs the body and lets go of all it holds, so that a connection is closed before the thread counts as ended.
        func run() {
            body?()
            body = nil
        }

        init(thread: WorkerThread, body: @escaping () -> Void) {
            self.thread = thread
            self.body = body
        }
    }

    /// Starts a thread that runs `body` once.
    ///
    /// - Throws: `.outOfMemory` when the system has no thread to give.
    static func start(_ body: sending @escaping () -> Void) throws -> WorkerThread {
        let thread = WorkerThread()
        let start = unsafe Unmanaged.passRetained(Start(thread: thread, body: body))
        #if canImport(Darwin)
        var id: pthread_t?
        let code = unsafe pthread_create(&id, nil, { WorkerThread.enter($0) }, start.toOpaque())
        let created = id
        #else
        var created = pthread_t()
        let code = unsafe pthread_create(
            &created, nil,
            { context in
                if let context = unsafe context { unsafe WorkerThread.enter(context) }
                return nil
            }, start.toOpaque())
        #endif
        guard code == 0 else {
            unsafe start.release()
            throw EngineError(.outOfMemory, "the system refused a thread, error \(code)")
        }
        #if canImport(Darwin)
        if let created { pthread_detach(created) }
        #else
        pthread_detach(created)
        #endif
        return thread
    }

    @discardableResult
    private static func enter(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let start = unsafe Unmanaged<Start>.fromOpaque(context).takeRetainedValue()
        start.run()
        start.thread.exit()
        return nil
    }

    private func exit() {
        let waiters = state.withLock { state in
            state.hasExited = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Runs `body` on a new thread and waits for its result without holding a thread of the cooperative pool.
    package static func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            do {
                _ = try start { continuation.resume(with: Swift.Result(catching: body)) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Waits until the body has returned and what it held is gone.
    func join() async {
        await withCheckedContinuation { continuation in
            let hasExited = state.withLock { state in
                if !state.hasExited { state.waiters.append(continuation) }
                return state.hasExited
            }
            if hasExited { continuation.resume() }
        }
    }
}
