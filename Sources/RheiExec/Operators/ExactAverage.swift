import RheiArrow
import RheiCompute
import RheiPlan

extension AggregateCall {
    /// The average or total of decimals as exact sums of their unscaled numbers, instead of sums of reals.
    var overUnscaledNumbers: AggregateCall {
        guard let decimals = unscaledArgument else { return self }
        var result = self
        result.arguments = [decimals]
        return result
    }

    /// How many digits of the argument's numbers stand behind the point, for averages and totals.
    var argumentScale: Int {
        guard function == .average || function == .total, case .decimal128(_, let scale)? = arguments.first?.type else {
            return 0
        }
        return scale
    }

    private var unscaledArgument: Expression? {
        guard function == .average || function == .total, !isDistinct, arguments.count == 1,
            case .call("decimal_real", let operands, _) = arguments[0], let decimals = operands.first,
            VectorType(decimals.type) == .int64, case .decimal128 = decimals.type
        else { return nil }
        return decimals
    }
}
