import RheiArrow
import RheiCore

/// Averages and quantiles of dates and times.
extension Binder {
    /// Puts numbers in the place of dates and times whose aggregate lies between them, and returns what makes a date or
    /// time of the result: of dates a timestamp. Nil where nothing was changed.
    static func averagingNumbers(
        _ function: AggregateFunction, _ arguments: inout [BoundExpression]
    ) throws -> ((Expression) -> Expression)? {
        let isQuantile: Bool
        switch function {
        case .average: isQuantile = false
        case .quantile(_, isContinuous: true): isQuantile = true
        default: return nil
        }
        guard let value = arguments.first else { return nil }
        let type: DataType
        switch value.type {
        case .date32, .timestamp: type = .timestamp
        case .time64: type = .timeOfDay
        default: return nil
        }
        let number = Expression.cast(try convert(value.expression, to: type), .represent, .int64)
        arguments[0] = BoundExpression(isQuantile ? number.represented(as: .float64) : number)
        return { result in
            let real = isQuantile ? Expression.call("round", [result], .float64) : result
            return .cast(.cast(real, .explicit, .int64), .represent, type)
        }
    }
}
