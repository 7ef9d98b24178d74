import RheiArrow
import RheiCore
import Synchronization

/// One column of a segment: in memory, in a file, or both.
///
/// Invariant: without a file the array is always there.
final class ColumnSlot: Sendable {
    private struct State {
        var array: ArrowArray?
        var file: SegmentFile?
    }

    /// Position among the columns; nil for the keys.
    private let index: Int?
    private let state: Mutex<State>
    /// The cache's time of the last use.
    let lastUse = Atomic<Int>(0)

    init(_ array: ArrowArray, index: Int?) {
        self.index = index
        state = Mutex(State(array: array))
    }

    init(_ file: SegmentFile, index: Int?) {
        self.index = index
        state = Mutex(State(file: file))
    }

    /// Returns the array, reading it from the file if it is not in memory. Threads that want the same column at once
    /// wait for one of them to read it; before that they do what else may be of use.
    ///
    /// - Throws: `corrupt` for a damaged file.
    func array(_ cache: ColumnCache, beforeWaiting: () -> Void = {}) throws -> ArrowArray {
        lastUse.store(cache.tick(), ordering: .relaxed)
        let found: (array: ArrowArray, isNew: Bool)
        if let free = try state.withLockIfAvailable({ try read(&$0) }) {
            found = free
        } else {
            beforeWaiting()
            found = try state.withLock { try read(&$0) }
        }
        if found.isNew { cache.note(self, byteCount: found.array.byteCount) }
        return found.array
    }

    /// Reads the column from the file, unless it is in memory or another thread is at it. Damage is found again by whoever
    /// wants the column.
    func prefetch(_ cache: ColumnCache) {
        lastUse.store(cache.tick(), ordering: .relaxed)
        let found = try? state.withLockIfAvailable { try read(&$0) }
        if let found, found.isNew { cache.note(self, byteCount: found.array.byteCount) }
    }

    private func read(_ state: inout State) throws -> (array: ArrowArray, isNew: Bool) {
        if let array = state.array { return (array, false) }
        guard let file = state.file else { throw EngineError(.invariant, "a column without rows and file") }
        guard let array = try index.map(file.column) ?? file.keys() else {
            throw EngineError(.corrupt, "segment file '\(file.path)' is damaged: it has no keys")
        }
        state.array = array
        return (array, true)
    }

    /// Lets go of the memory where a file has the column as well.
    ///
    /// - Returns: whether there is no array in memory any more; false also while another thread uses the slot.
    func evict() -> Bool {
        state.withLockIfAvailable { state in
            if state.file != nil { state.array = nil }
            return state.array == nil
        } ?? false
    }

    /// Notes that a file has the column; from then on the cache may evict it.
    func attach(_ file: SegmentFile, _ cache: ColumnCache) {
        let byteCount = state.withLock { state in
            state.file = file
            return state.array?.byteCount
        }
        if let byteCount { cache.note(self, byteCount: byteCount) }
    }

    /// Bytes of the array while it is in memory.
    var byteCount: Int { state.withLock { $0.array?.byteCount ?? 0 } }
}
