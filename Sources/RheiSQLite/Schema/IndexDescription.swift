/// One index of a table.
package struct IndexDescription: Hashable, Sendable {
    /// Why an index exists.
    package enum Origin: String, Hashable, Sendable {
        case createIndex = "c"
        case uniqueConstraint = "u"
        case primaryKey = "pk"
    }

    /// One key column of an index.
    package struct KeyColumn: Hashable, Sendable {
        /// Position in the table's columns; `nil` for an expression.
        package var columnIndex: Int?
        /// The text of the expression, without comments; `nil` for a column.
        package var expression: String?
        /// The collating sequence the index compares with, which may differ from the column's.
        package var collation: String
        package var isDescending: Bool
    }

    package var name: String
    package var isUnique: Bool
    package var origin: Origin
    /// Whether it has a WHERE clause.
    package var isPartial: Bool
    /// The text of the WHERE clause, without comments.
    package var condition: String?
    /// The key columns in order, without the row's own key that SQLite appends.
    package var keyColumns: [KeyColumn]

    /// Whether some key is an expression.
    package var hasExpressions: Bool { keyColumns.contains { $0.columnIndex == nil } }
}
