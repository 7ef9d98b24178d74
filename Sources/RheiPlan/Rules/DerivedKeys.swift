import RheiArrow
import RheiCore

/// Leaves group keys out of the comparison that are computed from other keys alone, or from nothing: `x - 1` beside
/// `x`, or a constant. They are computed once per group, above the grouping.
enum DerivedKeys {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .aggregate(var aggregate) = plan, aggregate.keys.count > 1 else { return plan }
        var known: [ColumnID: Expression] = [:]
        for key in aggregate.keys where key.expression.type.hasOneFormPerValue {
            if let column = key.expression.columnID { known[column] = .column(key.id, key.expression.type) }
        }
        let derived = aggregate.keys.filter { key in
            key.expression.columnID == nil && key.expression.isDeterministic
                && key.expression.columns.allSatisfy { known[$0] != nil }
        }
        // One key stays: without any there would be a group where there is no row.
        guard !derived.isEmpty, derived.count < aggregate.keys.count else { return plan }
        let ids = Set(derived.map(\.id))
        let keys = aggregate.keys
        aggregate.keys.removeAll { ids.contains($0.id) }
        let columns = keys.map { key in
            ids.contains(key.id)
                ? ProjectedColumn(id: key.id, expression: key.expression.substituting(known))
                : ProjectedColumn(key.column)
        }
        return .project(.aggregate(aggregate), columns + aggregate.aggregates.map { ProjectedColumn($0.column) })
    }
}

extension DataType {
    /// Whether values that are equal as group keys are the same in every respect: not so 1 and 1.0, or 0.0 and -0.0.
    var hasOneFormPerValue: Bool {
        switch self {
        case .bool, .int8, .int16, .int32, .int64, .date32, .timestamp, .time64, .decimal128, .utf8View,
            .binaryView:
            true
        default: false
        }
    }
}
