import RheiArrow
import RheiCore
import Synchronization

/// One column of a segment: in memory, in a file, or both.
///
/// Invariants:
/// - without a file the array is always there;
/// - integers, decimals and times of 64 bits are kept in as few bytes as their bounds need, text of few different
///   values as codes.
final class ColumnSlot: Sendable {
    private struct State {
        var array: ArrowArray?
        /// The column's own type, which may be wider than the array's; nil until it is known.
        var type: DataType?
        var file: SegmentFile?
    }

    /// Position among the columns; nil for the keys.
    private let index: Int?
    /// Of the values; unknown where integers are to stay as they are.
    private let bounds: ZoneMap.Bounds
    private let state: Mutex<State>
    /// The cache's time of the last use.
    let lastUse = Atomic<Int>(0)

    init(_ array: ArrowArray, index: Int?, bounds: ZoneMap.Bounds = .unknown) {
        self.index = index
        self.bounds = bounds
        let narrow = Self.narrowed(array, bounds)
        state = Mutex(State(array: narrow, type: array.type))
    }

    init(_ file: SegmentFile, index: Int?, bounds: ZoneMap.Bounds = .unknown) {
        self.index = index
        self.bounds = bounds
        state = Mutex(State(file: file))
    }

    private static func narrowed(_ array: ArrowArray, _ bounds: ZoneMap.Bounds) -> ArrowArray {
        switch bounds {
        case .integers(let low, let high): array.narrowed(from: low, through: high)
        // Text that cannot be encoded is kept as it is.
        case .unknown where array.type == .utf8View: (try? array.encodingFewTexts()) ?? array
        case .empty, .reals, .unknown: array
        }
    }

    /// Returns the column in its own type; see `kept(_:)`. Costs a copy where it is kept in fewer bytes.
    func array(_ cache: ColumnCache) throws -> ArrowArray {
        let (array, type) = try kept(cache)
        return array.type == type ? array : array.widened(to: type)
    }

    /// Returns the array as it is kept, and the column's own type; reads it from the file if it
    /// is not in memory. Threads that want the same column at once wait for one of them to read it; before that they do
    /// what else may be of use.
    ///
    /// - Throws: `corrupt` for a damaged file.
    func kept(_ cache: ColumnCache, beforeWaiting: () -> Void = {}) throws -> (array: ArrowArray, type: DataType) {
        lastUse.store(cache.tick(), ordering: .relaxed)
        let found: Found
        if let free = try state.withLockIfAvailable({ try read(&$0, cache) }) {
            found = free
        } else {
            beforeWaiting()
            found = try state.withLock { try read(&$0, cache) }
        }
        if found.isNew { cache.note(self, byteCount: found.array.blockByteCount) }
        return (found.array, found.type)
    }

    /// Reads the column from the file, unless it is in memory or another thread is at it. Damage is found again by
    /// whoever wants the column.
    func prefetch(_ cache: ColumnCache) {
        lastUse.store(cache.tick(), ordering: .relaxed)
        let found = try? state.withLockIfAvailable { try read(&$0, cache) }
        if let found, found.isNew { cache.note(self, byteCount: found.array.blockByteCount) }
    }

    /// Lets the system begin to read the column's bytes, unless it is in memory or a thread is at it.
    func readAhead() {
        let file = state.withLockIfAvailable { state in state.array == nil ? state.file : nil } ?? nil
        if let file { file.willRead(index ?? file.footer.chunks.count - 1) }
    }

    /// A column in memory, and whether it was read just now.
    private struct Found {
        var array: ArrowArray
        var type: DataType
        var isNew: Bool
    }

    private func read(_ state: inout State, _ cache: ColumnCache) throws -> Found {
        if let array = state.array { return Found(array: array, type: state.type ?? array.type, isNew: false) }
        guard let file = state.file else { throw EngineError(.invariant, "a column without rows and file") }
        let byteCount = file.footer.decodingByteCount(index)
        cache.hold(byteCount)
        defer { cache.release(byteCount) }
        guard let array = try index.map({ try file.keptColumn($0, within: bounds) }) ?? file.keys() else {
            throw EngineError(.corrupt, "segment file '\(file.path)' is damaged: it has no keys")
        }
        let narrow = Self.narrowed(array, bounds)
        state.array = narrow
        let type = index.map { file.footer.chunks[$0].type } ?? array.type
        state.type = type
        return Found(array: narrow, type: type, isNew: true)
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
            return state.array?.blockByteCount
        }
        if let byteCount { cache.note(self, byteCount: byteCount) }
    }

    /// Bytes of the blocks of memory that the array takes up while it is there.
    var byteCount: Int { state.withLock { $0.array?.blockByteCount ?? 0 } }
}
