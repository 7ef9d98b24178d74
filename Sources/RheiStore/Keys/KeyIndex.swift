import RheiArrow

/// Maps the key of each live row to its row number.
///
/// Two forms. *Dense*, for integer keys whose range was at most twice their number when it grew: one word per value.
/// *Hashed*, for all others: linear probing over words of a 16-bit salt and a 48-bit row number; whether a candidate's
/// key is equal is read from the rows' own keys (`runs`), so no key is stored twice. Either takes at most 16 bytes a
/// row.
///
/// Invariants:
/// - every row number in a slot has its key in `runs`, and no two slots have equal keys;
/// - dense: slot `key - base` holds row + 1, or 0; hashed: 0 means never used, `tombstone` removed;
/// - at most four fifths of the hashed slots are not 0.
///
/// One writer uses it; readers never see it.
@safe package final class KeyIndex {
    /// The keys of rows by number; the table keeps it in step with its segments.
    var runs = KeyRuns()
    /// False as long as keys of the table's rows are missing: for a table from files that has not been changed yet.
    var isComplete = true
    /// Number of keys.
    package private(set) var count = 0
    private let isInteger: Bool
    private(set) var isDense: Bool
    private var slots = MutableBuffer()
    private var slotCount = 0
    private var usedSlotCount = 0
    /// Key of slot 0 when dense.
    private var base: Int64 = 0
    /// Bounds of all integer keys ever inserted.
    private var minimum = Int64.max
    private var maximum = Int64.min

    private static let rowMask: UInt64 = (1 << 48) - 1
    private static let tombstone = rowMask

    package init(isInteger: Bool) {
        self.isInteger = isInteger
        isDense = isInteger
    }

    /// Forgets all keys.
    func removeAll() {
        runs = KeyRuns()
        slots = MutableBuffer()
        (count, slotCount, usedSlotCount, base) = (0, 0, 0, 0)
        (minimum, maximum) = (.max, .min)
        isDense = isInteger
    }

    /// Bytes of memory of the slots.
    package var byteCount: Int { slots.byteCount }

    @inline(__always) private var words: UnsafeMutablePointer<UInt64> {
        unsafe slots.pointer.assumingMemoryBound(to: UInt64.self)
    }
}

// MARK: - Integer keys

extension KeyIndex {
    package func row(of key: Int64) -> Int64? {
        if isDense { return denseSlot(key).flatMap { unsafe row(inDense: words[$0]) } }
        return hashedSlot(KeyHash.hash(key)) { runs.integer($0) == key }.map { row(inSlot: $0) }
    }

    /// Maps `key` to `row` and returns the row it was mapped to.
    ///
    /// - Precondition: `runs` knows the row's key.
    package func set(_ row: Int64, for key: Int64) -> Int64? {
        prepare(minimum: key, maximum: key, count: 1)
        if isDense { return setDense(row, key) }
        return setHashed(row, KeyHash.hash(key)) { runs.integer($0) == key }
    }

    /// Forgets `key` and returns the row it was mapped to.
    package func remove(_ key: Int64) -> Int64? {
        if isDense {
            guard let slot = denseSlot(key), let old = unsafe row(inDense: words[slot]) else { return nil }
            unsafe words[slot] = 0
            count -= 1
            return old
        }
        return removeHashed(hashedSlot(KeyHash.hash(key)) { runs.integer($0) == key })
    }

    /// Maps `count` keys to ascending rows from `firstRow` on, calling `replaced` for keys that had a row: old, new.
    ///
    /// - Precondition: `runs` knows the rows' keys.
    @unsafe func setRows(
        from firstRow: Int64, for keys: UnsafePointer<Int64>, count keyCount: Int, replaced: (Int64, Int64) -> Void
    ) {
        guard keyCount > 0 else { return }
        var low = Int64.max
        var high = Int64.min
        for index in 0..<keyCount {
            let key = unsafe keys[index]
            low = key < low ? key : low
            high = key > high ? key : high
        }
        prepare(minimum: low, maximum: high, count: keyCount)
        if isDense { return unsafe setDenseRows(from: firstRow, keys, keyCount, replaced) }
        for index in 0..<keyCount {
            let key = unsafe keys[index]
            let row = firstRow + Int64(index)
            if let old = setHashed(row, KeyHash.hash(key), equals: { runs.integer($0) == key }) { replaced(old, row) }
        }
    }

