import RheiArrow
import RheiCore

/// Prints schemas and batches as `Fixtures/arrow/peer.py` does.
enum ArrowText {
    static func schema(_ schema: Schema) -> String {
        var lines = ["schema " + pairs(schema.metadata)]
        for field in schema.fields {
            var metadata = field.metadata
            if field.type == .any { metadata["ARROW:extension:name"] = "rhei.any" }
            let line = "field \(field.name) \(name(field.type)) \(pairs(metadata))"
            lines.append(line.hasSuffix(" ") ? String(line.dropLast()) : line)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    static func batch(_ batch: RecordBatch) throws -> String {
        let columns = try batch.columns.map { (["column"] + (try cells($0))).joined(separator: " ") + "\n" }
        return "batch \(batch.rowCount)\n" + columns.joined()
    }

    private static func pairs(_ metadata: [String: String]) -> String {
        metadata.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func cells(_ array: ArrowArray) throws -> [String] {
        try (0..<array.count).map { row in array.isValid(row) ? try cell(array, row) : "." }
    }

    private static func cell(_ array: ArrowArray, _ row: Int) throws -> String {
        switch array.type.physicalType {
        case .nested: return try nestedCell(array, row)
        case .bit: return try BooleanArray(array)[row] ? "true" : "false"
        case .any: return tagged(try AnyArray(array).value(at: row))
        case .view, .offsets32, .offsets64:
            if array.type.isText {
                return "x" + hex(try StringArray(array).value(at: row).map { Array($0.utf8) } ?? [])
            }
            return "x" + hex(try BinaryArray(array).value(at: row) ?? [])
        default:
            let width = array.type.byteWidth ?? 0
            return array.buffers[0].withBytes { bytes in
                "x"
                    + hex(
                        unsafe bytes.withUnsafeBytes {
                            unsafe Array($0[(array.offset + row) * width..<(array.offset + row + 1) * width])
                        })
            }
        }
    }

    private static func nestedCell(_ array: ArrowArray, _ row: Int) throws -> String {
        switch array.type {
        case .dictionary:
            let view = try DictionaryArray(array)
            return try view.index(at: row).map { try cells(view.values.slice(offset: $0, count: 1))[0] } ?? "."
        case .runEndEncoded:
            let view = try RunEndEncodedArray(array)
            return try cells(view.values.slice(offset: view.valueIndex(at: row), count: 1))[0]
        case .struct:
            let slot = array.offset + row
            return "{"
                + (try array.children.map { try cells($0.slice(offset: slot, count: 1))[0] }).joined(separator: ",")
                + "}"
        case .union(_, let typeIDs, let mode):
            let slot = array.offset + row
            let typeID = array.buffers[0].withBytes { unsafe $0.unsafeLoad(fromByteOffset: slot, as: Int8.self) }
            let child = array.children[typeIDs.firstIndex(of: typeID) ?? 0]
            let place =
                mode == .sparse
                ? slot
                : Int(array.buffers[1].withBytes { unsafe $0.unsafeLoad(fromByteOffset: slot * 4, as: Int32.self) })
            return tagged(try child.value(at: place))
        default: return "[" + (try cells(array.items(at: row))).joined(separator: ",") + "]"
        }
    }

    private static func tagged(_ value: SQLValue) -> String {
        switch value {
        case .null: "."
        case .integer(let value): "i\(value)"
        case .real(let value): "r" + hex((0..<8).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt64($0 * 8)) })
        case .text(let text): "t" + hex(text.utf8)
        case .blob(let bytes): "b" + hex(bytes)
        }
    }

    /// The name that pyarrow prints.
    private static func name(_ type: DataType) -> String {
        switch type {
        case .float16: "halffloat"
        case .float32: "float"
        case .float64: "double"
        case .utf8: "string"
        case .largeUtf8: "large_string"
        case .utf8View: "string_view"
        case .largeBinary: "large_binary"
        case .binaryView: "binary_view"
        case .fixedSizeBinary(let width): "fixed_size_binary[\(width)]"
        case .date32: "date32[day]"
        case .date64: "date64[ms]"
        case .time32(let unit): "time32[\(name(unit))]"
        case .time64(let unit): "time64[\(name(unit))]"
        case .timestamp(let unit, let zone): "timestamp[\(name(unit))\(zone.map { ", tz=\($0)" } ?? "")]"
        case .duration(let unit): "duration[\(name(unit))]"
        case .interval(.monthDayNano): "month_day_nano_interval"
        case .interval(.dayTime): "day_time_interval"
        case .interval(.yearMonth): "month_interval"
        case .list(let item): "list<\(name(item))>"
        case .largeList(let item): "large_list<\(name(item))>"
        case .listView(let item): "list_view<\(name(item))>"
        case .largeListView(let item): "large_list_view<\(name(item))>"
        case .dictionary(let index, let value, let isOrdered):
            "dictionary<values=\(name(value)), indices=\(name(index)), ordered=\(isOrdered ? 1 : 0)>"
        case .runEndEncoded(let runEnds, let values):
            "run_end_encoded<run_ends: \(name(runEnds.type)), values: \(name(values.type))>"
        case .fixedSizeList(let item, let count): "fixed_size_list<\(name(item))>[\(count)]"
        case .struct(let fields): "struct<\(fields.map(name).joined(separator: ", "))>"
        case .map(let entries, _): mapName(entries.type)
        case .union(let fields, let typeIDs, let mode):
            "\(mode)_union<\(zip(fields, typeIDs).map { "\(name($0))=\($1)" }.joined(separator: ", "))>"
        default: "\(type)"
        }
    }

    private static func name(_ field: Field) -> String {
        "\(field.name): \(name(field.type))\(field.isNullable ? "" : " not null")"
    }

    private static func mapName(_ entries: DataType) -> String {
        guard case .struct(let fields) = entries else { return "map" }
        return "map<\(fields.map { name($0.type) }.joined(separator: ", "))>"
    }

    private static func name(_ unit: TimeUnit) -> String {
        switch unit {
        case .second: "s"
        case .millisecond: "ms"
        case .microsecond: "us"
        case .nanosecond: "ns"
        }
    }
}
