import RheiArrow
import RheiCore

/// What is known of the integers of tables below joins, filters, sorts and projections.
struct IntegerBounds {
    private var scans: [LogicalScan] = []
    private var substitution: [ColumnID: Expression] = [:]
    private var isJoined = false

    init(_ plan: LogicalPlan) { look(at: plan) }

    private mutating func look(at plan: LogicalPlan) {
        switch plan {
        case .scan(let scan): scans.append(scan)
        case .filter(let input, _), .sort(let input, _), .limit(let input, _, _): look(at: input)
        case .project(let input, let columns):
            look(at: input)
            for column in columns where !column.isPassedThrough {
                substitution[column.id] = column.expression.substituting(substitution)
            }
        case .join(let join):
            isJoined = true
            look(at: join.left)
            look(at: join.right)
        default: break
        }
    }

    /// Whether sums of a call's only argument plus `offset`, and each summand, stay far from the ends of 64 bits, even
    /// over far more rows than there can be.
    func allow(_ arguments: [Expression], offset: Int64) -> Bool {
        guard arguments.count == 1 else { return false }
        var operand = arguments[0].substituting(substitution)
        if case .cast(let narrow, .represent, .int64) = operand, narrow.type.isNarrowInteger { operand = narrow }
        guard let id = operand.columnID, operand.type == .int64 || operand.type.isNarrowInteger,
            let statistics = statistics(id), case .integer(let low) = statistics.minimum,
            case .integer(let high) = statistics.maximum
        else { return false }
        // A table has less than 2^28 rows here, a join yields less than 2^38 before its query is given up.
        let limit = UInt64(1) << (isJoined ? 24 : 31)
        return low.magnitude < limit && high.magnitude < limit && offset.magnitude < limit
    }

    private func statistics(_ id: ColumnID) -> ColumnStatistics? {
        for scan in scans {
            guard let place = scan.columns.firstIndex(where: { $0.id == id }) else { continue }
            guard scan.provider.rowCount < 1 << 28 else { return nil }
            return scan.provider.statistics(column: scan.tableColumns[place])
        }
        return nil
    }
}
