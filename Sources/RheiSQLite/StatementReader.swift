package import RheiArrow

/// Drains a statement's rows into columns, without an object per row.
///
/// Each column takes the narrowest type that holds its values bit for bit (`ColumnBuilder`), chunk by chunk: a column
/// may be Int64 in one chunk and `any` in the next.
package final class StatementReader {
    /// Rows of one chunk unless asked otherwise: a row group of the store.
    package static let defaultChunkRowCount = 122_880

    private let statement: Statement
    private let appender: RowAppender
    private var isFinished = false

    /// - Parameters:
    ///   - statement: bound, and not yet stepped.
    ///   - defaultTypes: per column the type of a chunk that holds only nulls there; `.null` where missing.
    package init(_ statement: Statement, defaultTypes: [DataType] = []) {
        self.statement = statement
        appender = RowAppender(
            (0..<statement.columnCount).map { index in
                ColumnBuilder(defaultType: index < defaultTypes.count ? defaultTypes[index] : .null)
            })
    }

    /// Reads up to `rowLimit` rows.
    ///
    /// - Returns: one array per column, all of equal length, and that length; `nil` when no row was left.
    /// - Throws: what stepping throws.
    package func readChunk(
        rowLimit: Int = StatementReader.defaultChunkRowCount
    ) throws -> (columns: [ArrowArray], rowCount: Int)? {
        // Stepping a statement that has finished would start it anew.
        guard !isFinished else { return nil }
        let rowCount = try appender.appendRows(of: statement, rowLimit: rowLimit)
        isFinished = rowCount < rowLimit
        return rowCount == 0 ? nil : (appender.builders.map { $0.finish() }, rowCount)
    }
}
