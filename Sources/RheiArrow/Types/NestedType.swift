/// What a list or a struct holds, as far as the executor tells values apart: its types of numbers, text and times, and
/// lists and structs of them.
package indirect enum NestedType: Hashable, Sendable {
    /// Nothing but nulls: the elements of `[]`.
    case null
    case integer, real, text, blob
    /// Days, microseconds of the day and microseconds since 1970-01-01.
    case date, time, timestamp
    case interval
    case decimal(precision: Int, scale: Int)
    case list(NestedType)
    /// Fields without names are those of a row.
    case structure([Member])

    package struct Member: Hashable, Sendable {
        package var name: String
        package var type: NestedType
        package init(name: String, type: NestedType) {
            self.name = name
            self.type = type
        }
    }

    /// The form in which values of a logical type are held; nil where there is none.
    package init?(_ type: DataType) {
        switch type {
        case .null: self = .null
        case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: self = .integer
        case .float32, .float64: self = .real
        case .utf8View, .utf8, .largeUtf8: self = .text
        case .binaryView, .binary, .largeBinary, .fixedSizeBinary: self = .blob
        case .date32, .date64: self = .date
        case .time32, .time64: self = .time
        case .timestamp(_, let zone) where zone == nil || zone == "UTC": self = .timestamp
        case .interval(.monthDayNano): self = .interval
        case .decimal128(let precision, let scale): self = .decimal(precision: precision, scale: scale)
        case .list(let item), .largeList(let item), .listView(let item), .largeListView(let item),
            .fixedSizeList(let item, _):
            guard let element = NestedType(item.type) else { return nil }
            self = .list(element)
        case .struct(let fields):
            var members: [Member] = []
            for field in fields {
                guard let type = NestedType(field.type) else { return nil }
                members.append(Member(name: field.name, type: type))
            }
            self = .structure(members)
        default: return nil
        }
    }

    /// The logical type of values in this form.
    package var dataType: DataType {
        switch self {
        case .null: .null
        case .integer: .int64
        case .real: .float64
        case .text: .utf8View
        case .blob: .binaryView
        case .date: .date32
        case .time: .time64(.microsecond)
        case .timestamp: .timestamp(.microsecond, timeZone: nil)
        case .interval: .interval(.monthDayNano)
        case .decimal(let precision, let scale): .decimal128(precision: precision, scale: scale)
        case .list(let element): .list(Field("item", element.dataType))
        case .structure(let members): .struct(members.map { Field($0.name, $0.type.dataType) })
        }
    }

    /// Whether values compare as their bytes do: all but intervals, of which several have one duration.
    package var isComparable: Bool {
        switch self {
        case .interval: false
        case .list(let element): element.isComparable
        case .structure(let members): members.allSatisfy { $0.type.isComparable }
        default: true
        }
    }

    /// Whether this is a list or a struct.
    package var isNested: Bool {
        switch self {
        case .list, .structure: true
        default: false
        }
    }
}

// MARK: As text

extension NestedType {
    /// The type in few letters, for functions that are told it: `i` `r` `t` `b` `d` `c` `s` `v` `0`, `n18,2;`, `[i`,
    /// `{2;1;ai3;foot`.
    package var code: String {
        switch self {
        case .null: "0"
        case .integer: "i"
        case .real: "r"
        case .text: "t"
        case .blob: "b"
        case .date: "d"
        case .time: "c"
        case .timestamp: "s"
        case .interval: "v"
        case .decimal(let precision, let scale): "n\(precision),\(scale);"
        case .list(let element): "[" + element.code
        case .structure(let members):
            "{\(members.count);" + members.map { "\($0.name.utf8.count);\($0.name)\($0.type.code)" }.joined()
        }
    }

    /// Reads what ``code`` wrote; nil for anything else.
    package init?(code: some Collection<UInt8>) {
        var rest = Array(code)[...]
        guard let type = Self.read(&rest), rest.isEmpty else { return nil }
        self = type
    }

    private static func read(_ bytes: inout ArraySlice<UInt8>) -> NestedType? {
        guard let letter = bytes.popFirst() else { return nil }
        switch letter {
        case UInt8(ascii: "0"): return .null
        case UInt8(ascii: "i"): return .integer
        case UInt8(ascii: "r"): return .real
        case UInt8(ascii: "t"): return .text
        case UInt8(ascii: "b"): return .blob
        case UInt8(ascii: "d"): return .date
        case UInt8(ascii: "c"): return .time
        case UInt8(ascii: "s"): return .timestamp
        case UInt8(ascii: "v"): return .interval
        case UInt8(ascii: "n"):
            guard let precision = number(&bytes), let scale = number(&bytes) else { return nil }
            return .decimal(precision: precision, scale: scale)
        case UInt8(ascii: "["): return read(&bytes).map { .list($0) }
        case UInt8(ascii: "{"):
            guard let count = number(&bytes) else { return nil }
            var members: [Member] = []
            for _ in 0..<count {
                guard let length = number(&bytes), length <= bytes.count else { return nil }
                let name = String(decoding: bytes.prefix(length), as: UTF8.self)
                bytes.removeFirst(length)
                guard let type = read(&bytes) else { return nil }
                members.append(Member(name: name, type: type))
            }
            return .structure(members)
        default: return nil
        }
    }

    /// Reads digits and the one character that ends them.
    private static func number(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        let digits = bytes.prefix { (48...57).contains($0) }
        guard digits.count > 0, digits.count < 9, digits.count < bytes.count else { return nil }
        bytes.removeFirst(digits.count + 1)
        return digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }
}
