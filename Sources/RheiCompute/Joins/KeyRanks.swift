/// Numbers those values of a dense range that occur, in ascending order.
///
/// A word stands for 32 values: below, a bit for each that occurs; above, how many occur before them. So one access
/// finds a number, in two bits for each value of the range.
@safe struct KeyRanks {
    let minimum: Int64
    let codeCount: UInt64
    /// How many values occur.
    let keyCount: Int
    private let cells: MemoryBlock

    fileprivate init(minimum: Int64, codeCount: UInt64, keyCount: Int, cells: MemoryBlock) {
        self.minimum = minimum
        self.codeCount = codeCount
        self.keyCount = keyCount
        self.cells = cells
    }

    /// Writes the number of every row's value, ``noStoredRow`` for values that do not occur.
    func number(_ key: ColumnVector, _ rows: SelectionVector, into numbers: UnsafeMutablePointer<UInt32>) {
        switch key.type {
        case .bool, .int8: unsafe number(key.pointer(Int8.self), rows, numbers)
        case .int16: unsafe number(key.pointer(Int16.self), rows, numbers)
        case .int32: unsafe number(key.pointer(Int32.self), rows, numbers)
        default: unsafe number(key.pointer(Int64.self), rows, numbers)
        }
    }

    @inline(__always)
    private func number<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Integer>, _ rows: SelectionVector, _ numbers: UnsafeMutablePointer<UInt32>
    ) {
        let base = UInt64(bitPattern: minimum)
        let limit = codeCount
        let cells = unsafe cells.pointer(UInt64.self)
        rows.forEach { row in
            let code = unsafe UInt64(truncatingIfNeeded: values[row]) &- base
            let isInside = UInt64(asByte(code < limit))
            let cell = unsafe cells[Int(truncatingIfNeeded: (code &>> 5) & (0 &- isInside))]
            unsafe numbers[row] = Self.number(in: cell, code, isInside)
        }
    }

    /// The number of a value that occurs.
    @inline(__always)
    func number(of value: Int64) -> Int {
        let code = UInt64(bitPattern: value &- minimum)
        let cell = unsafe cells.pointer(UInt64.self)[Int(truncatingIfNeeded: code &>> 5)]
        return Int(Self.number(in: cell, code, 1))
    }

    @inline(__always)
    private static func number(in cell: UInt64, _ code: UInt64, _ isInside: UInt64) -> UInt32 {
        let bits = UInt32(truncatingIfNeeded: cell)
        let place = UInt32(truncatingIfNeeded: code & 31)
        let isThere = (bits &>> place) & UInt32(truncatingIfNeeded: isInside)
        let below = bits & ((1 &<< place) &- 1)
        let number = UInt32(truncatingIfNeeded: cell &>> 32) &+ UInt32(truncatingIfNeeded: below.nonzeroBitCount)
        // All bits for a value that is not there.
        return number | (isThere &- 1)
    }
}

/// Makes ranks of a map of bits, in two passes of tasks over ranges of its words: one counts, one writes.
///
/// Unchecked because each task writes to places of its own.
@safe final class KeyRanker: @unchecked Sendable {
    private let minimum: Int64
    private let codeCount: UInt64
    private let maps: [MemoryBlock]
    private let wordCount: Int
    let taskCount: Int
    /// How many values occur, by task.
    private let counts: MemoryBlock
    private let cells: MemoryBlock

    private static let wordsPerTask = 1 << 13

    /// - Parameter maps: for each value, by its distance from the least one, whether it occurs, 64 values a word; what
    ///   any of the maps has, the first one has after `count`.
    init(minimum: Int64, codeCount: UInt64, maps: [MemoryBlock]) {
        self.minimum = minimum
        self.codeCount = codeCount
        self.maps = maps
        wordCount = Int(codeCount + 63) / 64
        taskCount = (wordCount + Self.wordsPerTask - 1) / Self.wordsPerTask
        counts = MemoryBlock(byteCount: taskCount * 8)
        cells = MemoryBlock(byteCount: wordCount * 16)
    }

    private func words(ofTask task: Int) -> Range<Int> {
        task * Self.wordsPerTask..<min((task + 1) * Self.wordsPerTask, wordCount)
    }

    /// Brings the maps together, and counts the values of a task.
    func count(task: Int) {
        let words = unsafe maps[0].pointer(UInt64.self)
        for map in maps.dropFirst() {
            let other = unsafe map.pointer(UInt64.self)
            for index in self.words(ofTask: task) { unsafe words[index] |= other[index] }
        }
        var count: UInt64 = 0
        for index in self.words(ofTask: task) { count &+= unsafe UInt64(words[index].nonzeroBitCount) }
        unsafe counts.pointer(UInt64.self)[task] = count
    }

    /// Writes the ranks of a task, after all counts.
    func rank(task: Int) {
        let (words, cells) = unsafe (maps[0].pointer(UInt64.self), cells.pointer(UInt64.self))
        var count = (0..<task).reduce(0) { unsafe $0 &+ counts.pointer(UInt64.self)[$1] }
        for index in self.words(ofTask: task) {
            let word = unsafe words[index]
            let halves = Self.bitCounts(ofHalves: word)
            unsafe cells[2 &* index] = count &<< 32 | word & 0xffff_ffff
            count &+= halves & 0xff
            unsafe cells[2 &* index &+ 1] = count &<< 32 | word &>> 32
            count &+= halves &>> 32
        }
    }

    /// How many bits are set in each half of a word, as a half each (Warren, Hacker's Delight, 2nd edition, 5-1).
    @inline(__always)
    private static func bitCounts(ofHalves word: UInt64) -> UInt64 {
        var sums = word &- (word &>> 1 & 0x5555_5555_5555_5555)
        sums = (sums & 0x3333_3333_3333_3333) &+ (sums &>> 2 & 0x3333_3333_3333_3333)
        sums = (sums &+ sums &>> 4) & 0x0f0f_0f0f_0f0f_0f0f
        sums = sums &+ sums &>> 8
        return (sums &+ sums &>> 16) & 0x0000_00ff_0000_00ff
    }

    /// The ranks, once all are written.
    func ranks() -> KeyRanks {
        let keyCount = (0..<taskCount).reduce(0) { unsafe $0 &+ counts.pointer(UInt64.self)[$1] }
        return KeyRanks(minimum: minimum, codeCount: codeCount, keyCount: Int(keyCount), cells: cells)
    }
}
