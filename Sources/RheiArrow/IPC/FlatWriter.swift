/// What a Flatbuffer is made of, as a tree.
indirect enum FlatValue {
    case uint8(UInt8)
    case int16(Int16)
    case int32(Int32)
    case int64(Int64)
    case string(String)
    case table(FlatFields)
    case tables([FlatFields])
    /// A vector of structs of 64-bit words.
    case words([Int64], perElement: Int)
    case int32s([Int32])

    static func bool(_ value: Bool) -> FlatValue { .uint8(value ? 1 : 0) }

    /// Bytes that the value takes inside its table.
    fileprivate var inlineByteCount: Int {
        switch self {
        case .uint8: 1
        case .int16: 2
        case .int64: 8
        default: 4
        }
    }

    /// The number that stands in the table; zero for what is written elsewhere and patched.
    fileprivate var inlineWord: UInt64 {
        switch self {
        case .uint8(let value): UInt64(value)
        case .int16(let value): UInt64(UInt16(bitPattern: value))
        case .int32(let value): UInt64(UInt32(bitPattern: value))
        case .int64(let value): UInt64(bitPattern: value)
        default: 0
        }
    }

    fileprivate var isReference: Bool {
        switch self {
        case .uint8, .int16, .int32, .int64: false
        default: true
        }
    }
}

/// The fields of a table by index; nil for absent ones.
typealias FlatFields = [FlatValue?]

/// Writes Flatbuffers front to back: each table follows its field offsets and precedes what it refers to.
struct FlatWriter {
    private var bytes: [UInt8] = []

    /// Returns the bytes of a Flatbuffer whose root is a table of `fields`; their number is a multiple of 8.
    static func encode(_ fields: FlatFields) -> [UInt8] {
        var writer = FlatWriter()
        writer.append(0, 4)
        let root = writer.appendTable(fields)
        writer.patch(0, to: root)
        writer.align(8, after: 0)
        return writer.bytes
    }

    private mutating func append(_ word: UInt64, _ byteCount: Int) {
        for index in 0..<byteCount { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(index * 8))) }
    }

    /// Pads so that what comes `distance` bytes later lies at a multiple of `alignment`.
    private mutating func align(_ alignment: Int, after distance: Int) {
        while (bytes.count + distance) % alignment != 0 { bytes.append(0) }
    }

    /// Makes the offset at `position` refer to `target`, which comes after it.
    private mutating func patch(_ position: Int, to target: Int) {
        let offset = target - position
        for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: offset >> (index * 8)) }
    }

    private mutating func appendTable(_ fields: FlatFields) -> Int {
        var offsets = [Int](repeating: 0, count: fields.count)
        var byteCount = 4
        for (index, value) in fields.enumerated() {
            guard let width = value?.inlineByteCount else { continue }
            byteCount = (byteCount + width - 1) / width * width
            offsets[index] = byteCount
            byteCount += width
        }
        align(8, after: 4 + fields.count * 2)
        let vtable = bytes.count
        append(UInt64(4 + fields.count * 2), 2)
        append(UInt64(byteCount), 2)
        for offset in offsets { append(UInt64(offset), 2) }
        let table = bytes.count
        append(UInt64(table - vtable), 4)
        for (index, value) in fields.enumerated() {
            guard let value else { continue }
            while bytes.count < table + offsets[index] { bytes.append(0) }
            append(value.inlineWord, value.inlineByteCount)
        }
        for (index, value) in fields.enumerated() {
            guard let value, value.isReference else { continue }
            patch(table + offsets[index], to: appendReferred(value))
        }
        return table
    }

    private mutating func appendReferred(_ value: FlatValue) -> Int {
        switch value {
        case .string(let text): return appendString(text)
        case .table(let fields): return appendTable(fields)
        case .tables(let tables): return appendTables(tables)
        case .words(let words, let perElement):
            let start = beginVector(words.count / perElement, alignment: 8)
            for word in words { append(UInt64(bitPattern: word), 8) }
            return start
        case .int32s(let numbers):
            let start = beginVector(numbers.count, alignment: 4)
            for number in numbers { append(UInt64(UInt32(bitPattern: number)), 4) }
            return start
        case .uint8, .int16, .int32, .int64: return bytes.count
        }
    }

    private mutating func beginVector(_ count: Int, alignment: Int) -> Int {
        align(max(4, alignment), after: 4)
        let start = bytes.count
        append(UInt64(count), 4)
        return start
    }

    private mutating func appendString(_ text: String) -> Int {
        let start = beginVector(text.utf8.count, alignment: 4)
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
        return start
    }

    private mutating func appendTables(_ tables: [FlatFields]) -> Int {
        let start = beginVector(tables.count, alignment: 4)
        bytes.append(contentsOf: [UInt8](repeating: 0, count: tables.count * 4))
        for (index, fields) in tables.enumerated() {
            patch(start + 4 + index * 4, to: appendTable(fields))
        }
        return start
    }
}
