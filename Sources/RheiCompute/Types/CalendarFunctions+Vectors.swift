import RheiArrow
import RheiCore

/// Parts of the day of whole vectors of timestamps, whose field is a constant.
extension CalendarFunctions {
    /// Hour, minute and second of a column of timestamps; other fields by the row.
    @Sendable static func timestampField(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        guard let (name, input) = try field(of: arguments, output) else { return nil }
        let result = output.vector().elements(Int64.self)
        let values = input.elements(Int64.self)
        switch name {
        case "hour": rows.forEach { result[$0] = remainder(values[$0], 86_400_000_000) / 3_600_000_000 }
        case "minute": rows.forEach { result[$0] = remainder(values[$0], 3_600_000_000) / 60_000_000 }
        case "second": rows.forEach { result[$0] = remainder(values[$0], 60_000_000) / 1_000_000 }
        default: return nil
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    /// Timestamps cut to parts of the day; other units by the row.
    @Sendable static func timestampTruncate(
        _ arguments: [ColumnVector], _ rows: SelectionVector, _ context: FunctionContext, _ output: VectorBuffer
    ) throws -> ColumnVector? {
        guard let (name, input) = try field(of: arguments, output) else { return nil }
        let values = input.elements(Int64.self)
        let result = output.vector().elements(Int64.self)
        var least = Int64.max
        rows.forEach { least = min(least, values[$0]) }
        // The start of the first hours lies out of range; the row that has it shall say so.
        guard least >= Int64.min + 86_400_000_000 else { return nil }
        switch name {
        case "hour": rows.forEach { result[$0] = values[$0] &- remainder(values[$0], 3_600_000_000) }
        case "minute": rows.forEach { result[$0] = values[$0] &- remainder(values[$0], 60_000_000) }
        case "second": rows.forEach { result[$0] = values[$0] &- remainder(values[$0], 1_000_000) }
        default: return nil
        }
        return output.propagatingNulls(input, rowCount: rows.rowCount)
    }

    private static func field(
        of arguments: [ColumnVector], _ output: VectorBuffer
    ) throws -> (name: String, input: ColumnVector)? {
        let input = arguments[1]
        guard arguments[0].isConstant, arguments[0].type == .text, !arguments[0].isNullConstant, !input.isConstant,
            input.type == .int64, output.type == .int64
        else { return nil }
        return (try named(arguments[0].datum(0)), input)
    }

    /// What is left of a number beyond the multiple of `divisor` below it. Null rows hold any number.
    @inline(__always)
    private static func remainder(_ value: Int64, _ divisor: Int64) -> Int64 {
        let rest = value % divisor
        return rest &+ (divisor & (rest &>> 63))
    }
}
