import RheiArrow
import RheiCore
import RheiTestSupport

/// Columns of every kind that the encodings have to bring back.
struct SampleColumns {
    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let types: [DataType] = [
        .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float32, .float64, .utf8View,
        .binaryView, .utf8, .binary, .largeUtf8, .largeBinary, .fixedSizeBinary(byteWidth: 5), .date32, .date64,
        .time32(.second), .time64(.microsecond), .timestamp(.microsecond, timeZone: nil),
        .timestamp(.nanosecond, timeZone: "Europe/Berlin"), .duration(.second), .decimal32(precision: 9, scale: 2),
        .decimal64(precision: 18, scale: 2), .decimal128(precision: 38, scale: 4),
    ]

    /// Returns a column of random shape: constant, ascending, runs, few values, small, anything, extreme.
    mutating func column(_ type: DataType, count: Int) throws -> ArrowArray {
        let nulls = random.pick([0, 0, 10, 90, 100])
        let shape = random.below(7)
        let builder = try ArrayBuilder.make(type)
        var last = Int64(random.below(1000))
        let few = (0..<5).map { _ in Int64(bitPattern: random.next()) }
        for _ in 0..<count {
            if random.chance(percent: nulls) {
                try builder.appendNull()
                continue
            }
            switch shape {
            case 0: break
            case 1: last &+= Int64(random.below(3))
            case 2: if random.chance(percent: 5) { last = Int64(random.below(1_000_000)) }
            case 3: last = random.pick(few)
            case 4: last = Int64(random.below(200)) - 100
            case 5: last = Int64(bitPattern: random.next())
            default: last = random.pick([.min, .max, 0, -1, Int64(random.below(50))])
            }
            try append(last, to: builder, shape)
        }
        return try builder.finish()
    }

    private mutating func append(_ number: Int64, to builder: ArrayBuilder, _ shape: Int) throws {
        let type = builder.type
        switch type {
        case .bool: try builder.append(number & 1 == 1)
        case .float32, .float64: try builder.append(real: real(number, shape))
        case .fixedSizeBinary(let width):
            try builder.append(bytes: (0..<width).map { UInt8(truncatingIfNeeded: number >> Int64($0 * 8)) })
        case .decimal32: try builder.append(decimal: Decimal256(Int128(number % 1_000_000_000)))
        case .decimal64: try builder.append(decimal: Decimal256(Int128(number % 1_000_000_000_000_000_000)))
        case .decimal128:
            let wide = shape == 5 ? Int128(number) * 1_000_000_000_000_000_003 : Int128(number)
            try builder.append(decimal: Decimal256(wide))
        default:
            if type.isText || type.isBinary {
                try builder.append(bytes: text(number, shape, isText: type.isText))
            } else {
                try builder.append(integer: Self.clamp(number, to: type))
            }
        }
    }

    private mutating func real(_ number: Int64, _ shape: Int) -> Double {
        switch shape {
        case 4: Double(number) / 100
        case 5: Double(bitPattern: UInt64(bitPattern: number))
        case 6: random.pick([.infinity, -.infinity, .nan, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.1])
        default: Double(number % 1_000_000_000)
        }
    }

    private mutating func text(_ number: Int64, _ shape: Int, isText: Bool) -> [UInt8] {
        switch shape {
        case 5: (0..<random.below(60)).map { _ in UInt8(random.below(isText ? 128 : 256)) }
        case 6: Array(repeating: 0, count: random.pick([0, 1, 12, 13, 300]))
        default: Array("customer number \(number) of the region".utf8.prefix(random.pick([9, 40, 40])))
        }
    }

    private static func clamp(_ number: Int64, to type: DataType) -> Int64 {
        switch type.physicalType {
        case .int8: Int64(Int8(truncatingIfNeeded: number))
        case .int16: Int64(Int16(truncatingIfNeeded: number))
        case .int32: Int64(Int32(truncatingIfNeeded: number))
        case .uint8: Int64(UInt8(truncatingIfNeeded: number))
        case .uint16: Int64(UInt16(truncatingIfNeeded: number))
        case .uint32: Int64(UInt32(truncatingIfNeeded: number))
        case .uint64: number & .max
        default: number
        }
    }

    /// Returns structs of a value and a list of values of a type, some of them null.
    mutating func nested(_ type: DataType, count: Int) throws -> ArrowArray {
        let lengths = (0..<count).map { _ in random.pick([0, 0, 1, 3]) }
        var offsets = MutableBuffer(capacity: (count + 1) * 4)
        var end: Int32 = 0
        unsafe offsets.extend(by: 4).storeBytes(of: end, as: Int32.self)
        for length in lengths {
            end += Int32(length)
            unsafe offsets.extend(by: 4).storeBytes(of: end, as: Int32.self)
        }
        let items = try type == .any ? mixed(count: Int(end)).widenedToAny() : column(type, count: Int(end))
        let lists = ArrowArray(
            .list(Field("item", type)), count: count, validity: bits(count), buffers: [offsets.freeze()],
            children: [items])
        let plain = try type == .any ? mixed(count: count).widenedToAny() : column(type, count: count)
        return ArrowArray(
            .struct([Field("plain", type), Field("lists", lists.type, metadata: ["origin": "samples"])]),
            count: count, validity: bits(count), buffers: [], children: [plain, lists])
    }

    private mutating func bits(_ count: Int) -> Buffer {
        var bits = BitmapBuilder()
        for _ in 0..<count { bits.append(!random.chance(percent: 15)) }
        return bits.finish().buffer
    }

    /// Returns a column of mixed storage classes.
    mutating func mixed(count: Int) -> ArrowArray {
        let builder = ColumnBuilder(defaultType: .any)
        for _ in 0..<count {
            switch random.below(6) {
            case 0: builder.appendNull()
            case 1: builder.append(integer: Int64(bitPattern: random.next()))
            case 2: builder.append(real: Double(bitPattern: random.next()))
            case 3:
                let bytes = text(Int64(random.below(100)), 1, isText: true)
                unsafe bytes.withUnsafeBytes { unsafe builder.append(text: $0) }
            case 4:
                let bytes = text(0, 5, isText: false)
                unsafe bytes.withUnsafeBytes { unsafe builder.append(blob: $0) }
            default: builder.append(integer: 7)
            }
        }
        return builder.finish()
    }
}
