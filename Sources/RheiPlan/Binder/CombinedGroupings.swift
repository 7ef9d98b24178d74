import RheiArrow
import RheiCore

/// Grouping sets of which one has all keys: the rows are grouped by that one alone, and the other sets group its
/// groups.
struct CombinedGroupings {
    private let context: PlanContext
    private let keys: [ProjectedColumn]
    private let split: AggregateSplit
    private let fine: LogicalPlan
    private let fineID: Int
    /// Of the fine groups, per key.
    private let fineKeys: [PlanColumn]
    private let aggregates: [AggregateColumn]

    /// Nil where no set has all keys, or some aggregate of coarse groups cannot be made of those of fine ones.
    init?(_ aggregate: LogicalAggregate, sets: [[Int]], _ context: PlanContext) {
        let all = Set(aggregate.keys.indices)
        guard sets.count > 1, sets.contains(where: { Set($0) == all }), aggregate.input.freeColumns.isEmpty,
            aggregate.keys.allSatisfy({ $0.expression.type.hasOneFormPerValue })
        else { return nil }
        var split = AggregateSplit(
            context: context, bounds: IntegerBounds(aggregate.input), showsFineSums: true)
        for column in aggregate.aggregates { guard split.add(column) else { return nil } }
        self.context = context
        self.split = split
        keys = aggregate.keys
        aggregates = aggregate.aggregates
        fineKeys = aggregate.keys.map { context.makeColumn(like: $0.column) }
        let lower = LogicalAggregate(
            input: aggregate.input,
            keys: zip(fineKeys, aggregate.keys).map { ProjectedColumn(id: $0.id, expression: $1.expression) },
            aggregates: split.lower)
        fine = .aggregate(lower)
        fineID = context.share(fine)
    }

    /// Returns the groups of one set, and, over their columns, the keys (null where the set lacks them) and the
    /// results.
    func groups(of set: Set<Int>) -> (plan: LogicalPlan, results: [Expression]) {
        let fresh = fine.columns.map { context.makeColumn(like: $0) }
        let renamed = Dictionary(
            zip(fine.columns, fresh).map { ($0.id, Expression.column($1.id, $1.type)) },
            uniquingKeysWith: { first, _ in first })
        let source = LogicalPlan.shared(fineID, columns: fresh)
        if set.count == keys.count {
            // Every fine group is a group of its own.
            let parts = Dictionary(
                split.upper.map { ($0.id, $0.call.arguments[0].substituting(renamed)) },
                uniquingKeysWith: { first, _ in first })
            let shown = fineKeys.map { Expression.column($0.id, $0.type).substituting(renamed) }
            return (source, shown + split.results.map { $0.expression.substituting(parts) })
        }
        var own: [Int: ProjectedColumn] = [:]
        for index in keys.indices where set.contains(index) {
            let key = Expression.column(fineKeys[index].id, fineKeys[index].type).substituting(renamed)
            own[index] = ProjectedColumn(id: context.makeColumn(like: fineKeys[index]).id, expression: key)
        }
        var wholes: [ColumnID: Expression] = [:]
        let upper = split.upper.map { column in
            let id = context.makeColumn(like: column.column).id
            wholes[column.id] = .column(id, column.call.type)
            return AggregateColumn(id: id, call: column.mapped { $0.substituting(renamed) }.call)
        }
        let shown = keys.indices.map { index -> Expression in
            own[index].map { .column($0.id, $0.expression.type) } ?? .literal(.null, fineKeys[index].type)
        }
        let results = zip(aggregates, split.results).map { column, result in
            Self.countingNothing(result.expression.substituting(wholes), column.call, set)
        }
        let grouping = LogicalAggregate(
            input: source, keys: keys.indices.compactMap { own[$0] }, aggregates: upper)
        return (.aggregate(grouping), shown + results)
    }

    /// The count of no rows is 0, while a sum of no counts is null: without keys there is a group even then.
    private static func countingNothing(_ result: Expression, _ call: AggregateCall, _ set: Set<Int>) -> Expression {
        guard set.isEmpty, call.function == .count || call.function == .countStar else { return result }
        let none = Expression.ConditionalBranch(condition: .isNull(result), result: .literal(.integer(0), .int64))
        return .conditional([none], otherwise: result, .int64)
    }
}
