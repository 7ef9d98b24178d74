import RheiArrow

/// Lists and structs as the executor holds them: bytes of a blob vector whose order is the order of the values.
///
/// ```
/// element, field   01 and the payload; 02 for null, which so comes after every value
/// list             its elements, then 00
/// struct           its fields
/// integer, date, time, timestamp   8 bytes, most significant first, the sign turned
/// real             8 bytes of its bits, ordered as the numbers are; -0.0 is 0.0
/// decimal          16 bytes as of an integer
/// interval         `IntervalKey`
/// text, blob       its bytes, 00 as 00 FF; then 00 00
/// ```
/// Values are equal exactly when their bytes are (intervals apart), so that nested values are grouped, joined, sorted
/// and compared like blobs. As ``Datum`` a nested value is a blob of its payload, and so is a decimal and an interval.
enum NestedWriter {
    /// Appends an element or a field.
    static func append(_ value: Datum, _ type: NestedType, to bytes: inout [UInt8]) {
        if value.isNull {
            bytes.append(NestedMark.null)
            return
        }
        bytes.append(NestedMark.value)
        appendPayload(value, type, to: &bytes)
    }

    private static func appendPayload(_ value: Datum, _ type: NestedType, to bytes: inout [UInt8]) {
        switch type {
        case .null: break
        case .integer, .date, .time, .timestamp:
            append(UInt64(bitPattern: value.integer) ^ (1 << 63), to: &bytes)
        case .real: append(orderedBits(value.doubleValue), to: &bytes)
        case .text, .blob: value.slot.withRun { appendEscaped($0, to: &bytes) }
        case .decimal, .interval, .list, .structure: value.slot.withRun { append($0, to: &bytes) }
        }
    }

    static func append(_ run: ByteRun, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: run.base, count: run.count))
    }

    private static func append(_ word: UInt64, to bytes: inout [UInt8]) {
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: word >> shift))
        }
    }

    private static func appendEscaped(_ run: ByteRun, to bytes: inout [UInt8]) {
        for index in 0..<run.count {
            bytes.append(run[index])
            if run[index] == 0 { bytes.append(0xFF) }
        }
        bytes.append(0)
        bytes.append(0)
    }

    private static func orderedBits(_ value: Double) -> UInt64 {
        let bits = value == 0 ? 0 : value.bitPattern
        return bits >> 63 == 1 ? ~bits : bits | 1 << 63
    }
}

/// The byte before each element and field, and the one after the last element of a list.
enum NestedMark {
    static let end: UInt8 = 0
    static let value: UInt8 = 1
    static let null: UInt8 = 2
}
