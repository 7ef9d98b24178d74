/// Sorts rows whose keys are integers that pack, together with a row number, into one word.
struct PackedSort {
    /// A key as a bit field: distance from the least value (from the greatest when descending) plus one; nulls take
    /// the code before or after all others.
    private struct Field {
        var column: SortColumn
        var origin: Int64
        var nullCode: UInt64
        var bits: Int
    }

    private var fields: [Field] = []
    private let rowBits: Int
    private let keyBits: Int

    /// Nil when the keys do not fit.
    init?(_ columns: [SortColumn], rowCount: Int) {
        var ranges: [ParallelSort.KeyRange] = []
        for column in columns {
            guard column.vector.type.isInteger else { return nil }
            let range = integerRange(column.vector, nil, rowCount)
            ranges.append(ParallelSort.KeyRange(minimum: range?.minimum ?? .max, maximum: range?.maximum ?? .min))
        }
        self.init(columns, ranges: ranges, rowCount: rowCount)
    }

    /// - Parameter ranges: of the values of each column, empty where there are none.
    init?(_ columns: [SortColumn], ranges: [ParallelSort.KeyRange], rowCount: Int) {
        rowBits = 64 - UInt64(rowCount).leadingZeroBitCount
        var total = 0
        for (column, range) in zip(columns, ranges) {
            guard column.vector.type.isInteger, let field = Self.field(column, range) else { return nil }
            fields.append(field)
            total += field.bits
        }
        keyBits = total
        guard total + rowBits <= 64 else { return nil }
    }

    private static func field(_ column: SortColumn, _ range: ParallelSort.KeyRange) -> Field? {
        guard range.minimum <= range.maximum else {
            return Field(column: column, origin: 0, nullCode: 0, bits: 0)
        }
        let span = UInt64(bitPattern: range.maximum &- range.minimum)
        guard span < 1 << 60 else { return nil }
        let origin = column.order.isDescending ? range.maximum : range.minimum
        return Field(
            column: column, origin: origin, nullCode: column.order.nullsFirst ? 0 : span + 2,
            bits: 64 - (span + 2).leadingZeroBitCount)
    }

    /// Reorders `rows`, rows in input order.
    func sort(_ rows: UnsafeMutablePointer<UInt32>, count: Int) {
        let memory = MemoryBlock(byteCount: count * 16)
        defer { withExtendedLifetime(memory) {} }
        let words = unsafe memory.pointer(UInt64.self)
        unsafe pack(rows, count: count, into: words)
        for index in 0..<count { unsafe words[index] = unsafe words[index] &<< UInt64(rowBits) | UInt64(rows[index]) }
        let sorted = unsafe RadixSort.sortWords(
            words, spare: words + count, count: count, lowBit: rowBits, bitCount: keyBits)
        let mask = (UInt64(1) << UInt64(rowBits)) - 1
        for index in 0..<count { unsafe rows[index] = unsafe UInt32(truncatingIfNeeded: sorted[index] & mask) }
    }

    /// Writes the keys of every listed row, without its number.
    func pack(_ rows: UnsafePointer<UInt32>, count: Int, into words: UnsafeMutablePointer<UInt64>) {
        for index in 0..<count { unsafe words[index] = 0 }
        for field in fields { unsafe pack(field, rows, count, words) }
    }

    private func pack(
        _ field: Field, _ rows: UnsafePointer<UInt32>, _ count: Int, _ words: UnsafeMutablePointer<UInt64>
    ) {
        switch field.column.vector.type {
        case .bool, .int8: unsafe packIntegers(Int8.self, field, rows, count, words)
        case .int16: unsafe packIntegers(Int16.self, field, rows, count, words)
        case .int32: unsafe packIntegers(Int32.self, field, rows, count, words)
        default: unsafe packIntegers(Int64.self, field, rows, count, words)
        }
    }

    @inline(__always)
    private func packIntegers<Integer: FixedWidthInteger & BitwiseCopyable>(
        _: Integer.Type, _ field: Field, _ rows: UnsafePointer<UInt32>, _ count: Int,
        _ words: UnsafeMutablePointer<UInt64>
    ) {
        let vector = field.column.vector
        let values = unsafe vector.pointer(Integer.self)
        let origin = UInt64(bitPattern: field.origin)
        let shift = UInt64(field.bits)
        let sign: UInt64 = field.column.order.isDescending ? ~0 : 0
        let hasNulls = field.column.hasNulls
        for index in 0..<count {
            let row = unsafe Int(rows[index])
            // Two's complement: (x ^ ~0) + 1 is -x.
            let distance = unsafe ((UInt64(truncatingIfNeeded: values[row]) &- origin) ^ sign) &- sign
            let code = hasNulls && !vector.isValid(row) ? field.nullCode : distance &+ 1
            unsafe words[index] = unsafe words[index] &<< shift | code
        }
    }
}