    @unsafe private func setDenseRows(
        from firstRow: Int64, _ keys: UnsafePointer<Int64>, _ keyCount: Int, _ replaced: (Int64, Int64) -> Void
    ) {
        let words = unsafe words
        let base = base
        var added = 0
        for index in 0..<keyCount {
            let slot = unsafe Int(keys[index] &- base)
            let old = unsafe words[slot]
            unsafe words[slot] = UInt64(bitPattern: firstRow &+ Int64(index) &+ 1)
            if old == 0 { added &+= 1 } else { replaced(Int64(bitPattern: old) - 1, firstRow + Int64(index)) }
        }
        count += added
    }

    @inline(__always) private func denseSlot(_ key: Int64) -> Int? {
        let (offset, overflow) = key.subtractingReportingOverflow(base)
        return !overflow && offset >= 0 && offset < slotCount ? Int(offset) : nil
    }

    @inline(__always) private func row(inDense word: UInt64) -> Int64? {
        word == 0 ? nil : Int64(bitPattern: word) - 1
    }

    private func setDense(_ row: Int64, _ key: Int64) -> Int64? {
        let slot = Int(key - base)
        let old = unsafe self.row(inDense: words[slot])
        unsafe words[slot] = UInt64(bitPattern: row) + 1
        if old == nil { count += 1 }
        return old
    }
}

// MARK: - Byte keys

extension KeyIndex {
    @unsafe package func row(of key: UnsafeRawBufferPointer) -> Int64? {
        unsafe hashedSlot(KeyHash.hash(key)) { unsafe isEqual(runs.bytes($0), key) }.map { row(inSlot: $0) }
    }

    /// Maps `key` to `row` and returns the row it was mapped to.
    ///
    /// - Precondition: `runs` knows the row's key.
    @unsafe package func set(_ row: Int64, for key: UnsafeRawBufferPointer) -> Int64? {
        prepareHashed(1)
        return unsafe setHashed(row, KeyHash.hash(key)) { unsafe isEqual(runs.bytes($0), key) }
    }

    /// Forgets `key` and returns the row it was mapped to.
    @unsafe package func remove(_ key: UnsafeRawBufferPointer) -> Int64? {
        unsafe removeHashed(hashedSlot(KeyHash.hash(key)) { unsafe isEqual(runs.bytes($0), key) })
    }
}

// MARK: - By row number

extension KeyIndex {
    /// Lets the key that is mapped to row `old` be mapped to `new`; `runs` knows the key of `keyRow`, one of the two.
    ///
    /// - Precondition: some key is mapped to `old`.
    func move(_ old: Int64, to new: Int64, keyRow: Int64) {
        let slot = slot(holding: old, keyRow: keyRow)
        if isDense {
            unsafe words[slot] = UInt64(bitPattern: new) + 1
        } else {
            unsafe words[slot] = words[slot] & ~Self.rowMask | UInt64(bitPattern: new + 1)
        }
    }

    /// Forgets the key that is mapped to `row`.
    func removeKey(of row: Int64) {
        let slot = slot(holding: row, keyRow: row)
        unsafe words[slot] = isDense ? 0 : Self.tombstone
        count -= 1
    }

    /// Maps the key of `row` to it again.
    func restoreKey(of row: Int64) {
        if isInteger {
            _ = set(row, for: runs.integer(row))
        } else {
            _ = unsafe set(row, for: runs.bytes(row))
        }
    }

    private func slot(holding row: Int64, keyRow: Int64) -> Int {
        let found: Int?
        if isDense {
            found = denseSlot(runs.integer(keyRow))
        } else {
            found = hashedSlot(hash(ofRow: keyRow)) { $0 == row }
        }
        guard let found else { preconditionFailure("no key is mapped to row \(row)") }
        return found
    }

