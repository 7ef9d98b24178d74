import Synchronization

/// Hands out the memory of buffers and keeps large blocks for reuse.
///
/// First touch of fresh 4 KB pages costs more than filling them, so blocks of 256 KB and more come from regions that
/// are aligned to 2 MB and backed by huge pages where the system grants them, and go back to a free list. Blocks of
/// 256 KB, 512 KB and 1 MB share a region of 2 MB; larger ones own theirs. Smaller requests go to `malloc`.
///
/// Every block has a page more than its round number, since columns often have a round number of bytes: their slack
/// would otherwise make them twice as large. The pages over stand behind the region's huge pages and are none
/// themselves.
///
/// Invariants, under the lock:
/// - every free block of a shared region stands exactly once in the free list of its size;
/// - `keptByteCount` is the sum of all free blocks, `lendableByteCount` of those that own their region and are not lent;
/// - regions without used blocks are returned to the system while more than `keptByteLimit` is kept, those first whose
///   size was not asked for the longest: what a large load left behind does not keep the blocks of queries from being
///   kept.
///
/// Of blocks that own their region, what is kept beyond `ownByteLimit` is lent to the system, and most of the rest when
/// nothing runs (``lendOneIdle()``): it may take the pages when memory is short, and until then they are used again
/// without a fault. Blocks of the size that was not asked for the longest are lent first, so that those which every
/// query uses again are left alone.
public final class BufferPool: Sendable {
    /// The pool that all buffers use: a query that reads a gigabyte again finds the memory of the last.
    public static let shared = BufferPool(keptByteLimit: min(4 << 30, usableMemoryByteCount() / 8))

    static let regionByteCount = 2 << 20
    static let smallestPooledByteCount = 256 << 10
    /// What each block of the pool has more than a round number of bytes.
    static let tailByteCount = 4096

    private let keptByteLimit: Atomic<Int>
    /// How much of what is kept and may be lent is not.
    private let ownByteLimit: Int
    /// The same while nothing runs.
    private let idleByteLimit: Int
    private let state = Mutex(State())
    private let liveBytes = Atomic<Int>(0)
    private let peakBytes = Atomic<Int>(0)

    /// Addresses instead of pointers: they are keys here, and memory only where a block is handed out.
    private struct State {
        var freeBlocks: [Int: FreeBlocks] = [:]
        var usedBlocksByRegion: [UInt: Int] = [:]
        var keptByteCount = 0
        var lendableByteCount = 0
        /// By size, when a block of it was last handed out or taken back, as a count of such events.
        var lastUses: [Int: UInt64] = [:]
        private var eventCount: UInt64 = 0

        mutating func noteEvent(size: Int) {
            eventCount += 1
            lastUses[size] = eventCount
        }
    }

    /// The free blocks of one size, the latest last.
    private struct FreeBlocks {
        var addresses: [UInt] = []
        /// So many from the first on are lent to the system.
        var lentCount = 0

        /// Takes the latest block.
        mutating func take() -> (address: UInt, isLent: Bool)? {
            guard let address = addresses.popLast() else { return nil }
            guard lentCount > addresses.count else { return (address, false) }
            lentCount = addresses.count
            return (address, true)
        }

        /// Takes out blocks.
        ///
        /// - Returns: how many of them were not lent.
        mutating func removeAll(where isRemoved: (UInt) -> Bool) -> Int {
            let lent = addresses[..<lentCount].count { !isRemoved($0) }
            let before = addresses.count - lentCount
            addresses.removeAll(where: isRemoved)
            lentCount = lent
            return before - (addresses.count - lent)
        }
    }

    /// - Parameters:
    ///   - keptByteLimit: the most bytes that are kept for reuse.
    ///   - ownByteLimit: how many of them the system may not take back; nil for half.
    ///   - idleByteLimit: how many of those while nothing runs.
    init(keptByteLimit: Int, ownByteLimit: Int? = nil, idleByteLimit: Int = 256 << 20) {
        self.keptByteLimit = Atomic(keptByteLimit)
        self.ownByteLimit = ownByteLimit ?? keptByteLimit / 2
        self.idleByteLimit = idleByteLimit
    }

    /// Makes the pool keep at most so much for reuse from now on, unless it keeps less already.
    package func lowerKeptByteLimit(to byteCount: Int) { keptByteLimit.min(byteCount, ordering: .relaxed) }

    /// Lends the system a block of what is kept beyond 256 MB, for callers that will not need it soon: some hundred
    /// microseconds at most.
    ///
    /// - Returns: whether there was one.
    package func lendOneIdle() -> Bool {
        state.withLock { $0.lendableByteCount > idleByteLimit && lendOne(in: &$0) }
    }

