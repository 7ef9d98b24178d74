import RheiArrow
import RheiCore
import RheiSQL

/// Aggregates that SQLite lacks and that others say with more words: what a call of one means.
enum AnalystAggregates {
    /// Rewrites a call into one of the aggregates that the binder knows; other calls stay.
    static func expanded(_ call: FunctionCall) throws -> FunctionCall {
        var result = call
        func named(_ name: String) -> Identifier { Identifier(name, range: call.name.range) }
        func not(_ operand: SyntaxExpression) -> SyntaxExpression {
            SyntaxExpression(.unary(.not, operand), range: operand.range)
        }
        func real(_ value: Double) -> SyntaxExpression {
            SyntaxExpression(.literal(.real(value)), range: call.name.range)
        }
        let name = NameMatching.fold(call.name.name)
        switch (name, call.arguments.count) {
        case ("string_agg", _), ("listagg", _): result.name = named("group_concat")
        case ("approx_count_distinct", 1):
            result.name = named("count")
            result.isDistinct = true
        case ("count_if", 1), ("countif", 1):
            result.name = named("count")
            result.isStar = true
            result.arguments = []
            let condition = call.arguments[0]
            result.filter =
                call.filter.map { filter in
                    SyntaxExpression(.binary(.and, filter, condition), range: condition.range)
                } ?? condition
        case ("bool_and", 1), ("every", 1), ("bool_or", 1):
            result.name = named(name == "bool_or" ? "max" : "min")
            result.arguments = [not(not(call.arguments[0]))]
        case ("median", 1):
            result.name = named("quantile_cont")
            result.arguments.append(real(0.5))
        case ("percentile_cont", 1), ("percentile_disc", 1):
            guard let term = call.withinGroup.first, call.withinGroup.count == 1 else { return call }
            guard !term.isDescending || name == "percentile_cont" else {
                throw EngineError.unsupported("percentile_disc() in descending order")
            }
            let fraction = call.arguments[0]
            result.name = named(name == "percentile_cont" ? "quantile_cont" : "quantile_disc")
            result.arguments = [
                term.expression,
                term.isDescending
                    ? SyntaxExpression(.binary(.subtract, real(1), fraction), range: fraction.range) : fraction,
            ]
            result.withinGroup = []
        case ("mode", 0):
            guard let term = call.withinGroup.first, call.withinGroup.count == 1 else { return call }
            result.arguments = [term.expression]
            result.withinGroup = []
        case ("min_by", 2), ("argmin", 2): result.name = named("arg_min")
        case ("max_by", 2), ("argmax", 2): result.name = named("arg_max")
        case ("stddev", 1): result.name = named("stddev_samp")
        case ("variance", 1): result.name = named("var_samp")
        case ("quantile", 2): result.name = named("quantile_disc")
        case ("arbitrary", 1): result.name = named("any_value")
        default: break
        }
        if NameMatching.fold(result.name.name) == "group_concat", !result.withinGroup.isEmpty, result.orderBy.isEmpty {
            result.orderBy = result.withinGroup
            result.withinGroup = []
        }
        return result
    }

    /// The aggregate of a name that is not SQLite's.
    static func function(_ name: String) -> AggregateFunction? {
        switch name {
        case "quantile_cont": .quantile(0, isContinuous: true)
        case "quantile_disc": .quantile(0, isContinuous: false)
        case "mode": .mode
        case "product": .product
        case "arg_min": .rowOfMinimum
        case "arg_max": .rowOfMaximum
        case "array_agg", "list", "list_of_distinct": .collect(.null)
        case "first": .firstRow
        case "last": .lastRow
        case "any_value": .anyValue
        case "var_pop": .statistic(.variance(isSample: false))
        case "var_samp": .statistic(.variance(isSample: true))
        case "stddev_pop": .statistic(.deviation(isSample: false))
        case "stddev_samp": .statistic(.deviation(isSample: true))
        case "covar_pop": .statistic(.covariance(isSample: false))
        case "covar_samp": .statistic(.covariance(isSample: true))
        case "corr": .statistic(.correlation)
        case "regr_slope": .statistic(.slope)
        case "regr_intercept": .statistic(.intercept)
        case "regr_r2": .statistic(.determination)
        case "regr_count": .statistic(.pairCount)
        case "regr_avgx": .statistic(.meanX)
        case "regr_avgy": .statistic(.meanY)
        case "regr_sxx": .statistic(.squaresX)
        case "regr_syy": .statistic(.squaresY)
        case "regr_sxy": .statistic(.products)
        default: nil
        }
    }
}
