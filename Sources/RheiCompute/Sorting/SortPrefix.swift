import RheiArrow

/// Words that order like the values they stand for, as far as 64 bits tell.
///
/// Numbers of up to 64 bits are told apart completely, and those of 128 bits that fit in 64; of text and blobs the
/// first eight bytes, and of `any` rows fewer bits, so equal words of those leave the order open.
enum SortPrefix {
    /// Whether equal words mean equal values.
    static func isExact(_ type: VectorType) -> Bool {
        switch type {
        case .bool, .int8, .int16, .int32, .int64, .float32, .float64: true
        case .int128, .text, .blob, .any: false
        }
    }

    /// Calls `store` with each index below `count` and the ascending word of row `row(index)`, which is not null.
    @inline(__always)
    static func encode(
        _ vector: ColumnVector, _ collation: TextCollation, count: Int, row: (Int) -> Int, store: (Int, UInt64) -> Void
    ) {
        @inline(__always) func integers<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type) {
            let values = unsafe vector.pointer(Integer.self)
            for index in 0..<count { unsafe store(index, ordered(Int64(truncatingIfNeeded: values[row(index)]))) }
        }
        switch vector.type {
        case .bool, .int8: integers(Int8.self)
        case .int16: integers(Int16.self)
        case .int32: integers(Int32.self)
        case .int64: integers(Int64.self)
        case .int128:
            let values = unsafe vector.pointer(StringValue.self)
            for index in 0..<count { unsafe store(index, ordered(clamped(values[row(index)]))) }
        case .float32:
            let values = unsafe vector.pointer(Float.self)
            for index in 0..<count { unsafe store(index, ordered(Double(values[row(index)]))) }
        case .float64:
            let values = unsafe vector.pointer(Double.self)
            for index in 0..<count { unsafe store(index, ordered(values[row(index)])) }
        case .text, .blob:
            let values = unsafe vector.pointer(StringValue.self)
            let collation = vector.type == .text ? collation : .binary
            for index in 0..<count { unsafe store(index, ordered(values[row(index)], collation)) }
        case .any:
            guard let tags = unsafe vector.tags else { return }
            let values = unsafe vector.pointer(StringValue.self)
            for index in 0..<count {
                unsafe store(index, ordered(datum(tags, values, row(index)), collation))
            }
        }
    }

    /// The number of 128 bits that a slot holds, or the nearest of 64.
    @inline(__always)
    private static func clamped(_ value: StringValue) -> Int64 {
        let (low, high) = (Int64(bitPattern: value.head), Int64(bitPattern: value.tail))
        return high == low &>> 63 ? low : high < 0 ? .min : .max
    }

    @inline(__always)
    static func ordered(_ value: Int64) -> UInt64 { UInt64(bitPattern: value) ^ 1 &<< 63 }

    /// Negative numbers have their bits inverted, others the sign bit set; both zeros are one.
    @inline(__always)
    static func ordered(_ value: Double) -> UInt64 {
        let bits = (value + 0.0).bitPattern
        let mask = UInt64(bitPattern: Int64(bitPattern: bits) &>> 63) | 1 &<< 63
        return bits ^ mask
    }

    @inline(__always)
    static func ordered(_ value: StringValue, _ collation: TextCollation) -> UInt64 {
        if collation != .binary { return orderedByCollation(value, collation) }
        if value.isInline { return ((value.head &>> 32) | (value.tail &<< 32)).byteSwapped }
        return unsafe value.address.unsafelyUnwrapped.loadUnaligned(as: UInt64.self).byteSwapped
    }

    /// Returns bytes `8 * depth ..< 8 * depth + 8` of a string as a word, zeros past its end.
    @inline(__always)
    static func word(_ value: StringValue, _ collation: TextCollation, depth: Int) -> UInt64 {
        if depth == 0 { return ordered(value, collation) }
        let offset = depth &* 8
        if collation != .binary { return orderedByCollation(value, collation, from: offset) }
        if value.isInline { return depth == 1 ? (value.tail &>> 32).byteSwapped : 0 }
        let rest = value.count &- offset
        if rest <= 0 { return 0 }
        let bytes = unsafe value.address.unsafelyUnwrapped
        if rest >= 8 { return unsafe (bytes + offset).loadUnaligned(as: UInt64.self).byteSwapped }
        let last = unsafe (bytes + (value.count &- 8)).loadUnaligned(as: UInt64.self).byteSwapped
        return last &<< UInt64(64 &- rest &* 8)
    }

    /// Returns the length that a collation sees.
    static func length(_ value: StringValue, _ collation: TextCollation) -> Int {
        collation == .rightTrim ? value.withRun { trimmingSpaces($0).count } : value.count
    }

    private static func orderedByCollation(
        _ value: StringValue, _ collation: TextCollation, from offset: Int = 0
    ) -> UInt64 {
        value.withRun { bytes in
            let bytes = collation == .rightTrim ? trimmingSpaces(bytes) : bytes
            var word: UInt64 = 0
            for index in 0..<min(bytes.count, offset + 8) {
                // NOCASE compares nothing past a NUL but lengths.
                if collation == .noCase && bytes[index] == 0 { break }
                if index < offset { continue }
                let byte = collation == .noCase ? foldCase(bytes[index]) : bytes[index]
                word |= UInt64(byte) &<< UInt64(56 &- 8 &* (index &- offset))
            }
            return word
        }
    }

    /// Two bits of class above 62 of the value: numbers as doubles, so neighbouring integers may share a word.
    static func ordered(_ value: Datum, _ collation: TextCollation) -> UInt64 {
        switch value.storageClass {
        case .null: 0
        case .integer: ordered(Double(value.integer)) &>> 2
        case .real: ordered(value.real) &>> 2
        case .text: 1 &<< 62 | ordered(value.slot, collation) &>> 2
        case .blob: 2 &<< 62 | ordered(value.slot, .binary) &>> 2
        }
    }
}
