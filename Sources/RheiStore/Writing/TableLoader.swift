package import RheiArrow

/// Builds a whole table apart from the store, for `StoreTransaction.install`. Several may run at once on threads of
/// their own; until it is installed nobody sees a row, and dropping it undoes everything.
///
/// Unchecked because one thread at a time uses it; handing it to another thread is the caller's synchronisation.
package final class TableLoader: @unchecked Sendable {
    package let definition: TableDefinition
    var state: TableState

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
    /// - Throws: `typeMismatch` or `invalidArgument` when the rows do not fit, `constraint` for a key that came before; the
    ///   loader is then of no use any more.
    package func append(_ columns: [ArrowArray], keys: RowKeys? = nil) throws {
        try state.append(columns, keys: keys, duplicates: .reject, owner: 0, journaled: false)
        state.mergeTail(owner: 0)
    }
}
