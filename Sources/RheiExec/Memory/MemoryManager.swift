import RheiArrow
import RheiCompute
import RheiCore
import Synchronization

/// Memory that is given back when it is asked for, such as a cache.
package protocol YieldingMemory: AnyObject, Sendable {
    var byteCount: Int { get }
    /// Gives memory back until at most this many bytes are left, as far as that is possible at once.
    func shrink(to byteCount: Int)
}

/// Counts what the queries of an engine hold against one limit.
///
/// Counted is what grows with data inside operators: hash tables, kept rows, lists to sort, blocks that are merged. Not
/// counted are the tables themselves, the few hundred kilobytes of vectors each worker has, and results that were
/// handed over. What the buffer pool keeps for reuse counts too, and is given back to the system before anything is
/// refused.
package final class MemoryManager: Sendable {
    /// The most bytes that all queries together may hold.
    package let limit: Int
    /// The most bytes that one query may hold; at most `limit`.
    package let queryLimit: Int
    /// Operators ask for memory in multiples of this.
    let step: Int
    /// What an operator that can spill may hold before it does, whatever is free; nil lets it take its share. For
    /// tests.
    let spillThreshold: Int?
    /// Where queries put what does not fit.
    let spill: SpillDirectory
    private let reserved = Atomic<Int>(0)
    private let peak = Atomic<Int>(0)
    private let yielding = Mutex<(any YieldingMemory)?>(nil)
    /// Memory of others within the limit, of which a cache knows nothing.
    private let otherByteCount: Int
    /// Whether a query ended that has left much behind.
    private let hasFreedHeap = Atomic<Bool>(false)

    /// - Parameter otherByteCount: what others hold beside queries, such as pages of SQLite: a cache leaves room for
    ///   that, an eighth of the limit at most.
    package init(
        limit: Int = .max, queryLimit: Int = .max, spill: SpillDirectory = SpillDirectory(), spillThreshold: Int? = nil,
        otherByteCount: Int = 0
    ) {
        self.limit = max(limit, 1)
        self.otherByteCount = min(otherByteCount, self.limit / 8)
        self.queryLimit = min(max(queryLimit, 1), self.limit)
        self.spill = spill
        self.spillThreshold = spillThreshold
        step = min(max(self.queryLimit / 128, 64 << 10), 1 << 20)
        if limit < .max { BufferPool.shared.lowerKeptByteLimit(to: max(limit / 8, 2 << 20)) }
    }

    /// Lets queries take the memory of a cache: what it has and what they reserve stay within the limit together.
    package func giveWay(_ cache: any YieldingMemory) { yielding.withLock { $0 = cache } }

    /// What a cache that gives way may have now. An eighth of the limit is for blocks that are kept for reuse, and for
    /// rows that are on their way to a file or from one.
    package var yieldingByteLimit: Int { max(limit / 8 * 7 - otherByteCount - reservedByteCount, 0) }

    /// How often rows that were put aside are split again. Tests that put all rows aside content themselves with two
    /// levels.
    var splitLevelCount: Int { spillThreshold == nil ? RowPartitioner.levelCount : 2 }

    /// Bytes that operators hold now.
    package var reservedByteCount: Int { reserved.load(ordering: .relaxed) }
    /// The most bytes that operators held at once.
    package var peakByteCount: Int { peak.load(ordering: .relaxed) }
    /// Bytes that temporary files have.
    package var temporaryByteCount: Int { spill.usedByteCount }
    /// Bytes that are not reserved.
    var freeByteCount: Int { limit - reservedByteCount }

    /// Takes `byteCount` bytes from what is free.
    ///
    /// - Returns: whether there were as many.
    func reserve(_ byteCount: Int) -> Bool {
        let now = reserved.add(byteCount, ordering: .relaxed).newValue
        if now > limit {
            reserved.subtract(byteCount, ordering: .relaxed)
            return false
        }
        if limit < .max, BufferPool.shared.keptByteCount > limit - now { BufferPool.shared.releaseKept() }
        peak.max(now, ordering: .relaxed)
        if limit < .max, let cache = yielding.withLock({ $0 }), cache.byteCount > yieldingByteLimit {
            cache.shrink(to: yieldingByteLimit)
        }
        return true
    }

    func release(_ byteCount: Int) { reserved.subtract(byteCount, ordering: .relaxed) }

    /// Notes that a query ends that held so much at once. Of a large one, what is free in the heap goes back to the
    /// system: now, and again before the next query, for workers may still be about to let go of what they had.
    fileprivate func noteEnd(ofQueryWith peakByteCount: Int) {
        guard peakByteCount >= max(limit / 16, 1 << 20) else { return }
        hasFreedHeap.store(true, ordering: .relaxed)
        FreedHeap.release()
    }

    fileprivate func noteStart() {
        if hasFreedHeap.exchange(false, ordering: .relaxed) { FreedHeap.release() }
    }
}

/// What one query holds, of its own limit and of the engine's.
package final class QueryMemory: Sendable {
    let manager: MemoryManager
    package let limit: Int
    private let state = Mutex(State())

    private struct State {
        var reserved = 0
        var peak = 0
        var isClosed = false
    }

    package init(_ manager: MemoryManager) {
        self.manager = manager
        limit = manager.queryLimit
        manager.noteStart()
    }

    package var reservedByteCount: Int { state.withLock { $0.reserved } }
    /// Bytes that the query may still take, now.
    var freeByteCount: Int { min(limit - reservedByteCount, manager.freeByteCount) }

    func reserve(_ byteCount: Int) -> Bool {
        state.withLock { state in
            guard !state.isClosed, byteCount <= limit - state.reserved, manager.reserve(byteCount) else { return false }
            state.reserved += byteCount
            state.peak = max(state.peak, state.reserved)
            return true
        }
    }

    func release(_ byteCount: Int) {
        state.withLock { state in
            guard !state.isClosed else { return }
            state.reserved -= byteCount
            manager.release(byteCount)
        }
    }

    /// Gives back all that is reserved, once the query has ended: workers that are about to let go of what they had do
    /// not keep the next query from it.
    func close() {
        let peak = state.withLock { state -> Int in
            guard !state.isClosed else { return 0 }
            manager.release(state.reserved)
            defer { state = State(isClosed: true) }
            return state.peak
        }
        manager.noteEnd(ofQueryWith: peak)
    }
}
