import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Turns the primary keys of a WITHOUT ROWID table into byte strings that are equal exactly when SQLite takes the keys
/// for equal.
struct KeyEncoder {
    private let collations: [KeyCollation]
    private var encoder = RowKeyEncoder()
    private var normal: [UInt8] = []
    private let builder = ColumnBuilder(defaultType: .binaryView)

    init(_ columns: [CaptureKey.Column]) { self.init(columns.map(\.collation)) }

    init(_ collations: [KeyCollation]) { self.collations = collations }

    /// Appends the key whose parts are columns `positions` of the statement's row.
    mutating func append(_ positions: [Int], of statement: Statement) {
        encode(positions, statement)
        unsafe encoder.bytes.withUnsafeBytes { unsafe builder.append(blob: $0) }
    }

    /// Returns such a key and does not append it.
    mutating func encoded(_ positions: [Int], of statement: Statement) -> [UInt8] {
        encode(positions, statement)
        return encoder.bytes
    }

    private mutating func encode(_ positions: [Int], _ statement: Statement) {
        encoder.removeAll()
        for (position, collation) in zip(positions, collations) {
            append(position, collation, statement)
        }
    }

    private mutating func append(_ position: Int, _ collation: KeyCollation, _ statement: Statement) {
        switch statement.columnType(position) {
        case .null: encoder.appendNull()
        case .integer: encoder.append(integer: statement.integer(position))
        case .real: encoder.append(real: statement.real(position))
        case .blob: unsafe statement.withBlob(position) { unsafe encoder.append(blob: $0) }
        case .text:
            normal.removeAll(keepingCapacity: true)
            unsafe statement.withText(position) { unsafe collation.appendNormal($0, to: &normal) }
            unsafe normal.withUnsafeBytes { unsafe encoder.append(text: $0) }
        }
    }

    /// Number of keys appended.
    var count: Int { builder.count }

    /// Returns the keys and starts anew.
    mutating func finish() throws -> RowKeys { try RowKeys(builder.finish()) }
}
