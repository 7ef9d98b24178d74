import RheiArrow
import RheiCore

/// Batches of every type that IPC carries.
enum IPCSamples {
    /// Types that have no builder: their rows are bytes of a pattern.
    static let rawTypes: [DataType] = [
        .float16, .time32(.second), .time32(.millisecond), .time64(.nanosecond), .timestamp(.second, timeZone: nil),
        .timestamp(.nanosecond, timeZone: "Europe/Berlin"), .duration(.second), .duration(.nanosecond),
        .interval(.yearMonth), .interval(.dayTime), .interval(.monthDayNano), .fixedSizeBinary(byteWidth: 5),
        .fixedSizeBinary(byteWidth: 16), .decimal128(precision: 38, scale: -2), .decimal256(precision: 70, scale: 3),
    ]

    static func raw(_ type: DataType, nulls: Int, count: Int) throws -> ArrowArray {
        let width = type.byteWidth ?? 0
        // The high bytes of each value stay zero, so that times lie within a day and decimals within their digits.
        let bytes = (0..<count * width).map { $0 % width < 2 ? UInt8(truncatingIfNeeded: $0 &* 7) & 0x3F : 0 }
        var validity = [UInt8](repeating: 0, count: (count + 7) / 8)
        for row in 0..<count where !SampleArrays.isNull(row, nulls) { validity[row / 8] |= 1 << UInt8(row % 8) }
        return try ArrowArray(
            checking: type, count: count, validity: nulls == 0 ? nil : Buffer(copying: validity),
            buffers: [Buffer(copying: bytes)])
    }

    /// One batch with a column per type.
    ///
    /// - Parameter validText: leaves out the columns whose text is no UTF-8 on purpose.
    static func batch(nulls: Int, count: Int, validText: Bool = false) throws -> RecordBatch {
        var arrays = try SampleArrays.all(nulls: nulls, count: count)
        arrays += try rawTypes.map { try raw($0, nulls: nulls, count: count) }
        if validText {
            arrays = arrays.filter { !$0.type.isText && $0.type != .any }
            for type in [DataType.utf8View, .utf8, .largeUtf8] { arrays.append(try texts(type, nulls, count)) }
            arrays.append(try mixed(nulls, count))
        }
        arrays += try NestedSamples.all(nulls: nulls, count: count)
        arrays += try NestedSamples.indirect(nulls: nulls, count: count)
        let fields = arrays.enumerated().map { Field("c\($0)", $1.type, metadata: $0 == 1 ? ["unit": "m"] : [:]) }
        return try RecordBatch(
            schema: Schema(fields, metadata: ["made": "here", "empty": ""]), columns: arrays, rowCount: count)
    }

    static func texts(_ type: DataType, _ nulls: Int, _ count: Int) throws -> ArrowArray {
        let texts = ["", "a", "twelve bytes", "thirteen byte", "a\u{0}b", "äöü€𝄞 and much more text"]
        var builder = try BytesBuilder(type)
        for row in 0..<count { try builder.append(SampleArrays.isNull(row, nulls) ? nil : texts[row % texts.count]) }
        return builder.finish()
    }

    static func mixed(_ nulls: Int, _ count: Int) throws -> ArrowArray {
        let builder = ColumnBuilder(defaultType: .any)
        for row in 0..<count {
            if SampleArrays.isNull(row, nulls) {
                builder.appendNull()
            } else if row % 4 == 0 {
                builder.append(integer: Int64(row) &* 0x1234_5678_9ABC)
            } else if row % 4 == 1 {
                builder.append(real: Double(row) / 3)
            } else {
                let text = Array("row \(row) of text that is long".utf8)
                unsafe text.withUnsafeBytes {
                    unsafe row % 4 == 2 ? builder.append(text: $0) : builder.append(blob: $0)
                }
            }
        }
        return try builder.finish().widenedToAny()
    }

    static func stream(_ batches: [RecordBatch], alignment: Int = 64, compression: IPCCompression? = nil) throws
        -> Buffer
    {
        let sink = MemorySink()
        let writer = try IPCStreamWriter(
            sink, schema: batches[0].schema, options: IPCWriteOptions(alignment: alignment, compression: compression))
        for (index, batch) in batches.enumerated() { try writer.write(batch, metadata: ["index": "\(index)"]) }
        try writer.finish()
        return sink.finish()
    }

    static func file(_ batches: [RecordBatch], alignment: Int = 64, compression: IPCCompression? = nil) throws -> Buffer
    {
        let sink = MemorySink()
        let writer = try IPCFileWriter(
            sink, schema: batches[0].schema, metadata: ["footer": "yes"],
            options: IPCWriteOptions(alignment: alignment, compression: compression))
        for (index, batch) in batches.enumerated() { try writer.write(batch, metadata: ["index": "\(index)"]) }
        try writer.finish()
        return sink.finish()
    }

    static func isEqual(_ left: RecordBatch, _ right: RecordBatch) -> Bool {
        left.schema == right.schema && left.rowCount == right.rowCount && left.columns == right.columns
    }
}
