public import RheiCore

extension ArrowArray {
    /// Returns row `row` as one of SQLite's values, for convenience and tests; bulk access goes through typed views.
    ///
    /// Numbers become integers or reals and truth values 0 or 1. Dates, times, timestamps and decimals become text in
    /// ISO or decimal notation, as do intervals, unsigned integers beyond Int64, and lists and structs. Dictionaries,
    /// runs and unions give the value that the row refers to.
    ///
    /// - Throws: `unsupported` for maps, durations and intervals without nanoseconds.
    /// - Precondition: `0 <= row < count`.
    public func value(at row: Int) throws -> SQLValue {
        guard isValid(row) else { return .null }
        switch type.physicalType {
        case .none: return .null
        case .bit: return try .integer(BooleanArray(self)[row] ? 1 : 0)
        case .int8: return try .integer(Int64(PrimitiveArray<Int8>(self)[row]))
        case .int16: return try .integer(Int64(PrimitiveArray<Int16>(self)[row]))
        case .int32: return try value(of: Int64(PrimitiveArray<Int32>(self)[row]))
        case .int64: return try value(of: PrimitiveArray<Int64>(self)[row])
        case .uint8: return try .integer(Int64(PrimitiveArray<UInt8>(self)[row]))
        case .uint16: return try .integer(Int64(PrimitiveArray<UInt16>(self)[row]))
        case .uint32: return try .integer(Int64(PrimitiveArray<UInt32>(self)[row]))
        case .uint64:
            let number = try PrimitiveArray<UInt64>(self)[row]
            return Int64(exactly: number).map { .integer($0) } ?? .text(String(number))
        case .float32: return try .real(Double(PrimitiveArray<Float>(self)[row]))
        case .float64: return try .real(PrimitiveArray<Double>(self)[row])
        case .int128: return try decimalValue(Decimal128Array(self)[row])
        case .view, .offsets32, .offsets64:
            if type.isText { return try .text(StringArray(self).value(at: row) ?? "") }
            return try .blob(BinaryArray(self).value(at: row) ?? [])
        case .any: return try AnyArray(self).value(at: row)
        case .float16: return try .real(float16Value(row))
        case .int256: return try decimalValue(Decimal256Array(self)[row])
        case .fixedBytes, .nested: return try referredValue(at: row)
        }
    }

    private func referredValue(at row: Int) throws -> SQLValue {
        switch type {
        case .fixedSizeBinary: return try .blob(FixedSizeBinaryArray(self).value(at: row) ?? [])
        case .dictionary: return try children[0].value(at: dictionaryIndex(row))
        case .runEndEncoded: return try children[1].value(at: runIndex(row))
        case .union:
            let place = unionPlace(row)
            return try children[place.child].value(at: place.row)
        case .interval(.monthDayNano):
            let value = try PrimitiveArray<MonthDayNanoInterval>(self)[row]
            let key = IntervalKey(months: value.months, days: value.days, microseconds: value.nanoseconds / 1_000)
            return .text(key.description)
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .struct: return .text(try nestedText(row))
        default: throw EngineError.unsupported("a single value of type \(type)")
        }
    }

    private func float16Value(_ row: Int) throws -> Double {
        #if !(os(macOS) && arch(x86_64))
        return try Double(PrimitiveArray<Float16>(self)[row])
        #else
        throw EngineError.unsupported("a single value of type \(type)")
        #endif
    }

    private func decimalValue(_ number: Decimal256) -> SQLValue {
        guard case .decimal256(_, let scale) = type else { return .null }
        return .text(decimalText(digits: number.magnitudeDigits, isNegative: number.isNegative, scale: scale))
    }

    private func decimalValue(_ number: Int128) -> SQLValue {
        guard case .decimal128(_, let scale) = type else { return .null }
        return .text(decimalText(number, scale: scale))
    }

    private func value(of number: Int64) throws -> SQLValue {
        switch type {
        case .date32: .text(dateText(daysSinceEpoch: number))
        case .date64: .text(dateText(daysSinceEpoch: flooredQuotient(number, 86_400_000).quotient))
        case .time32(let unit), .time64(let unit): .text(timeText(number, unit: unit))
        case .timestamp(let unit, _): .text(timestampText(number, unit: unit))
        case .decimal32(_, let scale), .decimal64(_, let scale): .text(decimalText(Int128(number), scale: scale))
        case .duration, .interval: throw EngineError.unsupported("a single value of type \(type)")
        default: .integer(number)
        }
    }
}
