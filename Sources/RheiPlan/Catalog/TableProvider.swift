package import RheiArrow

/// What the planner and the executor know of a table: its description, its statistics, and how to scan it.
///
/// The executor reads tables through this alone, so it knows neither segments nor SQLite. A provider stands for one
/// immutable version of its table.
package protocol TableProvider: Sendable {
    var table: TableDescription { get }
    /// Number of live rows of this version, exact or estimated.
    var rowCount: Int { get }
    /// How many rows a scan with these filters reads at most.
    func rowCount(within filters: [ScanFilter]) -> Int
    /// Returns what is known of a column's values, by its index in `table.columns`.
    func statistics(column: Int) -> ColumnStatistics?
    /// Number of live rows, where it is exact; nil elsewhere.
    var exactRowCount: Int? { get }
    /// Returns the least and the greatest value and the number of nulls of a column, where they are those of exactly
    /// the live rows; bounds are nil where there is no value or they are not known. Nil elsewhere.
    func exactStatistics(column: Int) -> ColumnStatistics?
    /// Opens a scan of the given columns (indices into `table.columns`, in output order, maybe none).
    ///
    /// `filters` are hints for leaving out whole row groups by zone map; the executor still evaluates every predicate.
    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan
}

extension TableProvider {
    package func rowCount(within filters: [ScanFilter]) -> Int { rowCount }
    package var exactRowCount: Int? { nil }
    package func exactStatistics(column: Int) -> ColumnStatistics? { nil }
}

/// An open scan: row groups that may be read in any order, from several threads.
package protocol TableScan: Sendable {
    var rowGroupCount: Int { get }
    /// Reads a row group; nil when the filters exclude all of it.
    func rowGroup(_ index: Int) throws -> (any ScanRowGroup)?
}

/// The rows of one row group. Columns are decoded when they are asked for.
package protocol ScanRowGroup: Sendable {
    var rowCount: Int { get }
    /// Rows that are deleted in this version (a set bit means deleted), or nil when none is.
    var deletedRows: Bitmap? { get }
    /// The scan's column at `index` (position in the scan's `columns`): `rowCount` rows.
    ///
    /// Its type is the column's type in the table description, or a narrower one that widens to it without loss
    /// (`int64` under `any`, for example); the executor widens per vector.
    func column(_ index: Int) throws -> ArrowArray
}

/// A comparison of a column with a constant that a scan may use to leave out row groups.
package struct ScanFilter: Sendable {
    package enum Comparison: Sendable { case equal, less, lessOrEqual, greater, greaterOrEqual }
    /// Index into `table.columns`.
    package var column: Int
    package var comparison: Comparison
    package var value: ScalarBound

    package init(column: Int, comparison: Comparison, value: ScalarBound) {
        self.column = column
        self.comparison = comparison
        self.value = value
    }
}

/// A bound of a zone map.
package enum ScalarBound: Hashable, Sendable {
    case integer(Int64)
    case real(Double)
}

/// What is known of the values of a column, over all live and deleted rows; bounds are conservative.
package struct ColumnStatistics: Sendable {
    package var minimum: ScalarBound?
    package var maximum: ScalarBound?
    package var nullCount: Int?
    package var distinctCount: Int?

    package init(
        minimum: ScalarBound? = nil, maximum: ScalarBound? = nil, nullCount: Int? = nil, distinctCount: Int? = nil
    ) {
        self.minimum = minimum
        self.maximum = maximum
        self.nullCount = nullCount
        self.distinctCount = distinctCount
    }
}
