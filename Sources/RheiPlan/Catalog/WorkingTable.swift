import RheiArrow
import RheiCore

/// The rows that one round of a recursive common table reads: what the round before has added to the result.
///
/// It is scanned like any table and told apart by identity; the executor puts the rows of each round in its place.
package final class WorkingTable: TableProvider {
    package let table: TableDescription

    /// - Parameter columns: the columns of the recursive table, in order.
    package init(name: String, columns: [TableColumn]) {
        table = TableDescription(name: name, columns: columns, isWithoutRowID: true)
    }

    package var rowCount: Int { 100 }

    package func statistics(column: Int) -> ColumnStatistics? { nil }

    package func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        throw EngineError(.invariant, "the working table of '\(table.name)' is read outside of its recursion")
    }
}
