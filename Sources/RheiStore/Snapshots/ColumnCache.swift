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
        var limit: Int
    }

    /// The cache of the process: its limit is one for all stores.
    package static let shared = ColumnCache()

    private let state: Mutex<State>
    private let clock = Atomic<Int>(0)

    /// - Parameter limit: bytes.
    package init(limit: Int = 1 << 30) { state = Mutex(State(limit: max(limit, 0))) }

    /// Bytes of columns that could be evicted, as far as known.
    package var byteCount: Int { state.withLock { $0.byteCount } }

    package func setLimit(_ limit: Int) { state.withLock { $0.limit = max(limit, 0) } }

    func tick() -> Int { clock.add(1, ordering: .relaxed).newValue }

    /// Notes a column that came into memory, and makes room.
    func note(_ slot: ColumnSlot, byteCount: Int) {
        state.withLock { state in
            state.entries.append(Entry(slot: slot, byteCount: byteCount))
            state.byteCount += byteCount
            if state.byteCount > state.limit { Self.evict(&state) }
        }
    }

    /// Evicts down to three quarters of the limit, so that the next column does not sort again.
    private static func evict(_ state: inout State) {
        let goal = state.limit / 4 * 3
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
