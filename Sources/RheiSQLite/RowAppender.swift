import CSQLite
package import RheiArrow

/// Appends the columns of a statement's rows to builders.
///
/// The builders are held as an array of unmanaged references beside the one that owns them: to count references for
/// every value costs as much as SQLite's own work on it.
@safe package struct RowAppender {
    /// Who takes the values, one per column.
    package let builders: [ColumnBuilder]
    private let references: [Unmanaged<ColumnBuilder>]

    package init(_ builders: [ColumnBuilder]) {
        self.builders = builders
        unsafe references = builders.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// Appends column `firstColumn + i` of the current row to builder `i`; a column that there is not as NULL.
    package func appendRow(of statement: Statement, firstColumn: Int = 0) {
        let handle = unsafe statement.handle
        var column = Int32(truncatingIfNeeded: firstColumn)
        for index in unsafe references.indices {
            // One look at the column, then at its value: each look at a column costs several calls inside SQLite.
            let value = unsafe sqlite3_column_value(handle, column)
            unsafe references[index]._withUnsafeGuaranteedRef { unsafe Self.append(value, to: $0) }
            column &+= 1
        }
    }

    /// Steps through up to `rowLimit` rows and appends each.
    ///
    /// - Returns: the number of rows; fewer than `rowLimit` means that the statement has finished, and it must not be
    ///   stepped again, which would start it anew.
    package func appendRows(of statement: Statement, rowLimit: Int) throws -> Int {
        var rowCount = 0
        while rowCount < rowLimit, try statement.step() {
            appendRow(of: statement)
            rowCount += 1
        }
        return rowCount
    }

    @inline(__always)
    private static func append(_ value: OpaquePointer?, to builder: ColumnBuilder) {
        switch unsafe sqlite3_value_type(value) {
        case SQLITE_INTEGER: builder.append(integer: unsafe sqlite3_value_int64(value))
        case SQLITE_FLOAT: builder.append(real: unsafe sqlite3_value_double(value))
        case SQLITE_TEXT:
            // The order matters: the number of bytes is that of the form that sqlite3_value_text has made.
            let start = unsafe UnsafeRawPointer(sqlite3_value_text(value))
            unsafe builder.append(text: bytes(start, sqlite3_value_bytes(value)))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_value_blob(value)
            unsafe builder.append(blob: bytes(start, sqlite3_value_bytes(value)))
        default: builder.appendNull()
        }
    }

    @inline(__always)
    private static func bytes(_ start: UnsafeRawPointer?, _ count: Int32) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(count))
    }
}
