import RheiArrow
import RheiSQLite

/// The row of the greatest rowid, by its rowid and what it holds.
struct LastRow: Sendable, Hashable {
    var rowID: Int64
    /// Digest of the values; other values have another one, but for one chance in 2^128.
    var digest: UInt128

    init(rowID: Int64, digest: UInt128) {
        self.rowID = rowID
        self.digest = digest
    }

    /// Describes the row that `statement` stands on, whose rowid is column `keyPosition`.
    init(_ statement: Statement, keyPosition: Int) {
        var digest = RowDigest()
        for column in 0..<statement.columnCount { digest.append(column, of: statement) }
        self.init(rowID: statement.integer(keyPosition), digest: digest.value)
    }

    // MARK: - Text

    /// For the notes of a store.
    var text: String { "\(rowID) \(String(digest, radix: 16))" }

    init?(_ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2, let rowID = Int64(parts[0]), let digest = UInt128(parts[1], radix: 16) else {
            return nil
        }
        self.init(rowID: rowID, digest: digest)
    }
}

/// Folds the values of a row into 128 bits: multiplication by an odd number and a shift per 16 bytes, both of which can
/// be undone, so that rows that differ in one such piece never have the same digest.
private struct RowDigest {
    private(set) var value: UInt128 = 0

    private static let factor = UInt128(0x9E37_79B9_7F4A_7C15) << 64 | UInt128(0xF39C_C060_5CED_C835)

    mutating func append(_ column: Int, of statement: Statement) {
        let storage = statement.columnType(column)
        switch storage {
        case .null: fold(storage, 0)
        case .integer: fold(storage, UInt64(bitPattern: statement.integer(column)))
        case .real: fold(storage, statement.real(column).bitPattern)
        case .text: unsafe statement.withText(column) { unsafe fold($0, storage) }
        case .blob: unsafe statement.withBlob(column) { unsafe fold($0, storage) }
        }
    }

    private mutating func fold(_ bytes: UnsafeRawBufferPointer, _ storage: StorageClass) {
        fold(storage, UInt64(bytes.count))
        var index = 0
        while index + 16 <= bytes.count {
            fold(unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt128.self).littleEndian)
            index += 16
        }
        guard index < bytes.count else { return }
        var rest: UInt128 = 0
        for index in index..<bytes.count { rest = rest << 8 | UInt128(unsafe bytes[index]) }
        fold(rest)
    }

    private mutating func fold(_ storage: StorageClass, _ word: UInt64) {
        let tag: UInt128 =
            switch storage {
            case .null: 1
            case .integer: 2
            case .real: 3
            case .text: 4
            case .blob: 5
            }
        fold(tag << 64 | UInt128(word))
    }

    private mutating func fold(_ word: UInt128) {
        value = (value ^ word) &* Self.factor
        value ^= value >> 67
    }
}