    /// Returns to the system all regions of which no block is in use.
    public func releaseKept() {
        state.withLock { state in
            for size in Array(state.freeBlocks.keys) {
                let starts = Set((state.freeBlocks[size]?.addresses ?? []).map { region(of: $0) })
                for start in starts { releaseIfUnused(start, size: size, in: &state) }
            }
        }
    }

    /// Bytes handed out and not yet returned, rounding included.
    public var liveByteCount: Int { liveBytes.load(ordering: .relaxed) }
    /// The most bytes that were handed out at once since the start or the last `resetPeak`.
    public var peakByteCount: Int { peakBytes.load(ordering: .relaxed) }
    /// Lets the peak begin at what is handed out now.
    public func resetPeak() { peakBytes.store(liveByteCount, ordering: .relaxed) }
    /// Bytes kept for reuse.
    public var keptByteCount: Int { state.withLock { $0.keptByteCount } }
    /// Bytes kept for reuse that the system may take.
    public var lentByteCount: Int {
        state.withLock { state in state.freeBlocks.reduce(0) { $0 + $1.key * $1.value.lentCount } }
    }

    /// Rounds a request up to the size of the block that serves it.
    static func blockByteCount(for byteCount: Int) -> Int {
        if byteCount <= smallestPooledByteCount / 2 { return (max(byteCount, 1) + 63) & ~63 }
        let body = byteCount - tailByteCount
        if body <= smallestPooledByteCount { return smallestPooledByteCount + tailByteCount }
        if body <= regionByteCount { return 1 << (Int.bitWidth - (body - 1).leadingZeroBitCount) + tailByteCount }
        let magnitude = 1 << (Int.bitWidth - 1 - body.leadingZeroBitCount)
        let step = max(regionByteCount, magnitude / 8)
        return (body + step - 1) / step * step + tailByteCount
    }

    /// Whether blocks of this size lie together in one region.
    private static func sharesRegion(_ size: Int) -> Bool { size - tailByteCount < regionByteCount }

    /// The size of a region of blocks of this size.
    private static func regionByteCount(of size: Int) -> Int {
        sharesRegion(size) ? regionByteCount / (size - tailByteCount) * size : size
    }

