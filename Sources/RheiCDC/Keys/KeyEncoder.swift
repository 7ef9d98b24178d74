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

    init(_ columns: [CaptureKey.Column]) {
        collations = columns.map(\.collation)
    }

    /// Appends the key whose parts are columns `positions` of the statement's row.
    mutating func append(_ positions: [Int], of statement: Statement) {
        encoder.removeAll()
        for (position, collation) in zip(positions, collations) {
            append(position, collation, statement)
        }
        unsafe encoder.bytes.withUnsafeBytes { unsafe builder.append(blob: $0) }
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
