import RheiArrow
import RheiCore
import RheiPlan

/// A table in memory for tests: rows of SQL values, cut into row groups, some of them deleted.
struct MemoryTable: TableProvider {
    let table: TableDescription
    let groups: [Group]

    struct Group: ScanRowGroup {
        let rowCount: Int
        let deletedRows: Bitmap?
        let columns: [ArrowArray]

        func column(_ index: Int) throws -> ArrowArray { columns[index] }
    }

    /// - Parameters:
    ///   - rowsPerGroup: rows of every group but the last.
    ///   - deleted: numbers of rows that are deleted.
    init(
        _ name: String = "t", columns: [(String, DataType)], rows: [[SQLValue]], rowsPerGroup: Int = 4,
        deleted: Set<Int> = []
    ) {
        table = TableDescription(
            name: name,
            columns: columns.map { TableColumn(name: $0.0, type: $0.1, affinity: .none) })
        groups = stride(from: 0, to: rows.count, by: rowsPerGroup).map { start in
            let part = Array(rows[start..<min(start + rowsPerGroup, rows.count)])
            let flags = part.indices.map { deleted.contains(start + $0) }
            return Group(
                rowCount: part.count, deletedRows: flags.contains(true) ? Bitmap(flags) : nil,
                columns: columns.indices.map { column in
                    makeArray(part.map { $0[column] }, type: columns[column].1)
                })
        }
    }

    var rowCount: Int { groups.reduce(0) { $0 + $1.rowCount } }

    func statistics(column: Int) -> ColumnStatistics? { nil }

    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        Scan(
            groups: groups.map { group in
                Group(
                    rowCount: group.rowCount, deletedRows: group.deletedRows,
                    columns: columns.map { group.columns[$0] })
            })
    }

    struct Scan: TableScan {
        let groups: [Group]
        var rowGroupCount: Int { groups.count }
        func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? { groups[index] }
    }
}

/// Makes the narrowest array that holds the values; of nulls alone one of `type`.
func makeArray(_ values: [SQLValue], type: DataType) -> ArrowArray {
    let builder = ColumnBuilder(defaultType: type)
    for value in values {
        switch value {
        case .null: builder.appendNull()
        case .integer(let integer): builder.append(integer: integer)
        case .real(let real): builder.append(real: real)
        case .text(let text): unsafe Array(text.utf8).withUnsafeBytes { unsafe builder.append(text: $0) }
        case .blob(let bytes): unsafe bytes.withUnsafeBytes { unsafe builder.append(blob: $0) }
        }
    }
    return builder.finish()
}
