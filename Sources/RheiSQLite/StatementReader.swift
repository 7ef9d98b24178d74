package import RheiArrow

/// Drains a statement's rows into columns, without an object per row.
///
/// Each column takes the narrowest type that holds its values bit for bit (`ColumnBuilder`), chunk by chunk: a column
/// may be Int64 in one chunk and `any` in the next.
package final class StatementReader {
    /// Rows of one chunk unless asked otherwise: a row group of the store.
    package static let defaultChunkRowCount = 122_880

    private let statement: Statement
    private let builders: [ColumnBuilder]
    private var isFinished = false

    /// - Parameters:
    ///   - statement: bound, and not yet stepped.
    ///   - defaultTypes: per column the type of a chunk that holds only nulls there; `.null` where missing.
    package init(_ statement: Statement, defaultTypes: [DataType] = []) {
        self.statement = statement
        builders = (0..<statement.columnCount).map { index in
            ColumnBuilder(defaultType: index < defaultTypes.count ? defaultTypes[index] : .null)
        }
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
        let rowCount = try statement.appendRows(to: builders, rowLimit: rowLimit)
        isFinished = rowCount < rowLimit
        return rowCount == 0 ? nil : (builders.map { $0.finish() }, rowCount)
    }
}

extension Statement {
    /// Steps through up to `rowLimit` rows and appends column `firstColumn + i` of each to `builders[i]`.
    ///
    /// - Returns: the number of rows; fewer than `rowLimit` means that the statement has finished, and it must not be
    ///   stepped again, which would start it anew.
    package func appendRows(to builders: [ColumnBuilder], firstColumn: Int = 0, rowLimit: Int) throws -> Int {
        var rowCount = 0
        while rowCount < rowLimit, try step() {
            appendRow(to: builders, firstColumn: firstColumn)
            rowCount += 1
        }
        return rowCount
    }

    /// Appends column `firstColumn + i` of the current row to `builders[i]`.
    package func appendRow(to builders: [ColumnBuilder], firstColumn: Int = 0) {
        var column = firstColumn
        for builder in builders {
            append(column: column, to: builder)
            column += 1
        }
    }

    @inline(__always)
    private func append(column: Int, to builder: ColumnBuilder) {
        switch columnType(column) {
        case .integer: builder.append(integer: integer(column))
        case .real: builder.append(real: real(column))
        case .text: unsafe withText(column) { unsafe builder.append(text: $0) }
        case .blob: unsafe withBlob(column) { unsafe builder.append(blob: $0) }
        case .null: builder.appendNull()
        }
    }
}
