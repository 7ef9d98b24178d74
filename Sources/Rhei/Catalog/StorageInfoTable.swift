import RheiArrow
import RheiPlan
import RheiStore

/// `storage_info('table')`: how each column of each segment of a mirrored table is stored, one row per column chunk.
enum StorageInfoTable {
    static let name = "storage_info"

    private static let columns = [
        Field("segment", .int64), Field("first_row", .int64), Field("row_count", .int64), Field("column_id", .int64),
        Field("column_name", .utf8View), Field("type", .utf8View), Field("encoding", .utf8View),
        Field("null_count", .int64), Field("block_count", .int64), Field("compressed_block_count", .int64),
        Field("raw_bytes", .int64), Field("stored_bytes", .int64), Field("file", .utf8View),
    ]

    /// Makes the table for an argument that names a table of `snapshot`.
    static func provider(_ arguments: [SQLValue], _ snapshot: StoreSnapshot) throws -> any TableProvider {
        guard case .text(let tableName)? = arguments.first else {
            throw EngineError(.typeMismatch, "storage_info() takes the name of a table as text")
        }
        guard let table = snapshot.table(named: tableName) else {
            throw EngineError(.notMirrored, "table '\(tableName)' is not mirrored")
        }
        let builders = columns.map { ColumnBuilder(defaultType: $0.type) }
        for (number, version) in table.segments.enumerated() {
            for (column, field) in table.schema.fields.enumerated() {
                try append(version.segment, number, column, field, to: builders)
            }
        }
        let loader = try TableLoader(TableDefinition(name: name, columns: columns, key: .none))
        try loader.append(builders.map { $0.finish() })
        let transaction = try ColumnStore().begin()
        try transaction.install(loader)
        guard let result = try transaction.publish(at: .zero).table(named: name) else {
            throw EngineError(.invariant, "the table of storage_info() is missing")
        }
        return SegmentTableProvider(columnar: result)
    }

    private static func append(
        _ segment: Segment, _ number: Int, _ column: Int, _ field: Field, to builders: [ColumnBuilder]
    ) throws {
        func add(_ index: Int, _ value: Int) { builders[index].append(integer: Int64(value)) }
        func add(_ index: Int, _ value: String) {
            var value = value
            value.withUTF8 { unsafe builders[index].append(text: UnsafeRawBufferPointer($0)) }
        }
        add(0, number)
        builders[1].append(integer: segment.firstRowNumber)
        add(2, segment.rowCount)
        add(3, column)
        add(4, field.name)
        add(7, segment.zones[column].nullCount)
        guard let file = segment.file else {
            let array = try segment.keptColumn(column)
            add(5, "\(array.type)")
            add(6, "memory")
            for index in 8...9 { add(index, 0) }
            add(10, array.byteCount)
            for index in 11...12 { builders[index].appendNull() }
            return
        }
        let chunk = file.footer.chunks[column]
        let blocks = chunk.blocks + (chunk.shared.map { [$0] } ?? [])
        add(5, "\(chunk.type)")
        add(6, "\(chunk.encoding)")
        add(8, blocks.count)
        add(9, blocks.count { $0.isCompressed })
        add(10, blocks.reduce(0) { $0 + Int($1.rawByteCount) })
        add(11, chunk.storedByteCount)
        add(12, file.path)
    }
}
