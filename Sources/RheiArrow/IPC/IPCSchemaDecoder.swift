import RheiCore

/// Reads schemas from Flatbuffers ("Schema.fbs" of the Arrow columnar format).
enum IPCSchemaDecoder {
    /// Reads a `Schema` table.
    ///
    /// - Throws: `unsupported` for big-endian data and unknown types, `corrupt` for impossible ones.
    static func decode(_ table: FlatTable) throws -> (fields: [IPCField], metadata: [String: String]) {
        guard try table.int16(0) == 0 else { throw EngineError.unsupported("big-endian Arrow data") }
        return try (table.tables(1).map { try field($0, depth: 0) }, metadata(table, 2))
    }

    /// Reads a vector of `KeyValue`; the last of equal keys wins.
    static func metadata(_ table: FlatTable, _ index: Int) throws -> [String: String] {
        var result: [String: String] = [:]
        for pair in try table.tables(index) {
            result[try pair.string(0) ?? ""] = try pair.string(1) ?? ""
        }
        return result
    }

    private static func field(_ table: FlatTable, depth: Int) throws -> IPCField {
        guard depth < IPCFormat.depthLimit else {
            throw EngineError.unsupported("Arrow fields nested deeper than \(IPCFormat.depthLimit)")
        }
        let children = try table.tables(5).map { try field($0, depth: depth + 1) }
        var type = try type(table, children.map(\.field))
        var dictionaryID: Int64?
        if let dictionary = try table.table(4) {
            dictionaryID = try dictionary.int64(0)
            let index = try dictionary.table(1).map(integerType) ?? .int32
            type = .dictionary(index: index, value: type, isOrdered: try dictionary.bool(2))
        }
        let decoded = Field(
            try table.string(0) ?? "", type, isNullable: try table.bool(1), metadata: try metadata(table, 6))
        return IPCField(field: recognized(decoded), dictionaryID: dictionaryID, children: children)
    }

    /// Turns the extension type of `any` columns back into `any`.
    private static func recognized(_ field: Field) -> Field {
        guard field.metadata[IPCFormat.extensionNameKey] == IPCFormat.anyExtensionName,
            case .union(let fields, let typeIDs, .dense) = field.type, typeIDs == [0, 1, 2, 3, 4],
            fields.map(\.type) == IPCFormat.anyFields.map(\.type)
        else { return field }
        var result = field
        result.type = .any
        result.metadata[IPCFormat.extensionNameKey] = nil
        return result
    }

    private static func corrupt(_ what: String) -> EngineError { FlatData.corrupt(what) }

    private static func type(_ table: FlatTable, _ children: [Field]) throws -> DataType {
        let raw = try table.uint8(2)
        guard let code = IPCTypeCode(rawValue: raw) else { throw EngineError.unsupported("Arrow type number \(raw)") }
        guard let details = try table.table(3) else { throw corrupt("a field without a type") }
        switch code {
        case .null: return .null
        case .bool: return .bool
        case .binary: return .binary
        case .utf8: return .utf8
        case .largeBinary: return .largeBinary
        case .largeUtf8: return .largeUtf8
        case .binaryView: return .binaryView
        case .utf8View: return .utf8View
        case .int: return try integerType(details)
        case .floatingPoint: return try floatType(details)
        case .decimal: return try decimalType(details)
        case .date: return try details.int16(0, default: 1) == 0 ? .date32 : .date64
        case .time: return try timeType(details)
        case .timestamp: return .timestamp(try unit(details, default: 0), timeZone: try details.string(1))
        case .duration: return .duration(try unit(details, default: 1))
        case .interval: return .interval(try intervalUnit(details))
        case .fixedSizeBinary:
            return .fixedSizeBinary(byteWidth: try notNegative(details.int32(0), "width of bytes"))
        default: return try nestedType(code, details, children)
        }
    }

