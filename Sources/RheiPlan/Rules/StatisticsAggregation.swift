import RheiArrow
import RheiCore

/// Answers aggregates over a whole table from what the table knows of its columns: `min`, `max` and `count` without
/// GROUP BY, condition and FILTER, where the statistics are exact.
enum StatisticsAggregation {
    static func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .aggregate(let aggregate) = plan, aggregate.keys.isEmpty, !aggregate.aggregates.isEmpty,
            let table = Table(aggregate.input)
        else { return plan }
        var results: [Expression] = []
        for column in aggregate.aggregates {
            guard let result = table.result(of: column.call) else { return plan }
            results.append(result)
        }
        return .values([results], columns: aggregate.aggregates.map(\.column))
    }

    /// All rows of one table.
    private struct Table {
        private let scan: LogicalScan
        /// What the columns of projections above the scan stand for.
        private let substitution: [ColumnID: Expression]

        init?(_ plan: LogicalPlan) {
            switch plan {
            case .scan(let scan): (self.scan, substitution) = (scan, [:])
            case .project(.scan(let scan), let columns):
                self.scan = scan
                substitution = Dictionary(
                    columns.map { ($0.id, $0.expression) }, uniquingKeysWith: { first, _ in first })
            default: return nil
            }
        }

        /// The result of a call as a constant; nil where it is not known.
        func result(of call: AggregateCall) -> Expression? {
            guard call.filter == nil else { return nil }
            switch call.function {
            case .countStar where !call.isDistinct:
                return scan.provider.exactRowCount.map { .literal(.integer(Int64($0)), .int64) }
            case .count where !call.isDistinct:
                guard let rowCount = scan.provider.exactRowCount, let nullCount = statistics(call)?.nullCount else {
                    return nil
                }
                return .literal(.integer(Int64(rowCount - nullCount)), .int64)
            case .minimum: return statistics(call).flatMap { bound($0.minimum, $0, call) }
            case .maximum: return statistics(call).flatMap { bound($0.maximum, $0, call) }
            default: return nil
            }
        }

        private func bound(
            _ bound: ScalarBound?, _ statistics: ColumnStatistics, _ call: AggregateCall
        ) -> Expression? {
            switch call.type {
            case .int64, .date32, .timestamp(.microsecond, timeZone: nil): break
            default: return nil
            }
            guard case .integer(let value) = bound else {
                return statistics.nullCount == scan.provider.exactRowCount ? .literal(.null, call.type) : nil
            }
            return .literal(.integer(value), call.type)
        }

        /// The exact statistics of a call's only argument, when that is a column of the table.
        private func statistics(_ call: AggregateCall) -> ColumnStatistics? {
            guard call.arguments.count == 1, var argument = call.arguments.first else { return nil }
            if case .column(let id, _) = argument { argument = substitution[id] ?? argument }
            if case .cast(let narrow, .represent, .int64) = argument, narrow.type.isNarrowInteger { argument = narrow }
            guard let id = argument.columnID, let place = scan.columns.firstIndex(where: { $0.id == id }) else {
                return nil
            }
            return scan.provider.exactStatistics(column: scan.tableColumns[place])
        }
    }
}

extension DataType {
    /// Whether the type holds integers that all are 64-bit integers as well.
    var isNarrowInteger: Bool {
        switch self {
        case .int8, .int16, .int32, .uint8, .uint16, .uint32: true
        default: false
        }
    }
}
