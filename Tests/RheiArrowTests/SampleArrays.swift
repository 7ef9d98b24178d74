import RheiArrow
import RheiCore

/// Arrays of every type that has builders, with and without nulls, for tests that hold for all of them.
enum SampleArrays {
    /// Texts at the edges of the view layout; bytes that are no UTF-8 and NUL bytes included.
    static let texts: [[UInt8]] = [
        [], Array("a".utf8), Array("twelve bytes".utf8), Array("thirteen byte".utf8), [0], [0x61, 0, 0x62],
        [0xFF, 0xFE],
        Array(repeating: 0xC3, count: 12), Array(repeating: 0xC3, count: 13), Array("äöü€𝄞 and much more text".utf8),
        Array(repeating: 0, count: 40),
    ]

    static func primitive<Value: PrimitiveValue>(
        _ type: DataType, _ nulls: Int, _ count: Int, _ value: (Int) -> Value
    ) throws -> ArrowArray {
        var builder = try PrimitiveBuilder<Value>(type)
        for row in 0..<count { builder.append(isNull(row, nulls) ? nil : value(row)) }
        return builder.finish()
    }

    static func bytes(_ type: DataType, _ nulls: Int, _ count: Int) throws -> ArrowArray {
        var builder = try BytesBuilder(type)
        for row in 0..<count { try builder.append(bytes: isNull(row, nulls) ? nil : texts[row % texts.count]) }
        return builder.finish()
    }

    static func any(_ nulls: Int, _ count: Int) -> ArrowArray {
        let builder = ColumnBuilder(defaultType: .any)
        for row in 0..<count
        where !isNull(row, nulls)
            || {
                builder.appendNull(); return false
            }()
        {
            let text = texts[row % texts.count]
            switch row % 4 {
            case 0: builder.append(integer: Int64(row) &* 0x1234_5678_9ABC)
            case 1: builder.append(real: Double(row) / 3)
            case 2: unsafe text.withUnsafeBytes { unsafe builder.append(text: $0) }
            default: unsafe text.withUnsafeBytes { unsafe builder.append(blob: $0) }
            }
        }
        return builder.finish()
    }

    /// 0: no nulls, 1: every third row, 2: all rows.
    static func isNull(_ row: Int, _ nulls: Int) -> Bool { nulls == 2 || (nulls == 1 && row % 3 == 1) }

    /// One array per type. `any` may come out narrower when it has fewer than two storage classes.
    static func all(nulls: Int, count: Int) throws -> [ArrowArray] {
        var booleans = BooleanBuilder()
        for row in 0..<count { booleans.append(isNull(row, nulls) ? nil : row % 7 < 2) }
        return try [
            .nulls(.null, count: count), booleans.finish(),
            primitive(.int8, nulls, count) { Int8(truncatingIfNeeded: $0 &* 37) },
            primitive(.int16, nulls, count) { Int16(truncatingIfNeeded: $0 &* 3701) },
            primitive(.int32, nulls, count) { Int32(truncatingIfNeeded: $0 &* 370_000_001) },
            primitive(.int64, nulls, count) { Int64($0) &* 370_000_001_000_003 },
            primitive(.uint8, nulls, count) { UInt8(truncatingIfNeeded: $0 &* 37) },
            primitive(.uint16, nulls, count) { UInt16(truncatingIfNeeded: $0 &* 3701) },
            primitive(.uint32, nulls, count) { UInt32(truncatingIfNeeded: $0 &* 370_000_001) },
            primitive(.uint64, nulls, count) { UInt64.max / UInt64($0 + 1) },
            primitive(.float32, nulls, count) { Float($0) / 7 },
            primitive(.float64, nulls, count) { Double($0) / 7 },
            primitive(.date32, nulls, count) { Int32($0 * 100 - 1000) },
            primitive(.date64, nulls, count) { Int64($0) * 86_400_000 },
            primitive(.time64(.microsecond), nulls, count) { Int64($0) * 1_000_001 },
            primitive(.timestamp(.millisecond, timeZone: "UTC"), nulls, count) { Int64($0) * 1_000_000_007 },
            primitive(.decimal128(precision: 30, scale: 4), nulls, count) { Int128($0) * 12_345_678_901_234_567_890 },
            bytes(.utf8View, nulls, count), bytes(.binaryView, nulls, count), bytes(.utf8, nulls, count),
            bytes(.binary, nulls, count), bytes(.largeUtf8, nulls, count), bytes(.largeBinary, nulls, count),
            any(nulls, count).widenedToAny(),
        ]
    }
}
