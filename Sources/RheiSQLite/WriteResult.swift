package import RheiCore

/// What one statement did, and the rows that a RETURNING clause or a query gave back.
package struct WriteResult: Sendable, Equatable {
    /// Rows the statement itself inserted, updated or deleted; 0 for any other statement.
    package var changes: Int64
    /// The connection's last inserted rowid after the statement.
    package var lastInsertRowID: Int64
    /// Names of the returned columns; empty for a statement without rows.
    package var columnNames: [String]
    /// The returned rows.
    package var rows: [[SQLValue]]

    package init(changes: Int64, lastInsertRowID: Int64, columnNames: [String] = [], rows: [[SQLValue]] = []) {
        self.changes = changes
        self.lastInsertRowID = lastInsertRowID
        self.columnNames = columnNames
        self.rows = rows
    }
}
