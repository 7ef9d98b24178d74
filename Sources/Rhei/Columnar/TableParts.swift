import RheiArrow
import RheiCore
import RheiPlan
import RheiStore

/// The row groups of a table that a query reads as it is: all rows, some columns, nothing computed.
struct TableParts: RowParts {
    let rowCounts: [Int]
    private let groups: [any ScanRowGroup]
    private let columns: [Column]

    /// A column of the query.
    private struct Column {
        /// Its place in the scan.
        var slot: Int
        /// In the table.
        var type: DataType
        /// In the query: the same, a wider integer, or a timestamp in another unit.
        var result: DataType
        /// What instants are multiplied with.
        var factor: Int64 = 1
    }

    /// - Parameter schema: that of the query's result.
    /// - Returns: nil when the query does anything else, when rows are deleted, and for columns of mixed or nested
    ///   types.
    init?(_ plan: QueryPlan, schema: Schema) throws {
        guard let (scan, columns) = Self.scan(plan.root), columns.map(\.result) == schema.fields.map(\.type),
            columns.allSatisfy({ $0.type != .any && $0.type.physicalType != .nested })
        else { return nil }
        self.columns = columns
        let opened = try scan.provider.scan(columns: scan.tableColumns, filters: [])
        groups = try (0..<opened.rowGroupCount).compactMap { try opened.rowGroup($0) }
        guard groups.allSatisfy({ $0.deletedRows == nil }) else { return nil }
        rowCounts = groups.map(\.rowCount)
    }

    /// The scan that a plan consists of, and which of its columns are the plan's.
    private static func scan(_ plan: PhysicalPlan) -> (PhysicalScan, [Column])? {
        switch plan.node {
        case .scan(let scan) where scan.filters.isEmpty && !scan.tableColumns.isEmpty:
            let columns = zip(scan.tableColumns, plan.columns).enumerated().map { slot, column in
                Column(slot: slot, type: scan.provider.table.columns[column.0].type, result: column.1.type)
            }
            return columns.allSatisfy { $0.type == $0.result } ? (scan, columns) : nil
        case .project(let input, let expressions):
            guard let (scan, columns) = scan(input) else { return nil }
            let chosen = expressions.compactMap { expression -> Column? in
                guard let plain = expression.plainColumn else { return nil }
                var column = input.columns.firstIndex { $0.id == plain.id }.map { columns[$0] }
                column?.result = plain.type
                column?.factor = plain.factor
                return column
            }
            return chosen.count == expressions.count ? (scan, chosen) : nil
        default: return nil
        }
    }

    func columns(ofPart index: Int) throws -> [ArrowArray] {
        let group = groups[index]
        return try columns.map { column in
            let kept = try group.column(column.slot)
            guard kept.count == group.rowCount else {
                throw EngineError(.corrupt, "a column of \(kept.count) rows in a row group of \(group.rowCount)")
            }
            let array = kept.widened(to: column.type.narrowDecimal ?? column.type)
            if column.factor != 1 { return try Self.scaled(array, by: column.factor, as: column.result) }
            return column.type.isTimestamp ? array.instants(column.result) : array
        }
    }

    /// Instants in a finer unit.
    private static func scaled(_ array: ArrowArray, by factor: Int64, as type: DataType) throws -> ArrowArray {
        let source = try PrimitiveArray<Int64>(array)
        var builder = try PrimitiveBuilder<Int64>(type, capacity: array.count)
        for row in 0..<array.count {
            guard array.isValid(row) else {
                builder.appendNull()
                continue
            }
            let (product, overflow) = source[row].multipliedReportingOverflow(by: factor)
            if overflow { throw EngineError(.overflow, "the timestamp \(source[row]) is out of range") }
            builder.append(product)
        }
        return builder.finish()
    }
}

extension Expression {
    /// The column that an expression is, and in which form it gives its values: integers also in a wider type, instants
    /// in a finer unit.
    fileprivate var plainColumn: (id: ColumnID, type: DataType, factor: Int64)? {
        switch self {
        case .column(let id, let type): return (id, type, 1)
        case .cast(.column(let id, let type), .represent, .int64) where [.int8, .int16, .int32].contains(type):
            return (id, .int64, 1)
        case .call("timestamp_rescale", let arguments, let type) where arguments.count == 2:
            guard case .column(let id, .timestamp(_, timeZone: _)) = arguments[0],
                case .literal(.integer(let factor), _) = arguments[1],
                factor > 0
            else { return nil }
            return (id, type, factor)
        default: return nil
        }
    }
}

extension ArrowArray {
    /// The same instants as a type of the same unit, such as one without a time zone. Without a copy.
    fileprivate func instants(_ type: DataType) -> ArrowArray {
        ArrowArray(
            type, count: count, offset: offset, nullCount: nullCount, validity: validity, buffers: buffers)
    }
}

extension DataType {
    fileprivate var isTimestamp: Bool {
        if case .timestamp = self { true } else { false }
    }

    /// The type in which a segment keeps decimals of few digits.
    fileprivate var narrowDecimal: DataType? {
        guard case .decimal128(let precision, let scale) = self, precision <= 18 else { return nil }
        return .decimal64(precision: precision, scale: scale)
    }
}

/// The rows of a query: the parts of a table where it reads one as it is, or a stream of batches.
struct QueryRows: Sendable {
    let schema: Schema
    let parts: TableParts?
    /// Starts the query.
    let stream: @Sendable () throws -> RecordBatchStream
}