    /// Returns uninitialised memory of at least `byteCount` bytes, aligned to 64 bytes, and its true size.
    @unsafe func allocate(byteCount: Int) -> (pointer: UnsafeMutableRawPointer, byteCount: Int) {
        let size = Self.blockByteCount(for: byteCount)
        if size < Self.smallestPooledByteCount {
            noteAllocation(size)
            return (UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 64), size)
        }
        let block = unsafe allocatePooled(size)
        return unsafe (block.pointer, size)
    }

    private func noteAllocation(_ byteCount: Int) {
        let live = liveBytes.add(byteCount, ordering: .relaxed).newValue
        if live > peakBytes.load(ordering: .relaxed) { peakBytes.max(live, ordering: .relaxed) }
    }

    /// Returns memory as `allocate` does, all zero. Large fresh blocks come so from the system and are not touched.
    @unsafe func allocateZeroed(byteCount: Int) -> (pointer: UnsafeMutableRawPointer, byteCount: Int) {
        let size = Self.blockByteCount(for: byteCount)
        let block: (pointer: UnsafeMutableRawPointer, isFresh: Bool)
        if size < Self.smallestPooledByteCount {
            unsafe block = unsafe (allocate(byteCount: size).pointer, false)
        } else {
            unsafe block = unsafe allocatePooled(size)
        }
        if unsafe !block.isFresh {
            unsafe block.pointer.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        }
        return unsafe (block.pointer, size)
    }

    /// Returns a block of 256 KB or more, and whether it was never used.
    @unsafe private func allocatePooled(_ size: Int) -> (pointer: UnsafeMutableRawPointer, isFresh: Bool) {
        noteAllocation(size)
        let (address, isFresh) = state.withLock { state in
            state.noteEvent(size: size)
            if let block = state.freeBlocks[size]?.take() {
                state.keptByteCount -= size
                if !block.isLent { noteLendable(-size, size: size, in: &state) }
                noteUse(of: block.address, size: size, in: &state)
                return (block.address, false)
            }
            return (mapBlock(size: size, in: &state), true)
        }
        guard let pointer = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
            preconditionFailure("out of memory: the system refused \(size) bytes")
        }
        return unsafe (pointer, isFresh)
    }

    /// Takes back a block of `allocate`; `byteCount` is the true size that it returned.
    @unsafe func deallocate(_ pointer: UnsafeMutableRawPointer, byteCount: Int) {
        liveBytes.subtract(byteCount, ordering: .relaxed)
        unsafe FreedMemory.fill(pointer, byteCount: byteCount)
        if byteCount < Self.smallestPooledByteCount {
            unsafe pointer.deallocate()
            return
        }
        let address = UInt(bitPattern: pointer)
        state.withLock { state in
            state.noteEvent(size: byteCount)
            state.freeBlocks[byteCount, default: FreeBlocks()].addresses.append(address)
            state.keptByteCount += byteCount
            noteLendable(byteCount, size: byteCount, in: &state)
            noteReturn(of: address, size: byteCount, in: &state)
            while state.lendableByteCount > ownByteLimit, lendOne(in: &state) {}
        }
    }

    /// Counts bytes of blocks of this size that are kept and not lent.
    private func noteLendable(_ byteCount: Int, size: Int, in state: inout State) {
        if !Self.sharesRegion(size) { state.lendableByteCount += byteCount }
    }

    /// Lends the block that was kept longest, of the size that was not asked for the longest.
    ///
    /// - Returns: whether there is one that is not lent.
    private func lendOne(in state: inout State) -> Bool {
        let sizes = state.freeBlocks.keys.filter { size in
            !Self.sharesRegion(size) && state.freeBlocks[size].map { $0.lentCount < $0.addresses.count } ?? false
        }
        guard let size = sizes.min(by: { state.lastUses[$0] ?? 0 < state.lastUses[$1] ?? 0 }),
            let blocks = state.freeBlocks[size]
        else { return false }
        if let pointer = unsafe UnsafeMutableRawPointer(bitPattern: blocks.addresses[blocks.lentCount]) {
            unsafe lendToSystem(pointer, byteCount: size)
        }
        state.freeBlocks[size]?.lentCount += 1
        state.lendableByteCount -= size
        return true
    }

    /// The start of a shared region: the blocks of one all begin within its first 2 MB.
    private func region(of block: UInt) -> UInt { block & ~UInt(Self.regionByteCount - 1) }

    private func noteUse(of block: UInt, size: Int, in state: inout State) {
        if Self.sharesRegion(size) { state.usedBlocksByRegion[region(of: block), default: 0] += 1 }
    }

    /// Maps a fresh region and returns its first block; zero when the system refuses.
    private func mapBlock(size: Int, in state: inout State) -> UInt {
        let regionSize = Self.regionByteCount(of: size)
        guard let start = unsafe mapHugeRegion(byteCount: regionSize) else { return 0 }
        let first = UInt(bitPattern: start)
        if size < regionSize {
            for offset in stride(from: size, to: regionSize, by: size) {
                state.freeBlocks[size, default: FreeBlocks()].addresses.append(first + UInt(offset))
                state.keptByteCount += size
            }
        }
        noteUse(of: first, size: size, in: &state)
        return first
    }

    /// Counts a block as free and returns idle regions to the system when too much is kept.
    private func noteReturn(of block: UInt, size: Int, in state: inout State) {
        if Self.sharesRegion(size) { state.usedBlocksByRegion[region(of: block), default: 1] -= 1 }
        while state.keptByteCount > keptByteLimit.load(ordering: .relaxed), let idle = idleRegion(state) {
            releaseIfUnused(idle.start, size: idle.size, in: &state)
        }
    }

    /// The region without used blocks whose size was not asked for the longest; nil when there is none.
    private func idleRegion(_ state: State) -> (start: UInt, size: Int)? {
        var found: (start: UInt, size: Int, lastUse: UInt64)?
        for (size, blocks) in state.freeBlocks {
            let lastUse = state.lastUses[size] ?? 0
            if let found, found.lastUse <= lastUse { continue }
            let unused = blocks.addresses.first {
                !Self.sharesRegion(size) || state.usedBlocksByRegion[region(of: $0)] ?? 0 == 0
            }
            if let unused { found = (region(of: unused), size, lastUse) }
        }
        return found.map { ($0.start, $0.size) }
    }

    /// Returns the region of free blocks that begins at `start` to the system, unless other blocks of it are in use.
    private func releaseIfUnused(_ start: UInt, size: Int, in state: inout State) {
        let regionSize = Self.regionByteCount(of: size)
        if Self.sharesRegion(size) {
            guard (state.usedBlocksByRegion[start] ?? 0) == 0 else { return }
            state.usedBlocksByRegion[start] = nil
        }
        let notLent = state.freeBlocks[size]?.removeAll { region(of: $0) == start } ?? 0
        noteLendable(-notLent * size, size: size, in: &state)
        state.keptByteCount -= regionSize
        if let pointer = unsafe UnsafeMutableRawPointer(bitPattern: start) {
            unsafe unmapRegion(pointer, byteCount: regionSize)
        }
    }
}
