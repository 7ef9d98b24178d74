#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A first-in-first-out queue between any number of threads; takers block until there is work.
///
/// Unchecked because every access to `items` and `isClosed` happens under `mutex`, which is never moved.
@safe final class WorkQueue<Item: Sendable>: @unchecked Sendable {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let available: UnsafeMutablePointer<pthread_cond_t>
    private var items: [Item] = []
    private var isClosed = false

    init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe available = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe available.initialize(to: pthread_cond_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(available, nil)
    }

    deinit {
        unsafe pthread_cond_destroy(available)
        unsafe pthread_mutex_destroy(mutex)
        unsafe available.deallocate()
        unsafe mutex.deallocate()
    }

    private func locked<Result>(_ body: () -> Result) -> Result {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        return body()
    }

    /// Appends `item`.
    ///
    /// - Returns: false when the queue is closed; the item is not taken then.
    func push(_ item: Item) -> Bool {
        locked {
            guard !isClosed else { return false }
            items.append(item)
            unsafe pthread_cond_signal(available)
            return true
        }
    }

    /// Refuses further items; what is queued is still handed out, then takers get `nil`.
    func close() {
        locked {
            isClosed = true
            unsafe pthread_cond_broadcast(available)
        }
    }

    /// How many items wait.
    var count: Int { locked { items.count } }

    /// Whether items wait or none is taken any more.
    var isClosedOrBusy: Bool { locked { isClosed || !items.isEmpty } }

    /// Waits for work and takes everything queued; `nil` once the queue is closed and empty.
    func takeAll() -> [Item]? {
        take {
            let all = items
            items = []
            return all
        }
    }

    /// Waits for work and takes the oldest item; `nil` once the queue is closed and empty.
    func takeFirst() -> Item? { take { items.removeFirst() } }

    private func take<Result>(_ remove: () -> Result) -> Result? {
        locked {
            while items.isEmpty {
                if isClosed { return nil }
                unsafe pthread_cond_wait(available, mutex)
            }
            return remove()
        }
    }
}
