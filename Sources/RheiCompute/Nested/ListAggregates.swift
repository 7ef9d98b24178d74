import RheiArrow
import RheiCore

/// Aggregates over the elements of one list: the code of the elements' type, the list, the aggregate's name, and the
/// separator of `string_agg`. Nulls do not count, save for `first` and `last`.
enum ListAggregates {
    static let all: [ScalarFunction] = [
        ScalarFunction("list_aggregate", 3...4, .any) { arguments, context in
            if arguments[1].isNull { return .null }
            let type = try context.nestedType(arguments[0])
            let name = arguments[2].slot.withRun { String(decoding: $0.array, as: UTF8.self) }
            let elements = arguments[1].elements(type, context.arena)
            let known = elements.filter { !$0.isNull }
            switch name {
            case "count": return .integer(Int64(known.count))
            case "first": return elements.first ?? .null
            case "last": return elements.last ?? .null
            case "any_value": return known.first ?? .null
            case "min", "max": return extreme(known, type, isMaximum: name == "max")
            case "mode": return mostFrequent(known, type)
            case "string_agg":
                if known.isEmpty { return .null }
                let separator = arguments.count > 3 ? arguments[3] : .null
                return joined(known, type, separator, context)
            case "bool_and": return known.isEmpty ? .null : .integer(known.allSatisfy(\.isTrue) ? 1 : 0)
            case "bool_or": return known.isEmpty ? .null : .integer(known.contains(where: \.isTrue) ? 1 : 0)
            case "sum" where type == .integer: return try sum(known)
            default: return try statistic(name, known.map { number($0, type) })
            }
        }
    ]

    private static func sum(_ values: [Datum]) throws -> Datum {
        if values.isEmpty { return .null }
        guard let sum = Int64(exactly: values.reduce(Int128(0)) { $0 + Int128($1.integer) }) else {
            throw EngineError(.overflow, "integer overflow")
        }
        return .integer(sum)
    }

    private static func bytes(_ value: Datum, _ type: NestedType) -> [UInt8] {
        var bytes: [UInt8] = []
        NestedWriter.append(value, type, to: &bytes)
        return bytes
    }

    private static func extreme(_ values: [Datum], _ type: NestedType, isMaximum: Bool) -> Datum {
        let keyed = values.map { (bytes($0, type), $0) }
        let best =
            isMaximum
            ? keyed.max { $0.0.lexicographicallyPrecedes($1.0) } : keyed.min { $0.0.lexicographicallyPrecedes($1.0) }
        return best?.1 ?? .null
    }

    /// The value that occurs most often, of several the least.
    private static func mostFrequent(_ values: [Datum], _ type: NestedType) -> Datum {
        var counts: [[UInt8]: (count: Int, value: Datum)] = [:]
        for value in values { counts[bytes(value, type), default: (0, value)].count += 1 }
        let best = counts.max { first, second in
            first.value.count != second.value.count
                ? first.value.count < second.value.count : second.key.lexicographicallyPrecedes(first.key)
        }
        return best?.value.value ?? .null
    }

    private static func joined(
        _ values: [Datum], _ type: NestedType, _ separator: Datum, _ context: FunctionContext
    ) -> Datum {
        let separator = separator.isNull ? [UInt8(ascii: ",")] : separator.slot.withRun { $0.array }
        return context.makeText { bytes in
            for (index, value) in values.enumerated() {
                if index > 0 { bytes += separator }
                bytes += NestedText.text(of: value, type)
            }
        }
    }

    private static func number(_ value: Datum, _ type: NestedType) -> Double {
        if case .decimal(_, let scale) = type {
            return value.unscaled.nearestDouble / Double(DecimalFunctions.power(scale))
        }
        return value.realValue
    }

    private static func statistic(_ name: String, _ values: [Double]) throws -> Datum {
        let count = Double(values.count)
        let total = CompensatedSum.of(values)
        let mean = total / count
        let squares = CompensatedSum.of(values.map { ($0 - mean) * ($0 - mean) })
        switch name {
        case "sum": return values.isEmpty ? .null : .real(total)
        case "avg", "mean": return values.isEmpty ? .null : .real(mean)
        case "product": return values.isEmpty ? .null : .real(values.reduce(1, *))
        case "median": return values.isEmpty ? .null : .real(median(values.sorted()))
        case "var_pop": return values.isEmpty ? .null : .real(squares / count)
        case "stddev_pop": return values.isEmpty ? .null : .real((squares / count).squareRoot())
        case "var_samp", "variance": return values.count < 2 ? .null : .real(squares / (count - 1))
        case "stddev_samp", "stddev": return values.count < 2 ? .null : .real((squares / (count - 1)).squareRoot())
        default: throw EngineError(.invariant, "there is no aggregate \(name) of lists")
        }
    }

    private static func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}

extension CompensatedSum {
    /// The sum of some numbers.
    fileprivate static func of(_ values: [Double]) -> Double {
        var sum = CompensatedSum(sum: 0, error: 0)
        for value in values { sum.add(value) }
        return sum.value
    }
}
