import Foundation
import RheiArrow

/// A column of Arrow's integration JSON; prints its rows as `GoldArray` prints those of an array.
struct GoldColumn {
    typealias Object = [String: Any]

    let type: DataType
    let json: Object
    /// The ids of dictionaries at and below this column; nil where there is none.
    let ids: DictionaryIDs
    let dictionaries: [Int: GoldColumn]

    /// The dictionary of a field and those below it.
    struct DictionaryIDs {
        var own: Int?
        var children: [DictionaryIDs]

        init(_ field: Object) {
            own = (field["dictionary"] as? Object)?["id"] as? Int
            children = GoldSchema.objects(field["children"]).map { DictionaryIDs($0) }
        }
    }

    private let validity: [Bool]
    private let data: [Any]
    private let children: [GoldColumn]

    init(_ type: DataType, _ json: Object, _ ids: DictionaryIDs, _ dictionaries: [Int: GoldColumn]) {
        (self.type, self.json, self.ids, self.dictionaries) = (type, json, ids, dictionaries)
        validity = (json["VALIDITY"] as? [Int] ?? []).map { $0 != 0 }
        data = (json["DATA"] ?? json["VIEWS"]) as? [Any] ?? []
        let columns = GoldSchema.objects(json["children"])
        children = zip(columns.indices, type.childFields).map { index, field in
            GoldColumn(field.type, columns[index], ids.children[index], dictionaries)
        }
    }

    var count: Int { json["count"] as? Int ?? 0 }

    var rows: [String] { (0..<count).map(row) }

    func row(_ row: Int) -> String {
        if case .runEndEncoded = type {
            let run = (0..<children[0].count).first { (Int(children[0].row($0)) ?? 0) > row } ?? 0
            return children[1].row(run)
        }
        if type == .null || (validity.indices.contains(row) && !validity[row]) { return "." }
        switch type {
        case .dictionary:
            return ids.own.flatMap { dictionaries[$0] }?.row(Int(number(data[row])) ?? -1) ?? "no dictionary"
        case .struct: return "{" + children.map { $0.row(row) }.joined(separator: ",") + "}"
        case .union(_, let typeIDs, let mode):
            let typeID = (json["TYPE_ID"] as? [Int] ?? [])[row]
            let child = children[typeIDs.firstIndex(of: Int8(truncatingIfNeeded: typeID)) ?? 0]
            return "\(typeID)=" + child.row(mode == .sparse ? row : (numbers("OFFSET")[row]))
        case .fixedSizeList(_, let count): return items(row * count, count)
        case .list, .map, .largeList:
            let offsets = numbers("OFFSET")
            return items(offsets[row], offsets[row + 1] - offsets[row])
        case .listView, .largeListView: return items(numbers("OFFSET")[row], numbers("SIZE")[row])
        default: return value(data[row])
        }
    }

    private func items(_ start: Int, _ count: Int) -> String {
        "[" + (start..<start + count).map { children[0].row($0) }.joined(separator: ",") + "]"
    }

    private func numbers(_ key: String) -> [Int] {
        (json[key] as? [Any] ?? []).map { Int(number($0)) ?? 0 }
    }

    /// Numbers are written as JSON numbers or, when they might be long, as texts.
    private func number(_ value: Any) -> String {
        if let text = value as? String { return text }
        return (value as? NSNumber).map { "\($0.int64Value)" } ?? "no number"
    }

    private func value(_ value: Any) -> String {
        switch type {
        case .bool: return (value as? Bool) == true ? "true" : "false"
        case .float32: return (value as? NSNumber).map { "\(Float($0.doubleValue))" } ?? "no number"
        case .float64: return (value as? NSNumber).map { "\($0.doubleValue)" } ?? "no number"
        case .interval(.dayTime): return parts(value, ["days", "milliseconds"])
        case .interval(.monthDayNano): return parts(value, ["months", "days", "nanoseconds"])
        case .utf8View, .binaryView: return view(value as? Object ?? [:])
        case .utf8, .largeUtf8, .binary, .largeBinary, .fixedSizeBinary: return "'\(value as? String ?? "no text")'"
        default: return number(value)
        }
    }

    private func parts(_ value: Any, _ names: [String]) -> String {
        names.map { (value as? Object)?[$0].map(number) ?? "?" }.joined(separator: "/")
    }

    /// Long values lie in the data buffers, which are hexadecimal.
    private func view(_ json: Object) -> String {
        if let text = json["INLINED"] as? String { return "'\(text)'" }
        let buffers = self.json["VARIADIC_DATA_BUFFERS"] as? [String] ?? []
        let buffer = Array(buffers[json["BUFFER_INDEX"] as? Int ?? 0].utf8)
        let (start, size) = (json["OFFSET"] as? Int ?? 0, json["SIZE"] as? Int ?? 0)
        let digits = String(decoding: buffer[start * 2..<(start + size) * 2], as: UTF8.self)
        if type == .binaryView { return "'\(digits)'" }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(digits.dropFirst($0).prefix(2), radix: 16) ?? 0
        }
        return "'\(String(decoding: bytes, as: UTF8.self))'"
    }
}
