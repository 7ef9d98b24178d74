import RheiArrow
import Synchronization

/// Bounds the memory of columns that files have as well: beyond its limit, those used longest ago go first.
///
/// Columns that readers or an index hold stay in memory until these let go of them.
package final class ColumnCache: Sendable {
    private struct Entry {
        weak var slot: ColumnSlot?
        var byteCount: Int
    }

    private struct State {
        var entries: [Entry] = []
        var byteCount = 0
    }

    private let state = Mutex(State())
    private let clock = Atomic<Int>(0)
    private let limit: @Sendable () -> Int

    /// - Parameter limit: the bytes that columns may have, asked whenever one comes into memory.
    package init(limit: @escaping @Sendable () -> Int = { 1 << 30 }) { self.limit = limit }

    /// Bytes of columns that could be evicted, as far as known.
    package var byteCount: Int { state.withLock { $0.byteCount } }

    /// The bytes that columns may have now.
    package var byteLimit: Int { max(limit(), 0) }

    /// Evicts columns until they have at most this many bytes, as far as they can be evicted.
    package func shrink(to byteCount: Int) {
        state.withLock { state in
            if state.byteCount > byteCount { Self.evict(&state, max(byteCount, 0)) }
        }
    }

    func tick() -> Int { clock.add(1, ordering: .relaxed).newValue }

    /// Notes a column that came into memory, and makes room.
    func note(_ slot: ColumnSlot, byteCount: Int) {
        let limit = byteLimit
        state.withLock { state in
            state.entries.append(Entry(slot: slot, byteCount: byteCount))
            state.byteCount += byteCount
            // Down to seven eighths, so that the next column does not sort again.
            if state.byteCount > limit { Self.evict(&state, limit / 8 * 7) }
        }
    }

    private static func evict(_ state: inout State, _ goal: Int) {
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
