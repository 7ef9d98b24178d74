import RheiArrow
import RheiCore

/// Prints the rows of arrays as `GoldColumn` prints those of JSON: by what they mean, not by their layout.
enum GoldArray {
    static func rows(_ array: ArrowArray) throws -> [String] { try (0..<array.count).map { try row(array, $0) } }

    static func row(_ array: ArrowArray, _ row: Int) throws -> String {
        switch array.type {
        case .runEndEncoded:
            let runs = try RunEndEncodedArray(array)
            return try self.row(runs.values, runs.valueIndex(at: row))
        case .union:
            let union = try UnionArray(array)
            return "\(union.typeIDs[union.fieldIndex(at: row)])=\(try self.row(union.value(at: row), 0))"
        default: break
        }
        guard array.isValid(row) else { return "." }
        if array.type.isList {
            return "[" + (try ListArray(array).value(at: row).map(rows) ?? []).joined(separator: ",") + "]"
        }
        switch array.type {
        case .dictionary:
            let dictionary = try DictionaryArray(array)
            return try dictionary.index(at: row).map { try self.row(dictionary.values, $0) } ?? "."
        case .struct:
            let view = try StructArray(array)
            return "{" + (try view.fields.indices.map { try self.row(view.field($0), row) }).joined(separator: ",")
                + "}"
        case .bool: return try BooleanArray(array)[row] ? "true" : "false"
        case .utf8, .largeUtf8, .utf8View: return try "'\(StringArray(array).value(at: row) ?? "")'"
        case .binary, .largeBinary, .binaryView: return try "'\(hex(BinaryArray(array).value(at: row) ?? []))'"
        default: return number(array.type, slot(array, row))
        }
    }

    /// The bytes of a value of fixed width.
    private static func slot(_ array: ArrowArray, _ row: Int) -> [UInt8] {
        let width = array.type.byteWidth ?? 0
        let start = (array.offset + row) * width
        return array.buffers[0].withBytes { bytes in
            unsafe bytes.withUnsafeBytes { unsafe Array($0[start..<start + width]) }
        }
    }

    private static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16, uppercase: true) + String($0 & 15, radix: 16, uppercase: true) }.joined()
    }

    /// Returns the signed number in `bytes`, the lowest first.
    private static func signed(_ bytes: ArraySlice<UInt8>) -> Int128 {
        let fill: Int128 = bytes.last.map { $0 >= 128 } == true ? -1 : 0
        return bytes.reversed().reduce(fill) { $0 << 8 | Int128($1) }
    }

    private static func number(_ type: DataType, _ bytes: [UInt8]) -> String {
        switch type {
        case .float32: return "\(Float(bitPattern: UInt32(truncatingIfNeeded: signed(bytes[...]))))"
        case .float64: return "\(Double(bitPattern: UInt64(truncatingIfNeeded: signed(bytes[...]))))"
        case .fixedSizeBinary: return "'\(hex(bytes))'"
        case .interval(.dayTime): return "\(signed(bytes[0..<4]))/\(signed(bytes[4..<8]))"
        case .interval(.monthDayNano):
            return "\(signed(bytes[0..<4]))/\(signed(bytes[4..<8]))/\(signed(bytes[8..<16]))"
        case .uint8, .uint16, .uint32, .uint64: return "\(signed(bytes + [0]))"
        case .decimal256:
            func word(_ index: Int) -> UInt64 { UInt64(truncatingIfNeeded: signed(bytes[index * 8..<index * 8 + 8])) }
            let value = Decimal256(words: (word(0), word(1), word(2), word(3)))
            return (value.isNegative ? "-" : "") + value.magnitudeDigits
        default: return "\(signed(bytes[...]))"
        }
    }
}
