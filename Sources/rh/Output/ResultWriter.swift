import Rhei

/// Prints one result, batch by batch.
protocol ResultWriter: AnyObject {
    /// Called once, before the first batch.
    func begin(_ schema: Schema)
    /// Called with every batch before the first one is written.
    func measure(_ batch: RecordBatch) throws
    func write(_ batch: RecordBatch) throws
    /// Called once, after the last batch.
    func end() throws
}

extension ResultWriter {
    func measure(_ batch: RecordBatch) {}
}

/// Visits the rows of a batch as cells that lend their bytes.
struct RowCursor {
    private let columns: [CellColumn]
    let rowCount: Int

    /// - Throws: `unsupported` for a column type that has no printed form.
    init(_ batch: RecordBatch) throws {
        columns = try batch.columns.map(CellColumn.init)
        rowCount = batch.rowCount
    }

    var columnCount: Int { columns.count }

    func cell(row: Int, column: Int) -> Cell { columns[column].cell(row) }
}

/// One value as the printers see it. Text keeps its bytes, valid UTF-8 or not.
enum Cell {
    case null
    case integer(Int64)
    case real(Double)
    case text([UInt8])
    case blob([UInt8])
    /// A list or struct, as the printers of text and of JSON want it.
    case nested(text: [UInt8], json: [UInt8])
}

/// A column with its typed view chosen once per batch.
private enum CellColumn {
    case null
    case integer(PrimitiveArray<Int64>)
    case real(PrimitiveArray<Double>)
    case text(StringArray)
    case blob(BinaryArray)
    case mixed(AnyArray)
    case nested(ArrowArray)
    /// Dates, times, decimals and what else SQLite lacks.
    case other(ArrowArray)

    init(_ array: ArrowArray) throws {
        switch array.type {
        case .null: self = .null
        case .int64: self = .integer(try PrimitiveArray(array))
        case .float64: self = .real(try PrimitiveArray(array))
        case .utf8View, .utf8, .largeUtf8: self = .text(try StringArray(array))
        case .binaryView, .binary, .largeBinary: self = .blob(try BinaryArray(array))
        case .any: self = .mixed(try AnyArray(array))
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .struct: self = .nested(array)
        case .interval(.yearMonth), .interval(.dayTime), .duration:
            throw EngineError.unsupported("printing a column of type \(array.type)")
        default: self = .other(array)
        }
    }

    func cell(_ row: Int) -> Cell {
        switch self {
        case .null: .null
        case .integer(let values): values.value(at: row).map(Cell.integer) ?? .null
        case .real(let values): values.value(at: row).map(Cell.real) ?? .null
        case .text(let values): values.isValid(row) ? .text(values.withBytes(at: row, copyBytes)) : .null
        case .blob(let values): values.isValid(row) ? .blob(values.withBytes(at: row, copyBytes)) : .null
        case .mixed(let values): mixedCell(values, row)
        case .nested(let values): Self.nestedCell(values, row)
        case .other(let values): Self.cell((try? values.value(at: row)) ?? .null)
        }
    }

    private static func nestedCell(_ values: ArrowArray, _ row: Int) -> Cell {
        guard values.isValid(row), case .text(let text)? = try? values.value(at: row) else { return .null }
        var json: [UInt8] = []
        NestedJSON.append(values, row, to: &json)
        return .nested(text: Array(text.utf8), json: json)
    }

    private static func cell(_ value: SQLValue) -> Cell {
        switch value {
        case .null: .null
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        case .text(let value): .text(Array(value.utf8))
        case .blob(let value): .blob(value)
        }
    }

    private func mixedCell(_ values: AnyArray, _ row: Int) -> Cell {
        switch values.storageClass(at: row) {
        case .null: .null
        case .integer, .real:
            switch values.value(at: row) {
            case .integer(let value): .integer(value)
            case .real(let value): .real(value)
            default: .null
            }
        case .text: .text(values.withBytes(at: row, copyBytes))
        case .blob: .blob(values.withBytes(at: row, copyBytes))
        }
    }
}

private func copyBytes(_ span: RawSpan) -> [UInt8] {
    unsafe span.withUnsafeBytes { unsafe Array($0) }
}
