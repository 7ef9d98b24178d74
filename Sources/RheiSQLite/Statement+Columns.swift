import CSQLite
package import RheiArrow
package import RheiCore

extension Statement {
    /// The storage class of column `index` in the current row.
    package func columnType(_ index: Int) -> StorageClass {
        switch unsafe sqlite3_column_type(handle, Int32(truncatingIfNeeded: index)) {
        case SQLITE_INTEGER: .integer
        case SQLITE_FLOAT: .real
        case SQLITE_TEXT: .text
        case SQLITE_BLOB: .blob
        default: .null
        }
    }

    /// Column `index` as an integer; SQLite converts a value of another class.
    package func integer(_ index: Int) -> Int64 {
        unsafe sqlite3_column_int64(handle, Int32(truncatingIfNeeded: index))
    }

    /// Column `index` as a float; SQLite converts a value of another class.
    package func real(_ index: Int) -> Double {
        unsafe sqlite3_column_double(handle, Int32(truncatingIfNeeded: index))
    }

    /// Lends the UTF-8 bytes of column `index`, without terminator, as stored: they may hold NUL bytes or be invalid.
    ///
    /// - Throws: what `body` throws. The bytes are valid only inside `body`.
    package func withText<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let index = Int32(truncatingIfNeeded: index)
        // The order matters: sqlite3_column_bytes speaks of the form that sqlite3_column_text has made.
        let start = unsafe sqlite3_column_text(handle, index)
        let byteCount = unsafe Int(sqlite3_column_bytes(handle, index))
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : byteCount))
    }

    /// Lends the bytes of column `index`.
    package func withBlob<Result>(_ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let index = Int32(truncatingIfNeeded: index)
        let start = unsafe sqlite3_column_blob(handle, index)
        let byteCount = unsafe Int(sqlite3_column_bytes(handle, index))
        defer { withExtendedLifetime(self) {} }
        return try unsafe body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : byteCount))
    }

    /// Column `index` as a string; invalid UTF-8 is repaired, so this is for names and messages.
    package func text(_ index: Int) -> String {
        unsafe withText(index) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Column `index` as a value. A text that is not valid UTF-8 comes as `.blob` with its exact bytes, because a Swift
    /// string cannot hold it.
    package func value(_ index: Int) -> SQLValue {
        switch columnType(index) {
        case .integer: .integer(integer(index))
        case .real: .real(real(index))
        case .text:
            unsafe withText(index) { bytes in
                unsafe String(validating: bytes, as: UTF8.self).map(SQLValue.text) ?? .blob(Array(bytes))
            }
        case .blob: unsafe .blob(withBlob(index) { unsafe Array($0) })
        case .null: .null
        }
    }

    /// All values of the current row.
    package func row() -> [SQLValue] { (0..<columnCount).map(value) }
}
