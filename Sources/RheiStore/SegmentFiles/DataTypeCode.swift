import RheiArrow
import RheiCore

/// Types in the footer of segment files and in the manifest: a code, two numbers and a text.
///
/// ```
/// code u8 | a i32 | b i32 | text | fields of lists and structs
/// field: name | nullable u8 | metadata | type
/// ```
extension DataType {
    private var code: (code: UInt8, a: Int, b: Int, text: String)? {
        switch self {
        case .null: (0, 0, 0, "")
        case .bool: (1, 0, 0, "")
        case .int8: (2, 0, 0, "")
        case .int16: (3, 0, 0, "")
        case .int32: (4, 0, 0, "")
        case .int64: (5, 0, 0, "")
        case .uint8: (6, 0, 0, "")
        case .uint16: (7, 0, 0, "")
        case .uint32: (8, 0, 0, "")
        case .uint64: (9, 0, 0, "")
        case .float16: (10, 0, 0, "")
        case .float32: (11, 0, 0, "")
        case .float64: (12, 0, 0, "")
        case .utf8View: (13, 0, 0, "")
        case .binaryView: (14, 0, 0, "")
        case .utf8: (15, 0, 0, "")
        case .binary: (16, 0, 0, "")
        case .largeUtf8: (17, 0, 0, "")
        case .largeBinary: (18, 0, 0, "")
        case .fixedSizeBinary(let byteWidth): (19, byteWidth, 0, "")
        case .date32: (20, 0, 0, "")
        case .date64: (21, 0, 0, "")
        case .time32(let unit): (22, unit.rawValue, 0, "")
        case .time64(let unit): (23, unit.rawValue, 0, "")
        case .timestamp(let unit, let zone): (24, unit.rawValue, zone == nil ? 0 : 1, zone ?? "")
        case .duration(let unit): (25, unit.rawValue, 0, "")
        case .interval(let unit): (26, unit.rawValue, 0, "")
        case .decimal32(let precision, let scale): (27, precision, scale, "")
        case .decimal64(let precision, let scale): (28, precision, scale, "")
        case .decimal128(let precision, let scale): (29, precision, scale, "")
        case .decimal256(let precision, let scale): (30, precision, scale, "")
        case .any: (31, 0, 0, "")
        case .list: (32, 1, 0, "")
        case .struct(let fields): (33, fields.count, 0, "")
        default: nil
        }
    }

    /// - Throws: `unsupported` for other nested types than lists and structs.
    func write(to writer: inout ByteWriter) throws {
        guard let code else { throw EngineError.unsupported("a column of type \(self) in a segment file") }
        writer.append(code.code)
        writer.append(Int32(clamping: code.a))
        writer.append(Int32(clamping: code.b))
        writer.append(text: code.text)
        switch self {
        case .list(let item): try item.write(to: &writer)
        case .struct(let fields): for field in fields { try field.write(to: &writer) }
        default: break
        }
    }

    /// Types within types beyond which a file is taken for damaged.
    private static let largestDepth = 64

    init(from reader: inout ByteReader) throws { try self.init(from: &reader, depth: 0) }

    fileprivate init(from reader: inout ByteReader, depth: Int) throws {
        guard depth <= Self.largestDepth else { throw reader.corrupt("types within types") }
        let code = try reader.integer(UInt8.self)
        let a = Int(try reader.integer(Int32.self))
        let b = Int(try reader.integer(Int32.self))
        let text = try reader.text()
        let simple: [DataType] = [
            .null, .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32, .uint64, .float16, .float32,
            .float64, .utf8View, .binaryView, .utf8, .binary, .largeUtf8, .largeBinary,
        ]
        if code < simple.count {
            self = simple[Int(code)]
            return
        }
        func unit() throws -> TimeUnit {
            guard let unit = TimeUnit(rawValue: a) else { throw reader.corrupt("time unit \(a)") }
            return unit
        }
        func digits(_ limit: Int) throws -> (Int, Int) {
            guard (1...limit).contains(a), (-256...256).contains(b) else {
                throw reader.corrupt("a decimal of \(a) digits, \(b) of them fractional")
            }
            return (a, b)
        }
        switch code {
        case 19:
            guard (0...(1 << 20)).contains(a) else { throw reader.corrupt("values of \(a) bytes") }
            self = .fixedSizeBinary(byteWidth: a)
        case 20: self = .date32
        case 21: self = .date64
        case 22: self = .time32(try unit())
        case 23: self = .time64(try unit())
        case 24: self = .timestamp(try unit(), timeZone: b == 1 ? text : nil)
        case 25: self = .duration(try unit())
        case 26:
            guard let unit = IntervalUnit(rawValue: a) else { throw reader.corrupt("interval unit \(a)") }
            self = .interval(unit)
        case 27:
            let (precision, scale) = try digits(9)
            self = .decimal32(precision: precision, scale: scale)
        case 28:
            let (precision, scale) = try digits(18)
            self = .decimal64(precision: precision, scale: scale)
        case 29:
            let (precision, scale) = try digits(38)
            self = .decimal128(precision: precision, scale: scale)
        case 30:
            let (precision, scale) = try digits(76)
            self = .decimal256(precision: precision, scale: scale)
        case 31: self = .any
        case 32: self = .list(try Field(from: &reader, depth: depth + 1))
        case 33:
            guard a >= 0 else { throw reader.corrupt("a struct of \(a) fields") }
            var fields: [Field] = []
            for _ in 0..<a { fields.append(try Field(from: &reader, depth: depth + 1)) }
            self = .struct(fields)
        default: throw reader.corrupt("type \(code)")
        }
    }
}

extension Field {
    fileprivate func write(to writer: inout ByteWriter) throws {
        writer.append(text: name)
        writer.append(UInt8(isNullable ? 1 : 0))
        writer.append(texts: metadata)
        try type.write(to: &writer)
    }

    fileprivate init(from reader: inout ByteReader, depth: Int) throws {
        let name = try reader.text()
        let isNullable = try reader.integer(UInt8.self) == 1
        let metadata = try reader.texts()
        self.init(name, try DataType(from: &reader, depth: depth), isNullable: isNullable, metadata: metadata)
    }
}
