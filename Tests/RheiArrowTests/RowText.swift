import RheiArrow
import RheiCore

/// Writes rows of any type as text, one row after the other through the typed views: what rows mean, whatever their
/// offsets, dictionaries and runs.
///
/// Values of fixed width are the bytes of their memory, text and bytes are hexadecimal, a null is a full stop.
enum RowText {
    static func rows(_ array: ArrowArray) throws -> [String] {
        try (0..<array.count).map { try row(array, $0) }
    }

    static func row(_ array: ArrowArray, _ row: Int) throws -> String {
        switch array.type {
        case .dictionary:
            let view = try DictionaryArray(array)
            return try view.index(at: row).map { try self.row(view.values, $0) } ?? "."
        case .runEndEncoded:
            let view = try RunEndEncodedArray(array)
            return try self.row(view.values, view.valueIndex(at: row))
        case .union:
            let view = try UnionArray(array)
            let value = try self.row(view.value(at: row), 0)
            return value == "." ? "." : "\(view.typeIDs[view.fieldIndex(at: row)])=\(value)"
        default:
            return array.isValid(row) ? try validRow(array, row) : "."
        }
    }

    private static func validRow(_ array: ArrowArray, _ row: Int) throws -> String {
        if array.type.isList {
            guard let items = try ListArray(array).value(at: row) else { return "." }
            return "[" + (try rows(items)).joined(separator: ",") + "]"
        }
        if case .struct = array.type {
            let view = try StructArray(array)
            let cells = try view.fields.indices.map { try self.row(view.field($0), row) }
            return "{" + cells.joined(separator: ",") + "}"
        }
        switch array.type.physicalType {
        case .bit: return try BooleanArray(array)[row] ? "true" : "false"
        case .any: return try "\(AnyArray(array).storageClass(at: row)):" + hex(anyBytes(array, row))
        case .view, .offsets32, .offsets64:
            if array.type.isText { return try StringArray(array).withBytes(at: row) { hex(bytes($0)) } }
            return try BinaryArray(array).withBytes(at: row) { hex(bytes($0)) }
        default:
            let width = array.type.byteWidth ?? 0
            let start = (array.offset + row) * width
            return array.buffers[0].withBytes { hex(bytes($0)[start..<start + width]) }
        }
    }

    private static func anyBytes(_ array: ArrowArray, _ row: Int) throws -> [UInt8] {
        let view = try AnyArray(array)
        switch view.storageClass(at: row) {
        case .null: return []
        case .text, .blob: return view.withBytes(at: row) { bytes($0) }
        case .integer, .real:
            let start = (array.offset + row) * 16
            return array.buffers[1].withBytes { Array(bytes($0)[start..<start + 8]) }
        }
    }

    private static func bytes(_ span: RawSpan) -> [UInt8] {
        unsafe span.withUnsafeBytes { unsafe Array($0) }
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        "x" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
