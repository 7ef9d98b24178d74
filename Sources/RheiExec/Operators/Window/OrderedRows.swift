import RheiCompute
import RheiCore

/// One worker's rows, and which of them came with which morsel, so that the rows of all workers can be brought into the
/// order of the input.
///
/// Unchecked because one worker appends, and afterwards one thread joins.
final class OrderedRows: @unchecked Sendable {
    private let rows: RowStore
    private var runs: [Run] = []

    private struct Run {
        var position: MorselPosition
        var rows: Range<Int>
    }

    init(types: [VectorType]) { rows = RowStore(types: types) }

    func append(_ columns: [ColumnVector], _ selection: SelectionVector, at position: MorselPosition) {
        let first = rows.rowCount
        rows.append(columns, selection)
        if let last = runs.last, last.position == position {
            runs[runs.count - 1].rows = last.rows.lowerBound..<rows.rowCount
        } else {
            runs.append(Run(position: position, rows: first..<rows.rowCount))
        }
    }

    /// Joins the rows of all workers, and lists them in the order of the input.
    static func joined(_ parts: [OrderedRows], types: [VectorType]) throws -> (rows: RowStore, order: SortedRows) {
        var runs: [Run] = []
        var rowCount = 0
        for part in parts {
            runs += part.runs.map {
                Run(position: $0.position, rows: $0.rows.lowerBound + rowCount..<$0.rows.upperBound + rowCount)
            }
            rowCount += part.rows.rowCount
        }
        guard rowCount < Int(noStoredRow) else { throw EngineError.unsupported("sorting four billion rows") }
        runs.sort { $0.position < $1.position }
        return (RowStore.joined(parts.map(\.rows), types: types), SortedRows(runs: runs.map(\.rows)))
    }
}
