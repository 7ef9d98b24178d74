import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Begins a generation with the rows as they stand in the transaction.
struct VersionLoader {
    let connection: Connection
    let mapping: TableMapping
    let store: ColumnStore

    /// Loads all rows as versions that begin at `position`.
    func load(as name: String, position: Int64, time: Int64) throws -> TableLoader {
        let loader = try TableLoader(mapping.openVersions(name), for: store)
        var collector = RowCollector(mapping)
        try connection.withStatement(mapping.selectAll) { statement in
            while try statement.step() {
                collector.appendRow(statement)
                if collector.rowCount == Segment.maximumRowCount { try append(&collector, to: loader, position, time) }
            }
        }
        if collector.rowCount > 0 { try append(&collector, to: loader, position, time) }
        return loader
    }

    private func append(
        _ collector: inout RowCollector, to loader: TableLoader, _ position: Int64, _ time: Int64
    ) throws {
        let count = collector.rowCount
        let rows = try collector.takeRows()
        let versions = try [
            VersionColumn.validFrom.array(Array(repeating: time, count: count)),
            VersionColumn.validTo.array(Array(repeating: nil, count: count)),
            VersionColumn.operations(Array(repeating: "I", count: count)),
            VersionColumn.fromPosition.array(Array(repeating: position, count: count)),
            VersionColumn.toPosition.array(Array(repeating: nil, count: count)),
        ]
        try loader.append(rows.columns + versions, keys: rows.keys)
    }
}