    private func hash(ofRow row: Int64) -> UInt64 {
        isInteger ? KeyHash.hash(runs.integer(row)) : unsafe KeyHash.hash(runs.bytes(row))
    }
}

// MARK: - Hashed slots

extension KeyIndex {
    @inline(__always) private func salt(_ hash: UInt64) -> UInt64 { hash &<< 48 }

    /// The slot where probing for a hash begins: the hash scaled to the number of slots, any number of them.
    @inline(__always) private func home(_ hash: UInt64) -> Int {
        Int(truncatingIfNeeded: hash.multipliedFullWidth(by: UInt64(truncatingIfNeeded: slotCount)).high)
    }

    @inline(__always) private func row(inSlot slot: Int) -> Int64 {
        unsafe Int64(bitPattern: words[slot] & Self.rowMask) - 1
    }

    @inline(__always) private func hashedSlot(_ hash: UInt64, equals: (Int64) -> Bool) -> Int? {
        guard slotCount > 0 else { return nil }
        let words = unsafe words
        let salt = salt(hash)
        var slot = home(hash)
        while true {
            let word = unsafe words[slot]
            if word == 0 { return nil }
            if word & ~Self.rowMask == salt, word != Self.tombstone,
                equals(Int64(bitPattern: word & Self.rowMask) - 1)
            {
                return slot
            }
            slot &+= 1
            if slot == slotCount { slot = 0 }
        }
    }

    @inline(__always) private func setHashed(_ row: Int64, _ hash: UInt64, equals: (Int64) -> Bool) -> Int64? {
        let word = salt(hash) | UInt64(bitPattern: row + 1)
        if let slot = hashedSlot(hash, equals: equals) {
            let old = self.row(inSlot: slot)
            unsafe words[slot] = word
            return old
        }
        insertAbsent(word, hash)
        count += 1
        return nil
    }

    /// Writes a word to the first slot from the hash's home on that was never used.
    @inline(__always) private func insertAbsent(_ word: UInt64, _ hash: UInt64) {
        let words = unsafe words
        var slot = home(hash)
        while unsafe words[slot] != 0 {
            slot &+= 1
            if slot == slotCount { slot = 0 }
        }
        unsafe words[slot] = word
        usedSlotCount += 1
    }

    private func removeHashed(_ slot: Int?) -> Int64? {
        guard let slot else { return nil }
        let old = row(inSlot: slot)
        unsafe words[slot] = Self.tombstone
        count -= 1
        return old
    }

    @unsafe private func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return unsafe memoryEqual(a, b, left.count)
    }
}

// MARK: - Growth

extension KeyIndex {
    /// Makes room in an empty index for the keys of a whole table.
    func reserve(_ keyCount: Int, _ keys: [ArrowArray]) {
        guard keyCount > 0 else { return }
        guard isInteger else { return prepareHashed(keyCount) }
        var low = Int64.max
        var high = Int64.min
        for array in keys {
            guard case .integers(let least, let greatest) = ZoneMap(of: array).bounds else { continue }
            low = min(low, least)
            high = max(high, greatest)
        }
        prepare(minimum: low, maximum: high, count: keyCount)
    }

    /// Makes room for `added` integer keys within the given bounds, choosing the form that suits them.
    private func prepare(minimum low: Int64, maximum high: Int64, count added: Int) {
        minimum = min(minimum, low)
        maximum = max(maximum, high)
        if isDense {
            if denseSlot(low) != nil, denseSlot(high) != nil { return }
            if let range = denseRange(keyCount: count + added) { return growDense(range) }
            leaveDense(added)
        }
        prepareHashed(added)
    }

    /// The number of values from the least to the greatest key, unless they are too sparse for the dense form.
    private func denseRange(keyCount: Int) -> Int? {
        let (range, overflow) = maximum.subtractingReportingOverflow(minimum)
        guard !overflow, range < Int64(max(1024, keyCount * 2)) else { return nil }
        return Int(range) + 1
    }

