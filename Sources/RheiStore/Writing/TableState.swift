import RheiArrow
import RheiCore

/// A table as its writer sees it. A value, so that a transaction works on a copy and dropping the copy undoes all but
/// the index, whose changes are in `journal`.
///
/// Invariants:
/// - segments ascend in row numbers and end before `nextRowNumber`;
/// - the index maps exactly the keys of live rows to their row numbers, but for those of the segments in `sorted`, and
///   its runs are the keys of all other segments;
/// - a column's type in `schema` is its declared type until it has a value, then the type of its values, then, for
///   good, `any` once values of two types are in it.
struct TableState {
    let id: TableID
    let definition: TableDefinition
    var schema: Schema
    var schemaVersion = 1
    /// Per column, whether a value other than null was ever in it.
    var hasValues: [Bool]
    var segments: [SegmentVersion] = []
    var nextRowNumber: Int64 = 0
    var liveRowCount = 0
    let index: KeyIndex?
    /// The segments whose rows the index need not hold; empty for a store in memory.
    var sorted = SortedSegments()
    /// Bounds the memory of segments that are in files.
    let cache: ColumnCache
    var journal: [IndexChange] = []
    var metrics = StoreMetrics()

    /// A change of the index: the key of `old` (nil: it had none) is now that of `new` (nil: it is gone).
    struct IndexChange {
        var old: Int64?
        var new: Int64?
    }

    /// - Throws: `unsupported` for nested columns other than lists and structs, `invalidArgument` when the key is no
    ///   column.
    init(id: TableID, definition: TableDefinition, cache: ColumnCache) throws {
        self.id = id
        self.cache = cache
        self.definition = definition
        schema = Schema(definition.columns)
        hasValues = Array(repeating: false, count: definition.columns.count)
        for column in definition.columns where !column.type.isStorable {
            throw EngineError.unsupported("column '\(column.name)' of type \(column.type) in a table")
        }
        switch definition.key {
        case .none: index = nil
        case .integer: index = KeyIndex(isInteger: true)
        case .encoded: index = KeyIndex(isInteger: false)
        case .integerColumn(let column):
            guard definition.columns.indices.contains(column) else {
                throw EngineError(
                    .invalidArgument, "table '\(definition.name)' has no column \(column) to be its key")
            }
            index = KeyIndex(isInteger: true)
        }
    }

    /// Gives a loaded table its identity.
    init(id: TableID, adopting other: TableState) {
        self.id = id
        definition = other.definition
        schema = other.schema
        schemaVersion = other.schemaVersion
        hasValues = other.hasValues
        segments = other.segments
        nextRowNumber = other.nextRowNumber
        liveRowCount = other.liveRowCount
        index = other.index
        sorted = other.sorted
        cache = other.cache
        metrics = other.metrics
    }

    /// Takes up a table as a snapshot has it; its index is built with the first change.
    init(restoring snapshot: TableSnapshot, cache: ColumnCache) throws {
        try self.init(id: snapshot.id, definition: snapshot.definition, cache: cache)
        schema = snapshot.schema
        schemaVersion = snapshot.schemaVersion
        hasValues = snapshot.hasValues
        segments = snapshot.segments
        nextRowNumber = snapshot.nextRowNumber
        liveRowCount = snapshot.rowCount
        index?.isComplete = snapshot.segments.isEmpty
    }

    /// The state as readers see it.
    func snapshot() -> TableSnapshot {
        TableSnapshot(
            id: id, definition: definition, schema: schema, schemaVersion: schemaVersion, segments: segments,
            rowCount: liveRowCount, hasValues: hasValues, nextRowNumber: nextRowNumber)
    }
}

extension DataType {
    /// Whether columns of the type can be kept: not those of unions, dictionaries, runs and maps.
    fileprivate var isStorable: Bool {
        switch self {
        case .list(let item): item.type.isStorable
        case .struct(let fields): fields.allSatisfy { $0.type.isStorable }
        default: physicalType != .nested
        }
    }
}

// MARK: - Checks

extension TableState {
    /// Checks a batch of rows against the definition.
    ///
    /// - Returns: the row count, the rows' keys and the schema that holds these rows as well.
    func check(_ columns: [ArrowArray], _ keys: RowKeys?) throws -> CheckedRows {
        guard columns.count == definition.columns.count else {
            throw EngineError(
                .invalidArgument,
                "table '\(definition.name)' has \(definition.columns.count) columns, not \(columns.count)")
        }
        let count = columns.first?.count ?? keys?.count ?? 0
        let keyArray = try self.keys(columns, keys)
        guard columns.allSatisfy({ $0.count == count }), keyArray.map({ $0.count == count }) ?? true else {
            throw EngineError(.invalidArgument, "columns of table '\(definition.name)' differ in length")
        }
        var fields = schema.fields
        var hasValues = hasValues
        for (index, column) in columns.enumerated() where column.nullCount < column.count {
            fields[index].type = try type(of: column, in: index)
            hasValues[index] = true
        }
        return CheckedRows(count: count, keys: keyArray, fields: fields, hasValues: hasValues)
    }

    struct CheckedRows {
        let count: Int
        let keys: ArrowArray?
        let fields: [Field]
        let hasValues: [Bool]
    }

    /// Returns the type of a column once the values of `array` are in it.
    private func type(of array: ArrowArray, in column: Int) throws -> DataType {
        let known = schema.fields[column].type
        if array.type == known { return known }
        if array.type.isSQLiteStorage, known.isSQLiteStorage { return hasValues[column] ? .any : array.type }
        throw EngineError(
            .typeMismatch,
            "column '\(definition.columns[column].name)' of table '\(definition.name)' holds \(known), not \(array.type)"
        )
    }

    private func keys(_ columns: [ArrowArray], _ keys: RowKeys?) throws -> ArrowArray? {
        switch definition.key {
        case .none: return nil
        case .integerColumn(let column): return try RowKeys(columns[column]).checked(self, isInteger: true).array
        case .integer, .encoded:
            guard let keys else {
                throw EngineError(.invalidArgument, "rows of table '\(definition.name)' came without keys")
            }
            return try keys.checked(self, isInteger: definition.key == .integer).array
        }
    }
}

extension RowKeys {
    fileprivate func checked(_ table: TableState, isInteger: Bool) throws -> RowKeys {
        guard self.isInteger == isInteger else {
            throw EngineError(
                .typeMismatch, "keys of table '\(table.definition.name)' cannot be of type \(array.type)")
        }
        return self
    }
}

extension DataType {
    /// Whether this is a type that columns take from SQLite's values, all of which widen to `any`.
    var isSQLiteStorage: Bool {
        switch self {
        case .int64, .float64, .utf8View, .binaryView, .any: true
        default: false
        }
    }
}
