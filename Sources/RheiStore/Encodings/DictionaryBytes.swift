import RheiArrow

/// A table of distinct byte strings in the order of their first rows, and packed numbers into it.
///
/// ```
/// chunk:  count u32 | plain bytes, 2 048 strings at a time
/// vector: packed words: the number of each row's string
/// ```
@safe struct DictionaryBytes {
    static let largestCount = 1 << 15
    private static let largestByteCount = 4 << 20

    /// Hashed slots of number + 1.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)
    /// The rows that brought the strings.
    private var firstRows: [Int] = []
    private let source: ByteRows
    /// By row: its number; null rows have the one before them.
    private var rowNumbers: [UInt32] = []

    /// Collects the strings of all rows that are not null; nil when there are too many.
    init?(_ source: ByteRows, isValid: (Int) -> Bool) {
        self.source = source
        var byteCount = 0
        var last: UInt32 = 0
        rowNumbers.reserveCapacity(source.count)
        for row in 0..<source.count {
            guard isValid(row) else {
                rowNumbers.append(last)
                continue
            }
            let known = firstRows.count
            last = UInt32(insert(row))
            rowNumbers.append(last)
            if firstRows.count > known {
                byteCount += source.byteCount(row)
                if firstRows.count > Self.largestCount || byteCount > Self.largestByteCount { return nil }
            }
        }
        if firstRows.isEmpty { return nil }
    }

    var count: Int { firstRows.count }

    private func slot(of row: Int) -> (slot: Int, number: Int?) {
        let bytes = unsafe source.bytes(row)
        var slot = Int(truncatingIfNeeded: unsafe KeyHash.hash(bytes)) & (slots.count - 1)
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if unsafe equal(bytes, source.bytes(firstRows[number])) { return (slot, number) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (slot, nil)
    }

    @unsafe private func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count else { return false }
        guard let a = left.baseAddress, let b = right.baseAddress else { return true }
        return unsafe memoryEqual(a, b, left.count)
    }

    private mutating func insert(_ row: Int) -> Int {
        let found = slot(of: row)
        if let number = found.number { return number }
        firstRows.append(row)
        slots[found.slot] = UInt32(firstRows.count)
        if firstRows.count * 2 > slots.count { grow() }
        return firstRows.count - 1
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 4)
        for (number, row) in firstRows.enumerated() {
            let bytes = unsafe source.bytes(row)
            var slot = Int(truncatingIfNeeded: unsafe KeyHash.hash(bytes)) & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(number + 1)
        }
    }

    func appendTable(to writer: inout ByteWriter) {
        writer.append(UInt32(firstRows.count))
        for start in stride(from: 0, to: firstRows.count, by: Encoding.vectorRowCount) {
            let part = firstRows[start..<min(start + Encoding.vectorRowCount, firstRows.count)]
            unsafe PlainBytes.append(part.map { unsafe source.bytes($0) }, to: &writer)
        }
    }

    /// Appends the numbers of some rows.
    func append(_ rows: Range<Int>, _ layout: WordLayout, to writer: inout ByteWriter) {
        PackedWords.append(rowNumbers[rows].map { UInt64($0) }, layout, to: &writer)
    }

    /// Reads the table as views into the reader's buffer, which is to be data buffer 0.
    static func readTable(_ reader: inout ByteReader) throws -> [ByteView] {
        let count = Int(try reader.integer(UInt32.self))
        guard count > 0, count <= largestCount else { throw reader.corrupt("a dictionary of \(count) strings") }
        var views = [ByteView](repeating: ByteView(), count: count)
        for start in stride(from: 0, to: count, by: Encoding.vectorRowCount) {
            let part = min(Encoding.vectorRowCount, count - start)
            try unsafe views.withUnsafeMutableBufferPointer { views in
                guard let base = views.baseAddress else { return }
                unsafe try PlainBytes.read(&reader, count: part, bufferIndex: 0, into: base + start)
            }
        }
        return views
    }

    /// - Precondition: as of `PackedWords.read`; at most `Encoding.vectorRowCount` rows.
    @unsafe static func read(
        _ reader: inout ByteReader, count: Int, table: [ByteView], into out: UnsafeMutablePointer<ByteView>
    ) throws {
        let scratch = WordScratch()
        defer { withExtendedLifetime(scratch) {} }
        let numbers = unsafe scratch.words
        unsafe try PackedWords.read(&reader, count: count, into: numbers)
        let tableCount = UInt64(table.count)
        var isOutside = false
        unsafe table.withUnsafeBufferPointer { table in
            for row in 0..<count {
                let number = unsafe numbers[row]
                if number < tableCount {
                    unsafe out[row] = table[Int(truncatingIfNeeded: number)]
                } else {
                    isOutside = true
                }
            }
        }
        if isOutside { throw reader.corrupt("a number beyond \(table.count) dictionary strings") }
    }
}
