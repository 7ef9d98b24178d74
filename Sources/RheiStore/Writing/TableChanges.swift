package import RheiArrow

/// Changed rows of one table: first the deletions, then rows that replace those of equal key or are new.
package struct TableChanges: Sendable {
    /// One array per column of the table, all of `upsertKeys.count` rows; empty when nothing is upserted.
    package var upserts: [ArrowArray]
    /// The keys of the upserted rows, in their order; when a key comes twice the last row stays. Nil when the key is a
    /// column.
    package var upsertKeys: RowKeys?
    /// Keys of rows that are gone; unknown keys are passed over.
    package var deletedKeys: RowKeys?

    package init(upserts: [ArrowArray] = [], upsertKeys: RowKeys? = nil, deletedKeys: RowKeys? = nil) {
        self.upserts = upserts
        self.upsertKeys = upsertKeys
        self.deletedKeys = deletedKeys
    }
}
