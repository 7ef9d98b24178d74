import RheiArrow
import RheiCore

/// Reads schemas of Arrow's integration JSON ("Integration Testing" of the Arrow documentation).
enum GoldSchema {
    typealias Object = [String: Any]

    /// What the JSON holds that this reader does not expect.
    struct Unexpected: Error {
        var what: String
    }

    static func schema(_ json: Object) throws -> Schema {
        Schema(try objects(json["fields"]).map(field), metadata: metadata(json["metadata"]))
    }

    static func objects(_ value: Any?) -> [Object] { value as? [Object] ?? [] }

    static func field(_ json: Object) throws -> Field {
        var type = try type(json["type"] as? Object ?? [:], objects(json["children"]).map(field))
        if let dictionary = json["dictionary"] as? Object {
            let index = try self.type(dictionary["indexType"] as? Object ?? [:], [])
            type = .dictionary(index: index, value: type, isOrdered: dictionary["isOrdered"] as? Bool ?? false)
        }
        return Field(
            json["name"] as? String ?? "", type, isNullable: json["nullable"] as? Bool ?? false,
            metadata: metadata(json["metadata"]))
    }

    private static func metadata(_ value: Any?) -> [String: String] {
        let pairs = objects(value).map { ($0["key"] as? String ?? "", $0["value"] as? String ?? "") }
        return Dictionary(pairs) { $1 }
    }

    private static func type(_ json: Object, _ children: [Field]) throws -> DataType {
        let name = json["name"] as? String ?? ""
        switch name {
        case "null": return .null
        case "bool": return .bool
        case "utf8": return .utf8
        case "largeutf8": return .largeUtf8
        case "utf8view": return .utf8View
        case "binary": return .binary
        case "largebinary": return .largeBinary
        case "binaryview": return .binaryView
        case "fixedsizebinary": return .fixedSizeBinary(byteWidth: int(json, "byteWidth"))
        case "int": return integer(int(json, "bitWidth"), isSigned: json["isSigned"] as? Bool ?? true)
        case "floatingpoint":
            let types: [String: DataType] = ["HALF": .float16, "SINGLE": .float32, "DOUBLE": .float64]
            return types[text(json, "precision")] ?? .null
        case "decimal": return decimal(json)
        case "date": return text(json, "unit") == "DAY" ? .date32 : .date64
        case "time": return int(json, "bitWidth") == 32 ? .time32(unit(json)) : .time64(unit(json))
        case "timestamp": return .timestamp(unit(json), timeZone: json["timezone"] as? String)
        case "duration": return .duration(unit(json))
        case "interval":
            let units: [String: IntervalUnit] = [
                "YEAR_MONTH": .yearMonth, "DAY_TIME": .dayTime, "MONTH_DAY_NANO": .monthDayNano,
            ]
            return .interval(units[text(json, "unit")] ?? .yearMonth)
        default: return try nested(name, json, children)
        }
    }

    private static func nested(_ name: String, _ json: Object, _ children: [Field]) throws -> DataType {
        if name == "struct" { return .struct(children) }
        if name == "union" {
            let typeIDs = (json["typeIds"] as? [Int] ?? []).map { Int8(truncatingIfNeeded: $0) }
            return .union(fields: children, typeIDs: typeIDs, mode: text(json, "mode") == "SPARSE" ? .sparse : .dense)
        }
        if name == "runendencoded", children.count == 2 {
            return .runEndEncoded(runEnds: children[0], values: children[1])
        }
        guard children.count == 1 else { throw Unexpected(what: "a type '\(name)'") }
        switch name {
        case "list": return .list(children[0])
        case "largelist": return .largeList(children[0])
        case "listview": return .listView(children[0])
        case "largelistview": return .largeListView(children[0])
        case "fixedsizelist": return .fixedSizeList(children[0], count: int(json, "listSize"))
        case "map": return .map(entries: children[0], keysSorted: json["keysSorted"] as? Bool ?? false)
        default: throw Unexpected(what: "a type '\(name)'")
        }
    }

    private static func int(_ json: Object, _ key: String) -> Int { json[key] as? Int ?? 0 }

    private static func text(_ json: Object, _ key: String) -> String { json[key] as? String ?? "" }

    private static func unit(_ json: Object) -> TimeUnit {
        let units: [String: TimeUnit] = ["SECOND": .second, "MILLISECOND": .millisecond, "MICROSECOND": .microsecond]
        return units[text(json, "unit")] ?? .nanosecond
    }

    private static func integer(_ width: Int, isSigned: Bool) -> DataType {
        switch width {
        case 8: isSigned ? .int8 : .uint8
        case 16: isSigned ? .int16 : .uint16
        case 32: isSigned ? .int32 : .uint32
        default: isSigned ? .int64 : .uint64
        }
    }

    private static func decimal(_ json: Object) -> DataType {
        let (precision, scale) = (int(json, "precision"), int(json, "scale"))
        switch json["bitWidth"] as? Int ?? 128 {
        case 32: return .decimal32(precision: precision, scale: scale)
        case 64: return .decimal64(precision: precision, scale: scale)
        case 256: return .decimal256(precision: precision, scale: scale)
        default: return .decimal128(precision: precision, scale: scale)
        }
    }
}
