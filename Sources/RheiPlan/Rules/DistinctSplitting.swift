import RheiArrow
import RheiCore

/// Counts distinct values in two steps: rows are grouped by the keys and the value, and those groups by the keys. Each
/// step is an ordinary grouping, of which workers do their parts side by side.
///
/// Taken where the other aggregates can be put together from those of the first step without a difference, and where no
/// key is a text, which would be compared and kept for each value anew.
struct DistinctSplitting {
    let context: PlanContext

    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .aggregate(let aggregate) = plan, let value = Self.countedValue(aggregate),
            aggregate.keys.allSatisfy({ $0.expression.type.hasOneFormPerValue && !$0.expression.type.isString })
        else { return plan }
        var split = AggregateSplit(context: context, bounds: IntegerBounds(aggregate.input))
        let counted = context.makeColumn("value")
        for column in aggregate.aggregates {
            if column.call.isDistinct {
                split.addResult(.count, of: .column(counted, value.type), for: column)
            } else if aggregate.keys.isEmpty || !split.add(column) {
                return plan
            }
        }
        let names = aggregate.keys.map { context.makeColumn(like: $0.column) }
        let lowerKeys = zip(names, aggregate.keys).map { ProjectedColumn(id: $0.id, expression: $1.expression) }
        let lower = LogicalAggregate(
            input: aggregate.input, keys: lowerKeys + [ProjectedColumn(id: counted, expression: value)],
            aggregates: split.lower)
        let upper = LogicalAggregate(
            input: .aggregate(lower),
            keys: zip(names, aggregate.keys).map {
                ProjectedColumn(id: $1.id, expression: .column($0.id, $0.type))
            },
            aggregates: split.upper)
        let columns = aggregate.keys.map { ProjectedColumn($0.column) } + split.results
        return .project(.aggregate(upper), columns)
    }

    /// The one value whose distinct occurrences are counted, if there are no others.
    private static func countedValue(_ aggregate: LogicalAggregate) -> Expression? {
        var value: Expression?
        for call in aggregate.aggregates.map(\.call) where call.isDistinct {
            guard call.function == .count, call.filter == nil, !call.mustAgree, call.collation == .binary,
                let argument = call.arguments.first, argument.type.hasOneFormPerValue, value == nil || value == argument
            else { return nil }
            value = argument
        }
        return value
    }
}

extension DataType {
    var isString: Bool { self == .utf8View || self == .binaryView }
}
