import RheiCore

/// The format strings of the C Data Interface.
enum CFormat {
    private static let plain: [(String, DataType)] = [
        ("n", .null), ("b", .bool), ("c", .int8), ("C", .uint8), ("s", .int16), ("S", .uint16), ("i", .int32),
        ("I", .uint32), ("l", .int64), ("L", .uint64), ("e", .float16), ("f", .float32), ("g", .float64),
        ("z", .binary), ("Z", .largeBinary), ("vz", .binaryView), ("u", .utf8), ("U", .largeUtf8), ("vu", .utf8View),
        ("tdD", .date32), ("tdm", .date64), ("tts", .time32(.second)), ("ttm", .time32(.millisecond)),
        ("ttu", .time64(.microsecond)), ("ttn", .time64(.nanosecond)), ("tDs", .duration(.second)),
        ("tDm", .duration(.millisecond)), ("tDu", .duration(.microsecond)), ("tDn", .duration(.nanosecond)),
        ("tiM", .interval(.yearMonth)), ("tiD", .interval(.dayTime)), ("tin", .interval(.monthDayNano)),
    ]
    private static let typeByFormat = Dictionary(uniqueKeysWithValues: plain)
    private static let formatByType = Dictionary(uniqueKeysWithValues: plain.map { ($1, $0) })
    private static let units: [(String, TimeUnit)] = [
        ("s", .second), ("m", .millisecond), ("u", .microsecond), ("n", .nanosecond),
    ]

    /// Returns the format of a type; that of its indices for a dictionary.
    ///
    /// - Throws: `unsupported` naming a dictionary of dictionaries, which the interface cannot describe.
    static func format(_ type: DataType) throws -> String {
        if let known = formatByType[type] { return known }
        switch type {
        case .any: return "+ud:0,1,2,3,4"
        case .fixedSizeBinary(let width): return "w:\(width)"
        case .decimal32(let precision, let scale): return "d:\(precision),\(scale),32"
        case .decimal64(let precision, let scale): return "d:\(precision),\(scale),64"
        case .decimal128(let precision, let scale): return "d:\(precision),\(scale)"
        case .decimal256(let precision, let scale): return "d:\(precision),\(scale),256"
        case .timestamp(let unit, let zone):
            let letter = units.first { $0.1 == unit }?.0 ?? "s"
            return "ts\(letter):\(zone ?? "")"
        default: return try nestedFormat(type)
        }
    }

    private static func nestedFormat(_ type: DataType) throws -> String {
        switch type {
        case .list: return "+l"
        case .largeList: return "+L"
        case .listView: return "+vl"
        case .largeListView: return "+vL"
        case .fixedSizeList(_, let count): return "+w:\(count)"
        case .struct: return "+s"
        case .map: return "+m"
        case .union(_, let typeIDs, let mode):
            return (mode == .sparse ? "+us:" : "+ud:") + typeIDs.map { "\($0)" }.joined(separator: ",")
        case .runEndEncoded: return "+r"
        case .dictionary(let index, _, _) where index.physicalType.integerByteWidth != nil: return try format(index)
        default: throw EngineError.unsupported("a column of type \(type) in the C Data Interface")
        }
    }

    /// Returns the type that a format names, with the given children.
    ///
    /// - Throws: `unsupported` naming any other format, `corrupt` for children that do not fit.
    static func type(_ format: String, children: [Field] = [], keysSorted: Bool = false) throws -> DataType {
        if format.hasPrefix("+") { return try nestedType(format, children, keysSorted) }
        if let known = typeByFormat[format] { return known }
        let parts = format.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        if parts.count == 2, parts[0] == "w", let width = Int(parts[1]), width >= 0, width <= Int(Int32.max) {
            return .fixedSizeBinary(byteWidth: width)
        }
        if parts.count == 2, parts[0] == "d", let decimal = decimal(parts[1].split(separator: ",").map { Int($0) }) {
            return decimal
        }
        if parts.count == 2, parts[0].hasPrefix("ts"), let unit = units.first(where: { "ts" + $0.0 == parts[0] })?.1 {
            return .timestamp(unit, timeZone: parts[1].isEmpty ? nil : parts[1])
        }
        throw refusal(format)
    }

    private static func nestedType(_ format: String, _ children: [Field], _ keysSorted: Bool) throws -> DataType {
        if format == "+s" { return .struct(children) }
        if format.hasPrefix("+ud:") || format.hasPrefix("+us:") {
            let texts = format.dropFirst(4).split(separator: ",")
            let ids = texts.compactMap { Int8($0) }
            guard ids.count == texts.count, ids.count == children.count, Set(ids).count == ids.count,
                ids.allSatisfy({ $0 >= 0 })
            else { throw refusal(format) }
            return .union(fields: children, typeIDs: ids, mode: format.hasPrefix("+ud:") ? .dense : .sparse)
        }
        if format == "+r" {
            guard children.count == 2 else { throw corrupt(format, children) }
            return .runEndEncoded(runEnds: children[0], values: children[1])
        }
        guard children.count == 1 else { throw corrupt(format, children) }
        switch format {
        case "+l": return .list(children[0])
        case "+L": return .largeList(children[0])
        case "+vl": return .listView(children[0])
        case "+vL": return .largeListView(children[0])
        case "+m": return .map(entries: children[0], keysSorted: keysSorted)
        default:
            guard format.hasPrefix("+w:"), let count = Int(format.dropFirst(3)), count >= 0, count <= Int(Int32.max)
            else {
                throw refusal(format)
            }
            return .fixedSizeList(children[0], count: count)
        }
    }

    private static func refusal(_ format: String) -> EngineError {
        EngineError.unsupported("the format '\(format)' of the C Data Interface")
    }

    private static func corrupt(_ format: String, _ children: [Field]) -> EngineError {
        EngineError(.corrupt, "\(children.count) children of the format '\(format)' of the C Data Interface")
    }

    private static func decimal(_ numbers: [Int?]) -> DataType? {
        guard numbers.count == 2 || numbers.count == 3, let precision = numbers[0], let scale = numbers[1],
            DecimalScale.allowed ~= scale
        else { return nil }
        switch numbers.count == 3 ? numbers[2] : 128 {
        case 32 where 1...9 ~= precision: return .decimal32(precision: precision, scale: scale)
        case 64 where 1...18 ~= precision: return .decimal64(precision: precision, scale: scale)
        case 128 where 1...38 ~= precision: return .decimal128(precision: precision, scale: scale)
        case 256 where 1...76 ~= precision: return .decimal256(precision: precision, scale: scale)
        default: return nil
        }
    }
}
