package import RheiArrow

/// Identifies one incarnation of a table: a table that is replaced or created anew gets a new one.
package struct TableID: Hashable, Sendable {
    package let value: Int64
}

/// What a table is called, its columns and how its rows are identified.
package struct TableDefinition: Sendable, Hashable {
    /// How changes name a row.
    package enum Key: Sendable, Hashable {
        /// Rows are only loaded, never changed; no index is kept.
        case none
        /// An integer that comes beside the columns, such as a hidden rowid.
        case integer
        /// The Int64 column of this index, never null, such as an INTEGER PRIMARY KEY.
        case integerColumn(Int)
        /// Bytes that come beside the columns; see `RowKeyEncoder`.
        case encoded
    }

    /// The name as declared; looked up without regard to ASCII case.
    package var name: String
    /// Names and the types that columns have as long as they hold only nulls.
    package var columns: [Field]
    package var key: Key

    package init(name: String, columns: [Field], key: Key) {
        self.name = name
        self.columns = columns
        self.key = key
    }
}

/// Returns the name with ASCII letters in lower case, as SQLite compares names.
package func foldedName(_ name: String) -> String {
    var bytes = Array(name.utf8)
    for index in bytes.indices where (65...90).contains(bytes[index]) { bytes[index] += 32 }
    return String(decoding: bytes, as: UTF8.self)
}
