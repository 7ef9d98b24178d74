import RheiArrow
import RheiCore

/// Brings nested values from one type to another of the same shape.
enum NestedConversion {
    /// Converts a value that is not null.
    ///
    /// - Throws: `typeMismatch` for types that do not convert, `overflow` for numbers that do not fit.
    static func convert(
        _ value: Datum, _ source: NestedType, to target: NestedType, _ arena: StringArena
    ) throws -> Datum {
        if value.isNull || source == target { return value }
        switch (source, target) {
        case (.null, _): return .null
        case (.list(let from), .list(let to)):
            return arena.storeList(try value.elements(from, arena).map { try convert($0, from, to: to, arena) }, to)
        case (.structure(let from), .structure(let to)) where from.count == to.count:
            var bytes: [UInt8] = []
            for (index, field) in value.fields(from, arena).enumerated() {
                let converted = try convert(field, from[index].type, to: to[index].type, arena)
                NestedWriter.append(converted, to[index].type, to: &bytes)
            }
            return .blob(arena.store(bytes))
        case (.integer, .real): return .real(Double(value.integer))
        case (.real, .integer):
            let rounded = value.real.rounded(.toNearestOrEven)
            guard let integer = Int64(exactly: rounded) else { throw outOfRange }
            return .integer(integer)
        case (.date, .timestamp): return .integer(value.integer &* CalendarText.microsecondsPerDay)
        case (.timestamp, .date): return .integer(CalendarText.split(value.integer).day)
        case (.decimal(_, let scale), .real):
            return .real(value.unscaled.nearestDouble / Double(DecimalFunctions.power(scale)))
        case (.integer, .decimal(_, let scale)): return try decimal(Int128(value.integer), by: scale, arena)
        case (.decimal(_, let from), .decimal(_, let to)): return try decimal(value.unscaled, by: to - from, arena)
        case (_, .text): return .text(arena.store(NestedText.text(of: value, source)))
        default: throw EngineError(.typeMismatch, "a value in a list or struct does not convert")
        }
    }

    private static let outOfRange = EngineError(.overflow, "a number in a list or struct is out of range")

    private static func decimal(_ unscaled: Int128, by digits: Int, _ arena: StringArena) throws -> Datum {
        if digits < 0 {
            let divisor = DecimalFunctions.power(-digits)
            let half = divisor / 2
            return .blob(arena.store(bytes(of: (unscaled + (unscaled < 0 ? -half : half)) / divisor)))
        }
        let (product, overflow) = unscaled.multipliedReportingOverflow(by: DecimalFunctions.power(digits))
        if overflow { throw outOfRange }
        return .blob(arena.store(bytes(of: product)))
    }

    /// The bytes of an unscaled decimal.
    static func bytes(of unscaled: Int128) -> [UInt8] {
        let bits = UInt128(truncatingIfNeeded: unscaled) ^ (1 << 127)
        return stride(from: 120, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> $0) }
    }
}
