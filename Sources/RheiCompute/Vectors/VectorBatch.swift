/// The unit that moves through a pipeline: columns of equal length and the rows of them that are still alive.
///
/// `selection` nil means rows `0..<rowCount` are all alive and `selectedCount == rowCount`; otherwise it lists
/// `selectedCount` ascending row indices. Computed columns are written *at the row's position*, so one selection serves
/// all columns and nothing is compacted until an operator finds it worth while.
///
/// A batch belongs to the operator that made it and is valid during the `consume` call it is passed to.
@safe package final class VectorBatch {
    /// The most rows a batch can have; row indices fit `UInt16`. How many the scan takes per batch is a setting of the
    /// query (1, 3 and 2 048 in tests), never a constant that operators may rely on.
    package static let capacity = 2048

    package var columns: [ColumnVector]
    package var rowCount: Int
    package var selection: UnsafeMutablePointer<UInt16>?
    package var selectedCount: Int
    /// What the memory of the columns and the selection belongs to, kept alive by the batch: for a maker that does not
    /// hold it in an object that outlives the `consume` call.
    package var owners: [AnyObject]

    package init(columns: [ColumnVector] = [], rowCount: Int = 0, owners: [AnyObject] = []) {
        self.columns = columns
        self.owners = owners
        self.rowCount = rowCount
        unsafe self.selection = nil
        self.selectedCount = rowCount
    }

    /// Makes every one of `rowCount` rows alive.
    package func resetSelection(rowCount: Int) {
        self.rowCount = rowCount
        unsafe self.selection = nil
        selectedCount = rowCount
    }
}
