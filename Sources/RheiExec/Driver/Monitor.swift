#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A lock under which threads may sleep, each on a condition of its own.
///
/// Unchecked because the system's lock is made for several threads; its memory never moves.
@safe final class Monitor: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private static let attempts = 500

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
    }

    deinit {
        unsafe pthread_mutex_destroy(mutex)
        unsafe mutex.deallocate()
    }

    /// Tries for some microseconds before it sleeps, for the system moves a thread that slept beside whoever wakes it.
    func lock() {
        for _ in 0..<Self.attempts where unsafe pthread_mutex_trylock(mutex) == 0 { return }
        unsafe pthread_mutex_lock(mutex)
    }

    func unlock() { unsafe pthread_mutex_unlock(mutex) }

    /// Sleeps until signalled, or for no reason; the caller holds the lock and holds it again afterwards.
    func wait(on condition: Condition) { unsafe pthread_cond_wait(condition.condition, mutex) }

    /// Sleeps as `wait(on:)` does, for some time at most; returns whether it was shorter.
    func wait(on condition: Condition, for time: Duration) -> Bool {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        let (seconds, attoseconds) = time.components
        let nanoseconds = Int64(end.tv_nsec) + attoseconds / 1_000_000_000
        end.tv_sec += Int(seconds + nanoseconds / 1_000_000_000)
        end.tv_nsec = Int(nanoseconds % 1_000_000_000)
        return unsafe pthread_cond_timedwait(condition.condition, mutex, &end) != ETIMEDOUT
    }

    func withLock<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock()
        defer { unlock() }
        return try body()
    }

    /// What one thread sleeps on.
    @safe final class Condition {
        fileprivate let condition: UnsafeMutablePointer<pthread_cond_t>

        init() {
            unsafe condition = .allocate(capacity: 1)
            unsafe condition.initialize(to: pthread_cond_t())
            unsafe pthread_cond_init(condition, nil)
        }

        deinit {
            unsafe pthread_cond_destroy(condition)
            unsafe condition.deallocate()
        }

        func signal() { unsafe pthread_cond_signal(condition) }
    }
}

/// Starts a thread of our own that runs `body` and then ends; nobody joins it.
///
/// - Returns: whether the system granted the thread.
func startThread(_ body: @escaping @Sendable () -> Void) -> Bool {
    final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    let start = unsafe Unmanaged.passRetained(Start(body))
    var attributes = pthread_attr_t()
    unsafe pthread_attr_init(&attributes)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    defer { unsafe pthread_attr_destroy(&attributes) }
    #if canImport(Glibc)
    var thread = pthread_t()
    let code = unsafe pthread_create(
        &thread, &attributes,
        { argument in
            if let argument = unsafe argument {
                unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
            }
            return nil
        }, start.toOpaque())
    #else
    var thread: pthread_t?
    let code = unsafe pthread_create(
        &thread, &attributes,
        { argument in
            unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().body()
            return unsafe nil
        }, start.toOpaque())
    #endif
    if code != 0 { unsafe start.release() }
    return code == 0
}

/// Lets other threads go before the calling one where processors are scarce, by so many steps of the system's.
func giveWay(by niceness: Int) {
    #if canImport(Glibc)
    // Linux keeps it for each thread; elsewhere it would be the whole process.
    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(niceness))
    #endif
}
