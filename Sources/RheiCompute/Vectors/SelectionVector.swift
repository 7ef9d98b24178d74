/// The rows of a batch that a kernel works on: all of them, or those that a list of ascending row indices names.
///
/// A view: the indices belong to a ``SelectionBuffer`` or to the batch.
@safe package struct SelectionVector {
    /// Ascending row indices, or nil for all rows.
    package let indices: UnsafeMutablePointer<UInt16>?
    /// Number of rows to work on.
    package let count: Int
    /// Number of rows of the batch.
    package let rowCount: Int

    /// Takes all of `rowCount` rows.
    @inlinable package init(all rowCount: Int) {
        unsafe indices = nil
        count = rowCount
        self.rowCount = rowCount
    }

    /// Takes the `count` rows that `indices` lists, or all rows when it is nil.
    @inlinable package init(_ indices: UnsafeMutablePointer<UInt16>?, count: Int, rowCount: Int) {
        unsafe self.indices = indices
        self.count = count
        self.rowCount = rowCount
    }

    @inlinable package var isEmpty: Bool { count == 0 }
    /// Whether every row of the batch is meant.
    @inlinable package var isAll: Bool { count == rowCount }

    /// The row index at `position` of the selection.
    @inlinable @inline(__always) package func row(at position: Int) -> Int {
        if let indices = unsafe indices { return unsafe Int(indices[position]) }
        return position
    }

    /// The rows as an array, for tests and slow paths.
    package var rows: [Int] { (0..<count).map { row(at: $0) } }
}

extension SelectionVector {
    /// Whether a loop over all rows is cheaper than one over the selected rows, when computing a row does no harm.
    @inline(__always) var prefersDense: Bool { unsafe indices == nil || count &* 8 >= rowCount &* 3 }

    /// Calls `body` for each selected row in ascending order.
    @inline(__always) func forEach(_ body: (Int) -> Void) {
        guard let indices = unsafe indices else {
            var row = 0
            while row < count {
                body(row)
                row &+= 1
            }
            return
        }
        var position = 0
        while position < count {
            body(unsafe Int(indices[position]))
            position &+= 1
        }
    }

    /// Calls `body` for each selected row in ascending order until it throws.
    @inline(__always) func tryForEach(_ body: (Int) throws -> Void) rethrows {
        var position = 0
        while position < count {
            try body(row(at: position))
            position &+= 1
        }
    }

    /// Calls `body` at least for each selected row; for all rows when most are selected, which vectorises.
    @inline(__always) func forEachDense(_ body: (Int) -> Void) {
        if prefersDense {
            var row = 0
            while row < rowCount {
                body(row)
                row &+= 1
            }
            return
        }
        forEach(body)
    }

    /// The one row that a kernel computes when all its inputs are constants.
    static var single: SelectionVector { SelectionVector(all: 1) }
}

extension VectorBatch {
    /// The rows that are alive.
    package var rows: SelectionVector {
        unsafe SelectionVector(selection, count: selectedCount, rowCount: rowCount)
    }

    /// Makes the rows of `rows` the ones that are alive. The indices must stay valid as long as the batch.
    package func select(_ rows: SelectionVector) {
        unsafe selection = rows.indices
        selectedCount = rows.count
    }
}
