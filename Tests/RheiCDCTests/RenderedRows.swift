import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// The rows of a table as sorted texts that show storage class and exact bits, to compare SQLite with its mirror.
enum RenderedRows {
    /// Reads the rows from SQLite.
    static func sqlite(_ connection: Connection, table: String, columns: [String]) throws -> [String] {
        let list = columns.map(quotedIdentifier).joined(separator: ", ")
        return try connection.withStatement("SELECT \(list) FROM main.\(quotedIdentifier(table))") { statement in
            var rows: [String] = []
            while try statement.step() {
                rows.append(columns.indices.map { render(statement, $0) }.joined(separator: "|"))
            }
            return rows.sorted()
        }
    }

    private static func render(_ statement: Statement, _ column: Int) -> String {
        switch statement.columnType(column) {
        case .null: "N"
        case .integer: "I\(statement.integer(column))"
        case .real: "R\(String(statement.real(column).bitPattern, radix: 16))"
        case .text: unsafe statement.withText(column) { unsafe "T" + hex($0) }
        case .blob: unsafe statement.withBlob(column) { unsafe "B" + hex($0) }
        }
    }

    /// Reads the live rows of a snapshot.
    static func mirror(_ table: TableSnapshot) throws -> [String] {
        var rows: [String] = []
        for (index, version) in table.segments.enumerated() {
            let columns = try table.schema.fields.indices.map { try table.column($0, ofSegment: index) }
            for row in 0..<version.segment.rowCount where version.deletes?.isDeleted(row) != true {
                rows.append(try columns.map { try render($0, row) }.joined(separator: "|"))
            }
        }
        return rows.sorted()
    }

    private static func render(_ array: ArrowArray, _ row: Int) throws -> String {
        guard array.isValid(row) else { return "N" }
        switch array.type {
        case .int64: return try "I\(PrimitiveArray<Int64>(array)[row])"
        case .float64: return try real(PrimitiveArray<Double>(array)[row])
        case .utf8View: return "T" + bytes(array, row)
        case .binaryView: return "B" + bytes(array, row)
        case .any: return try render(AnyArray(array), row)
        default: throw EngineError(.invariant, "a mirrored column of type \(array.type)")
        }
    }

    private static func render(_ array: AnyArray, _ row: Int) -> String {
        switch array.storageClass(at: row) {
        case .null: "N"
        case .integer: "I\(array.integer(row))"
        case .real: real(array.real(row))
        case .text: unsafe "T" + hex(array.bytes(row))
        case .blob: unsafe "B" + hex(array.bytes(row))
        }
    }

    private static func real(_ value: Double) -> String { "R\(String(value.bitPattern, radix: 16))" }

    private static func bytes(_ array: ArrowArray, _ row: Int) -> String {
        guard let view = ByteArrayView(array) else { return "?" }
        return unsafe hex(view.bytes(row))
    }

    /// Two digits a byte; most of a long run's time goes through here.
    private static func hex(_ bytes: UnsafeRawBufferPointer) -> String {
        unsafe String(unsafeUninitializedCapacity: 2 * bytes.count) { digits in
            for position in bytes.indices {
                let byte = unsafe bytes[position]
                unsafe digits[2 * position] = digit(byte >> 4)
                unsafe digits[2 * position + 1] = digit(byte & 15)
            }
            return 2 * bytes.count
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