    private func growDense(_ range: Int) {
        // Twice the range, for what is not touched yet takes no memory where blocks are large.
        let newCount = max(range * 2, 64)
        // Room goes below the least key only when keys come from above; otherwise keys ascend as rowids do.
        let growsDown = slotCount > 0 && minimum < base
        let room = Int64(newCount - range)
        let wanted = growsDown && minimum >= Int64.min + room ? minimum - room : minimum
        let newBase = min(wanted, Int64.max - Int64(newCount - 1))
        let newSlots = MutableBuffer(zeroedByteCount: newCount * 8)
        if slotCount > 0 {
            // Slots outside the known bounds are empty, so that the copy keeps to what both arrays cover.
            let first = max(base, newBase)
            let end = min(base + Int64(slotCount - 1), newBase + Int64(newCount - 1))
            if first <= end {
                let target = unsafe newSlots.pointer + Int(first - newBase) * 8
                unsafe target.copyMemory(
                    from: slots.pointer + Int(first - base) * 8, byteCount: Int(end - first + 1) * 8)
            }
        }
        slots = newSlots
        slotCount = newCount
        base = newBase
    }

    /// Moves all keys to the hashed form with room for `added` more.
    private func leaveDense(_ added: Int) {
        var old = MutableBuffer()
        swap(&old, &slots)
        let oldCount = slotCount
        let oldBase = base
        isDense = false
        allocateHashed(count + added)
        defer { withExtendedLifetime(old) {} }
        let words = unsafe old.pointer.assumingMemoryBound(to: UInt64.self)
        for slot in 0..<oldCount where unsafe words[slot] != 0 {
            let hash = KeyHash.hash(oldBase + Int64(slot))
            unsafe insertAbsent(salt(hash) | words[slot], hash)
        }
    }

    private func prepareHashed(_ added: Int) {
        guard (usedSlotCount + added) * 5 > slotCount * 4 else { return }
        rebuild(count + added)
    }

    private func allocateHashed(_ keyCount: Int) {
        slotCount = max(64, keyCount * 5 / 3)
        usedSlotCount = 0
        slots = MutableBuffer(zeroedByteCount: slotCount * 8)
    }

    /// Fills new slots, going through the rows in order: keys are read sequentially, whatever the order of the slots.
    private func rebuild(_ keyCount: Int) {
        let ranges = runs.rowRanges
        let live = liveRows(ranges)
        defer { withExtendedLifetime(live) {} }
        if isInteger, let range = denseRange(keyCount: keyCount) {
            isDense = true
            slotCount = 0
            growDense(range)
        } else {
            allocateHashed(keyCount)
        }
        var position = 0
        let reinsert = { (row: Int64, hash: UInt64) in
            if unsafe Bits.get(live.pointer, position) {
                self.insertAbsent(self.salt(hash) | UInt64(bitPattern: row + 1), hash)
            }
            position &+= 1
        }
        if isDense {
            runs.forEachInteger { row, key in
                if unsafe Bits.get(live.pointer, position) {
                    unsafe words[Int(key - base)] = UInt64(bitPattern: row) + 1
                }
                position &+= 1
            }
        } else if isInteger {
            runs.forEachInteger { row, key in reinsert(row, KeyHash.hash(key)) }
        } else {
            unsafe runs.forEachBytes { row, key in unsafe reinsert(row, KeyHash.hash(key)) }
        }
    }

    /// Marks the rows that slots hold, one bit per row of `ranges`.
    private func liveRows(_ ranges: [Range<Int64>]) -> MutableBuffer {
        var starts: [Int] = [0]
        for range in ranges { starts.append(starts[starts.count - 1] + range.count) }
        let bits = MutableBuffer(zeroedByteCount: Bits.byteCount(starts[ranges.count]))
        for slot in 0..<slotCount {
            let word = unsafe words[slot]
            guard word != 0, word != Self.tombstone else { continue }
            let row = row(inSlot: slot)
            var low = 0
            var high = ranges.count
            while low + 1 < high {
                let middle = (low + high) / 2
                if ranges[middle].lowerBound <= row { low = middle } else { high = middle }
            }
            unsafe Bits.set(bits.pointer, starts[low] + Int(row - ranges[low].lowerBound))
        }
        return bits
    }
}
