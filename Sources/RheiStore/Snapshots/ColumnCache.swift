import RheiArrow
import Synchronization

/// Bounds the memory of columns that files have as well: beyond its limit, those used longest ago go first.
///
/// Columns that readers or an index hold stay in memory until these let go of them. Others make room for what is held
/// beside them: columns while they are decoded, rows on their way to a file.
package final class ColumnCache: Sendable {
    private struct Entry {
        weak var slot: ColumnSlot?
        var byteCount: Int
    }

    private struct State {
        var entries: [Entry] = []
        var byteCount = 0
        /// Bytes that `hold` took.
        var heldByteCount = 0

        var total: Int { byteCount + heldByteCount }
    }

    private let state = Mutex(State())
    private let clock = Atomic<Int>(0)
    private let limit: @Sendable () -> Int

    /// - Parameter limit: the bytes that columns may have, asked whenever one comes into memory.
    package init(limit: @escaping @Sendable () -> Int = { 1 << 30 }) { self.limit = limit }

    /// Bytes of columns that could be evicted, as far as known, and of what is held beside them.
    package var byteCount: Int { state.withLock { $0.total } }

    /// The bytes that columns may have now.
    package var byteLimit: Int { max(limit(), 0) }

    /// Evicts columns until they have at most this many bytes, as far as they can be evicted.
    package func shrink(to byteCount: Int) {
        state.withLock { state in
            if state.total > byteCount { Self.evict(&state, byteCount - state.heldByteCount) }
        }
    }

    /// Counts memory that is no column of the cache, and lets columns make room for it.
    func hold(_ byteCount: Int) {
        let limit = byteLimit
        state.withLock { state in
            state.heldByteCount += byteCount
            Self.makeRoom(&state, limit)
        }
    }

    /// Takes back what `hold` counted.
    func release(_ byteCount: Int) { state.withLock { $0.heldByteCount -= byteCount } }

    func tick() -> Int { clock.add(1, ordering: .relaxed).newValue }

    /// Notes a column that came into memory, and makes room.
    func note(_ slot: ColumnSlot, byteCount: Int) {
        let limit = byteLimit
        state.withLock { state in
            state.entries.append(Entry(slot: slot, byteCount: byteCount))
            state.byteCount += byteCount
            Self.makeRoom(&state, limit)
        }
    }

    private static func makeRoom(_ state: inout State, _ limit: Int) {
        guard state.total > limit else { return }
        // Down to seven eighths, so that the next column does not sort again.
        evict(&state, limit / 8 * 7 - state.heldByteCount)
    }

    /// Evicts columns until they have at most `goal` bytes, all that can be evicted where that is negative.
    private static func evict(_ state: inout State, _ goal: Int) {
        guard !state.entries.isEmpty else { return }
        let byAge = state.entries.sorted { Self.age($0) < Self.age($1) }
        var kept: [Entry] = []
        for entry in byAge {
            guard let slot = entry.slot else {
                state.byteCount -= entry.byteCount
                continue
            }
            if state.byteCount > goal, slot.evict() {
                state.byteCount -= entry.byteCount
            } else {
                kept.append(entry)
            }
        }
        state.entries = kept
    }

    private static func age(_ entry: Entry) -> Int { entry.slot?.lastUse.load(ordering: .relaxed) ?? 0 }
}
