import RheiCore

/// Uses unique keys: DISTINCT of rows that are distinct already goes, and a group key that other keys determine need
/// not be compared.
enum GroupingSimplification {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .aggregate(var aggregate) = plan, !aggregate.keys.isEmpty else { return plan }
        let keyColumns = Set(aggregate.keys.compactMap(\.expression.columnID))
        if aggregate.aggregates.isEmpty,
            aggregate.input.uniqueKeys.contains(where: { $0.isSubset(of: keyColumns) })
        {
            return .project(aggregate.input, aggregate.keys)
        }
        let redundant = redundantKeys(aggregate, keyColumns)
        if redundant.isEmpty { return plan }
        let moved = aggregate.keys.filter { redundant.contains($0.id) }
        aggregate.keys.removeAll { redundant.contains($0.id) }
        aggregate.aggregates += moved.map { key in
            AggregateColumn(
                id: key.id,
                call: AggregateCall(function: .anyValue, arguments: [key.expression], type: key.expression.type))
        }
        // The keys come first in the output; what reads it does so by id.
        return .aggregate(aggregate)
    }

    /// Keys that are columns of a table whose unique key is among the other keys.
    private static func redundantKeys(_ aggregate: LogicalAggregate, _ keyColumns: Set<ColumnID>) -> Set<ColumnID> {
        var redundant = Set<ColumnID>()
        aggregate.input.forEachScan { scan in
            let own = Set(scan.columns.map(\.id))
            for unique in LogicalPlan.scan(scan).uniqueKeys where unique.isSubset(of: keyColumns) {
                for key in aggregate.keys {
                    guard key.isPassedThrough, own.contains(key.id), !unique.contains(key.id) else { continue }
                    redundant.insert(key.id)
                }
                break
            }
        }
        return redundant
    }
}