    private static func nestedType(_ code: IPCTypeCode, _ details: FlatTable, _ children: [Field]) throws -> DataType {
        if code == .struct { return .struct(children) }
        if code == .union { return try unionType(details, children) }
        if code == .runEndEncoded {
            guard children.count == 2 else { throw corrupt("run-end encoding with \(children.count) children") }
            return .runEndEncoded(runEnds: children[0], values: children[1])
        }
        guard children.count == 1 else { throw corrupt("a list with \(children.count) children") }
        switch code {
        case .list: return .list(children[0])
        case .largeList: return .largeList(children[0])
        case .listView: return .listView(children[0])
        case .largeListView: return .largeListView(children[0])
        case .map: return .map(entries: children[0], keysSorted: try details.bool(0))
        default: return .fixedSizeList(children[0], count: try notNegative(details.int32(0), "length of lists"))
        }
    }

    private static func unionType(_ details: FlatTable, _ children: [Field]) throws -> DataType {
        let listed = try details.vector(1, elementByteCount: 4)
        var typeIDs: [Int8] = []
        for index in 0..<(listed?.count ?? children.count) {
            let raw = try listed?.int32(index) ?? Int32(truncatingIfNeeded: index)
            guard raw >= 0, let typeID = Int8(exactly: raw) else { throw corrupt("union type id \(raw)") }
            typeIDs.append(typeID)
        }
        guard typeIDs.count == children.count, Set(typeIDs).count == typeIDs.count else {
            throw corrupt("\(typeIDs.count) union type ids for \(children.count) children")
        }
        return .union(fields: children, typeIDs: typeIDs, mode: try details.int16(0) == 0 ? .sparse : .dense)
    }

    private static func notNegative(_ value: Int32, _ name: String) throws -> Int {
        guard value >= 0 else { throw corrupt("a \(name) of \(value)") }
        return Int(value)
    }

    private static func integerType(_ details: FlatTable) throws -> DataType {
        switch try (details.int32(0), details.bool(1)) {
        case (8, true): return .int8
        case (16, true): return .int16
        case (32, true): return .int32
        case (64, true): return .int64
        case (8, false): return .uint8
        case (16, false): return .uint16
        case (32, false): return .uint32
        case (64, false): return .uint64
        case (let width, _): throw EngineError.unsupported("Arrow integers of \(width) bits")
        }
    }

    private static func floatType(_ details: FlatTable) throws -> DataType {
        switch try details.int16(0) {
        case 0: return .float16
        case 1: return .float32
        case 2: return .float64
        case let precision: throw EngineError.unsupported("Arrow floats of precision number \(precision)")
        }
    }

    private static func decimalType(_ details: FlatTable) throws -> DataType {
        let (precision, scale) = try (Int(details.int32(0)), Int(details.int32(1)))
        let width = try details.int32(2, default: 128)
        let digits: [Int32: Int] = [32: 9, 64: 18, 128: 38, 256: 76]
        guard let limit = digits[width] else { throw EngineError.unsupported("Arrow decimals of \(width) bits") }
        guard precision >= 1, precision <= limit else {
            throw corrupt("a decimal of \(width) bits with \(precision) digits")
        }
        guard DecimalScale.allowed ~= scale else { throw EngineError.unsupported("Arrow decimals of scale \(scale)") }
        switch width {
        case 32: return .decimal32(precision: precision, scale: scale)
        case 64: return .decimal64(precision: precision, scale: scale)
        case 128: return .decimal128(precision: precision, scale: scale)
        default: return .decimal256(precision: precision, scale: scale)
        }
    }

    private static func timeType(_ details: FlatTable) throws -> DataType {
        let (unit, width) = try (unit(details, default: 1), details.int32(1, default: 32))
        switch (unit, width) {
        case (.second, 32), (.millisecond, 32): return .time32(unit)
        case (.microsecond, 64), (.nanosecond, 64): return .time64(unit)
        default: throw corrupt("a time in \(unit)s of \(width) bits")
        }
    }

    private static func unit(_ details: FlatTable, default value: Int16) throws -> TimeUnit {
        let raw = try details.int16(0, default: value)
        guard let unit = TimeUnit(rawValue: Int(raw)) else { throw corrupt("time unit number \(raw)") }
        return unit
    }

    private static func intervalUnit(_ details: FlatTable) throws -> IntervalUnit {
        switch try details.int16(0) {
        case 0: return .yearMonth
        case 1: return .dayTime
        case 2: return .monthDayNano
        case let raw: throw corrupt("interval unit number \(raw)")
        }
    }
}
