import RheiArrow
import RheiCore
import RheiSQLite

/// Counts values that do not convert to the type that a schema names, by column.
final class Quarantine {
    private(set) var counts: [String: Int] = [:]

    func note(_ count: Int, column: String) {
        if count > 0 { counts[column, default: 0] += count }
    }
}

/// A column whose type a schema names: SQLite's values are converted, and null stands for those that do not convert.
struct ExplicitColumn {
    private let type: DataType

    init(_ type: DataType) { self.type = type }

    /// The types that a schema names for the columns of a table, in their order.
    ///
    /// - Throws: `unknownName` for a column that the table lacks, `unsupported` for a type that columns cannot have or
    ///   a key column.
    static func types(
        of table: TableDescription, named types: [String: DataType], key: CaptureKey
    ) throws -> [DataType?] {
        for name in types.keys.sorted() where !table.columns.contains(where: { asciiLowercased($0.name) == name }) {
            throw EngineError(.unknownName, "table '\(table.name)' has no column '\(name)'")
        }
        return try table.columns.enumerated().map { index, column in
            guard let type = types[asciiLowercased(column.name)] else { return nil }
            switch type {
            case .date32, .timestamp(.microsecond, timeZone: nil), .time64(.microsecond), .decimal128: break
            default:
                throw EngineError.unsupported("a schema with column '\(column.name)' of type \(type)")
            }
            if key.contains(column: index) {
                throw EngineError.unsupported("a schema with key column '\(column.name)' of type \(type)")
            }
            return type
        }
    }

    /// Converts the values of a column; those that do not convert become null and are counted.
    func convert(_ array: ArrowArray, _ quarantine: Quarantine, column: String) throws -> ArrowArray {
        switch type {
        case .date32: return try build(array, Int32.self, quarantine, column, date)
        case .decimal128(let precision, let scale):
            var limit: Int128 = 1
            for _ in 0..<precision { limit *= 10 }
            return try build(array, Int128.self, quarantine, column) { value in
                guard let number = Self.decimal(value, scale: scale), number < limit, number > -limit else {
                    return nil
                }
                return number
            }
        case .time64: return try build(array, Int64.self, quarantine, column, time)
        default: return try build(array, Int64.self, quarantine, column, timestamp)
        }
    }

    private func build<Value: PrimitiveValue>(
        _ array: ArrowArray, _: Value.Type, _ quarantine: Quarantine, _ column: String,
        _ convert: (SQLValue) -> Value?
    ) throws -> ArrowArray {
        var builder = try PrimitiveBuilder<Value>(type, capacity: array.count)
        var rejectedCount = 0
        for row in 0..<array.count {
            let value = try array.value(at: row)
            if let converted = convert(value) {
                builder.append(converted)
            } else {
                if value != .null { rejectedCount += 1 }
                builder.appendNull()
            }
        }
        quarantine.note(rejectedCount, column: column)
        return builder.finish()
    }

    private func date(_ value: SQLValue) -> Int32? {
        guard case .text(let text) = value else { return nil }
        return CalendarText.days(text.utf8)
    }

    private func time(_ value: SQLValue) -> Int64? {
        guard case .text(let text) = value else { return nil }
        return CalendarText.timeOfDay(text.utf8)
    }

    private func timestamp(_ value: SQLValue) -> Int64? {
        guard case .text(let text) = value else { return nil }
        return CalendarText.timestamp(text.utf8)
    }

    private static func decimal(_ value: SQLValue, scale: Int) -> Int128? {
        switch value {
        case .null, .blob: nil
        case .integer(let integer): DecimalText.value(Array("\(integer)".utf8), scale: scale)
        case .real(let real): real.isFinite ? DecimalText.value(Array("\(real)".utf8), scale: scale) : nil
        case .text(let text): DecimalText.value(Array(text.utf8), scale: scale)
        }
    }
}

extension CaptureKey {
    /// Whether the column is part of the key.
    fileprivate func contains(column index: Int) -> Bool {
        switch self {
        case .rowID(_, let column): column == index
        case .columns(let columns): columns.contains { $0.index == index }
        }
    }
}
