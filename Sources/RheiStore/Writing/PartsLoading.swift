import RheiArrow
import RheiCore
import Synchronization

/// Writes rows in parts straight to segment files, a row group per task. Tasks may run in any order, from several
/// threads.
package final class PartsLoading: Sendable {
    private let parts: any RowParts
    private let types: [DataType]
    private let runs: [[RowPiece]]
    private let durable: DurableStore
    private let cache: ColumnCache
    private let segments: Mutex<[Segment?]>

    init(_ parts: any RowParts, types: [DataType], durable: DurableStore, cache: ColumnCache) {
        self.parts = parts
        self.types = types
        self.durable = durable
        self.cache = cache
        runs = RowPiece.runs(parts.rowCounts, limit: Segment.maximumRowCount)
        segments = Mutex(Array(repeating: nil, count: runs.count))
    }

    /// Rows of each task.
    package var rowCounts: [Int] { runs.map { $0.reduce(0) { $0 + $1.rows.count } } }

    /// Writes a row group to a file of its own.
    ///
    /// - Throws: `io`; `typeMismatch` when a part has other types; what reading the part throws.
    package func run(_ task: Int) throws {
        let columns = try parts.columns(of: runs[task]).map { $0.narrowingDecimals() }
        // What is read, and its bytes on their way to the file.
        let byteCount = columns.reduce(0) { $0 + $1.blockByteCount } * 2
        cache.hold(byteCount)
        defer { cache.release(byteCount) }
        let rows = try PlainRows(columns, types: types)
        let file = try durable.write(rows)
        let segment = Segment(
            file, keyColumn: nil, firstRowNumber: Int64(task * Segment.maximumRowCount), hasExactZones: true,
            cache: cache)
        segments.withLock { $0[task] = segment }
    }

    /// All segments, in order; nil while a task has not ended.
    var finished: [Segment]? {
        segments.withLock { segments in
            let done = segments.compactMap { $0 }
            return done.count == segments.count ? done : nil
        }
    }
}

/// Columns as they go into a file, without keys.
private struct PlainRows: FileRows {
    let rowCount: Int
    private let columns: [ArrowArray]
    private let types: [DataType]

    /// - Parameter types: those of the table; text and bytes may have another layout, and integers and decimals fewer
    ///   bytes.
    init(_ columns: [ArrowArray], types: [DataType]) throws {
        rowCount = columns.first?.count ?? 0
        self.columns = columns
        self.types = zip(columns, types).map { $0.type.readsAs($1) ? $1 : $0.type }
        for (type, wanted) in zip(self.types, types) where type != wanted && type != wanted.narrowDecimal {
            throw EngineError(.typeMismatch, "a column of type \(type) in the place of one of type \(wanted)")
        }
    }

    var columnCount: Int { columns.count }
    var keyOrder: SegmentFooter.KeyOrder { .other }
    func fileKeys() -> ArrowArray? { nil }

    func isNested(_ index: Int) -> Bool { columns[index].isNested }

    func fileColumn(_ index: Int) -> FileColumn {
        let column = columns[index]
        return FileColumn(
            array: column, type: types[index], zone: ZoneMap(of: column), sample: ValueSample(column))
    }
}

extension DataType {
    /// Whether this is another layout of the same text or bytes, or integers in fewer bytes.
    fileprivate func readsAs(_ type: DataType) -> Bool {
        switch (self, type) {
        case (.utf8, .utf8View), (.largeUtf8, .utf8View), (.binary, .binaryView), (.largeBinary, .binaryView),
            (.int8, .int64), (.int16, .int64), (.int32, .int64):
            true
        default: false
        }
    }

    /// The type in which a segment keeps decimals of few digits.
    fileprivate var narrowDecimal: DataType? {
        guard case .decimal128(let precision, let scale) = self, precision <= 18 else { return nil }
        return .decimal64(precision: precision, scale: scale)
    }
}

extension TableLoader {
    /// Begins to load rows in parts; nil where the table takes rows in order alone: in memory, with keys, with columns
    /// of mixed types, or when it has rows.
    package func loading(_ parts: any RowParts) -> PartsLoading? {
        let types = definition.columns.map(\.type)
        guard let durable, durable.isFlusher, definition.key == .none, rowCount == 0, !types.isEmpty,
            types.allSatisfy({ $0 != .any && $0.physicalType != .nested })
        else { return nil }
        return PartsLoading(parts, types: types, durable: durable, cache: state.cache)
    }

    /// Takes over the rows of tasks that have all ended.
    package func append(_ loading: PartsLoading) throws {
        guard let segments = loading.finished else {
            throw EngineError(.invariant, "rows of table '\(definition.name)' are still being loaded")
        }
        state.adopt(segments)
    }
}
