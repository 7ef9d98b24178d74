import RheiArrow
import RheiCore
package import RheiPlan
import Synchronization

/// The rows of one or more Arrow files as a table; what `read_arrow('path or pattern')` reads.
///
/// Columns are those of the first file. The others must have them too, in any order, in types that read the same.
/// A row group is a batch of a file; a column of it is decoded when it is first asked for and kept while the scan runs.
package struct ArrowFilesTable: TableProvider {
    package let table: TableDescription
    package let rowCount: Int
    private let parts: [Part]

    /// A file, and where its columns lie.
    fileprivate struct Part: Sendable {
        var file: ArrowFile
        /// By index of the table's column.
        var positions: [Int]
    }

    /// Opens all files.
    ///
    /// - Throws: `io` when nothing matches or a file cannot be opened; `corrupt`, `unsupported` or `typeMismatch`
    ///   naming the file and the column.
    package init(_ pattern: PathPattern) throws {
        let files = try pattern.paths().map(ArrowFile.init(path:))
        guard let first = files.first else { throw EngineError(.io, "no files to read") }
        let columns = first.schema.fields.map { field in
            let type = EngineColumn.type(of: field.type)
            return TableColumn(name: field.name, type: type, affinity: Affinity(ofColumn: type))
        }
        parts = try files.map { Part(file: $0, positions: try Self.positions(of: first.schema, in: $0)) }
        rowCount = files.reduce(0) { $0 + $1.rowCounts.reduce(0, +) }
        table = TableDescription(name: "read_arrow", columns: columns)
    }

    private static func positions(of schema: Schema, in file: ArrowFile) throws -> [Int] {
        try schema.fields.enumerated().map { index, field in
            let here = file.schema.fields
            let isHere = index < here.count && here[index].name == field.name
            guard let position = isHere ? index : file.schema.index(of: field.name) else {
                throw EngineError(.typeMismatch, "'\(file.path)' has no column '\(field.name)'")
            }
            let (type, wanted) = (EngineColumn.type(of: here[position].type), EngineColumn.type(of: field.type))
            guard type == wanted else {
                throw EngineError(
                    .typeMismatch,
                    "'\(file.path)': column '\(field.name)' is \(here[position].type) and not \(field.type)")
            }
            return position
        }
    }

    package func statistics(column: Int) -> ColumnStatistics? { nil }

    package func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        var groups: [ArrowRowGroup] = []
        for part in parts {
            for (batch, rowCount) in part.file.rowCounts.enumerated() where rowCount > 0 {
                groups.append(
                    ArrowRowGroup(
                        file: part.file, batch: batch, rowCount: rowCount, columns: columns.map { part.positions[$0] },
                        types: columns.map { table.columns[$0].type }))
            }
        }
        return ArrowScan(groups: groups)
    }
}

private struct ArrowScan: TableScan {
    let groups: [ArrowRowGroup]
    var rowGroupCount: Int { groups.count }
    func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? { groups[index] }
}

/// One batch of a file. Safe to use from several threads; a column is decoded once.
private final class ArrowRowGroup: ScanRowGroup {
    let rowCount: Int
    private let file: ArrowFile
    private let batch: Int
    private let columns: [Int]
    private let types: [DataType]
    /// By position in `columns`.
    private let decoded: Mutex<[ArrowArray?]>

    init(file: ArrowFile, batch: Int, rowCount: Int, columns: [Int], types: [DataType]) {
        self.file = file
        self.batch = batch
        self.rowCount = rowCount
        self.columns = columns
        self.types = types
        decoded = Mutex(Array(repeating: nil, count: columns.count))
    }

    var deletedRows: Bitmap? { nil }

    func column(_ index: Int) throws -> ArrowArray {
        try decoded.withLock { known in
            if let column = known[index] { return column }
            let array = try file.columns([columns[index]], ofBatch: batch)[0]
            let column = try EngineColumn.convert(array, to: types[index], path: file.path)
            known[index] = column
            return column
        }
    }
}
