import RheiArrow
import RheiCore

/// Computes several sums of one column plus different constants from one sum and one count:
/// `sum(c + k)` is `sum(c) + k * count(c)`.
///
/// Applied only where the column's bounds and the number of rows leave no sum and no summand near the ends of 64 bits,
/// so that neither form can overflow.
enum SumReduction {
    static func apply(_ plan: LogicalPlan, _ context: PlanContext) -> LogicalPlan {
        let plan = plan.mapInputs { apply($0, context) }
        guard case .aggregate(let aggregate) = plan else { return plan }
        let bounds = IntegerBounds(aggregate.input)
        var offsets: [Expression: [Int]] = [:]
        for (index, column) in aggregate.aggregates.enumerated() {
            guard let sum = OffsetSum(column.call), bounds.allow([sum.operand], offset: sum.offset) else { continue }
            offsets[sum.operand, default: []].append(index)
        }
        let groups = offsets.values.filter { indices in
            indices.count > 2 && indices.contains { OffsetSum(aggregate.aggregates[$0].call)?.offset != 0 }
        }
        if groups.isEmpty { return plan }
        return reduced(aggregate, groups.sorted { $0[0] < $1[0] }, context)
    }

    /// - Parameter groups: per summed expression the places of its sums among the aggregates.
    private static func reduced(
        _ aggregate: LogicalAggregate, _ groups: [[Int]], _ context: PlanContext
    ) -> LogicalPlan {
        let replaced = Set(groups.joined())
        var below = aggregate
        below.aggregates = aggregate.aggregates.indices.filter { !replaced.contains($0) }
            .map { aggregate.aggregates[$0] }
        var results: [ColumnID: Expression] = [:]
        for group in groups {
            guard let operand = OffsetSum(aggregate.aggregates[group[0]].call)?.operand else { continue }
            let sum = context.makeColumn("sum")
            let count = context.makeColumn("count")
            below.aggregates += [(sum, AggregateFunction.sum), (count, .count)].map { id, function in
                AggregateColumn(id: id, call: AggregateCall(function: function, arguments: [operand], type: .int64))
            }
            for index in group {
                guard let offset = OffsetSum(aggregate.aggregates[index].call)?.offset else { continue }
                let total = Expression.column(sum, .int64)
                let added = Expression.binary(
                    .multiply, .literal(.integer(offset), .int64), .column(count, .int64), .int64)
                results[aggregate.aggregates[index].id] =
                    offset == 0 ? total : .binary(.add, total, added, .int64)
            }
        }
        let keys = aggregate.keys.map { ProjectedColumn($0.column) }
        let columns = aggregate.aggregates.map { column in
            results[column.id].map { ProjectedColumn(id: column.id, expression: $0) } ?? ProjectedColumn(column.column)
        }
        return .project(.aggregate(below), keys + columns)
    }

    /// `sum(operand + offset)` over all rows.
    struct OffsetSum {
        var operand: Expression
        var offset: Int64

        init?(_ call: AggregateCall) {
            guard call.function == .sum, call.type == .int64, !call.isDistinct, call.filter == nil,
                call.arguments.count == 1, let argument = call.arguments.first, argument.type == .int64
            else { return nil }
            switch argument {
            case .binary(.add, let operand, .literal(.integer(let offset), .int64), .int64),
                .binary(.add, .literal(.integer(let offset), .int64), let operand, .int64):
                (self.operand, self.offset) = (operand, offset)
            case .binary(.subtract, let operand, .literal(.integer(let offset), .int64), .int64) where offset != .min:
                (self.operand, self.offset) = (operand, -offset)
            default: (operand, offset) = (argument, 0)
            }
        }
    }
}
