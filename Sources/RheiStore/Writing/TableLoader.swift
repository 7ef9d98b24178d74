package import RheiArrow

/// Builds a whole table apart from the store, for `StoreTransaction.install`. Several may run at once on threads of
/// their own; until it is installed nobody sees a row, and dropping it undoes everything.
///
/// Unchecked because one thread at a time uses it; handing it to another thread is the caller's synchronisation.
package final class TableLoader: @unchecked Sendable {
    package let definition: TableDefinition
    var state: TableState
    private var isFinished = false

    /// - Throws: `unsupported` for nested columns, `invalidArgument` when the key is no column.
    package init(_ definition: TableDefinition) throws {
        self.definition = definition
        state = try TableState(id: TableID(value: 0), definition: definition)
    }

    /// Number of rows so far.
    package var rowCount: Int { state.liveRowCount }

    /// Appends rows; best in chunks of `Segment.maximumRowCount`, which become segments without a copy.
    ///
    /// - Parameter keys: the rows' keys, nil for tables whose key is a column or that have none.
    /// - Throws: `typeMismatch` or `invalidArgument` when the rows do not fit; the loader is as before then.
    package func append(_ columns: [ArrowArray], keys: RowKeys? = nil) throws {
        precondition(!isFinished, "a finished loader takes no more rows")
        _ = try state.appendSegments(columns, keys: keys)
        state.mergeTail(owner: 0)
    }

    /// Builds the key index, at once and in its final size. `StoreTransaction.install` does it unless it is done; calling
    /// it before keeps the work out of the transaction.
    ///
    /// - Throws: `constraint` when a key came twice; the loader is then of no use any more.
    package func finish() throws {
        if isFinished { return }
        try state.buildIndex()
        isFinished = true
    }
}
