import RheiArrow
import RheiCore

/// Derives from a scan's conditions the bounds by which it can leave out row groups.
enum ZoneFilters {
    static func derive(from condition: Expression, _ scan: LogicalScan) -> [ScanFilter] {
        switch condition {
        case .comparison(let op, let left, let right, _):
            if let filter = filter(op, left, right, scan) { return [filter] }
            return filter(op.mirrored, right, left, scan).map { [$0] } ?? []
        case .inList(let operand, let values, _): return bounds(of: values, operand, scan)
        default: return []
        }
    }

    private static func filter(
        _ op: ComparisonOperator, _ column: Expression, _ constant: Expression, _ scan: LogicalScan
    ) -> ScanFilter? {
        guard let index = tableColumn(column, beside: constant, scan), let bound = bound(constant) else { return nil }
        let comparison: ScanFilter.Comparison
        switch op {
        case .equal, .isNotDistinct: comparison = .equal
        case .less: comparison = .less
        case .lessOrEqual: comparison = .lessOrEqual
        case .greater: comparison = .greater
        case .greaterOrEqual: comparison = .greaterOrEqual
        case .notEqual, .isDistinct: return nil
        }
        return ScanFilter(column: index, comparison: comparison, value: bound)
    }

    /// A list lies between its smallest and its largest member.
    private static func bounds(of values: [Expression], _ operand: Expression, _ scan: LogicalScan) -> [ScanFilter] {
        guard let first = values.first, let index = tableColumn(operand, beside: first, scan) else { return [] }
        let bounds = values.compactMap(bound)
        guard bounds.count == values.count, let low = bounds.min(by: { $0.number < $1.number }),
            let high = bounds.max(by: { $0.number < $1.number })
        else { return [] }
        return [
            ScanFilter(column: index, comparison: .greaterOrEqual, value: low),
            ScanFilter(column: index, comparison: .lessOrEqual, value: high),
        ]
    }

    /// Only columns of numbers, dates and timestamps have bounds that order as the comparison does.
    private static func tableColumn(
        _ expression: Expression, beside constant: Expression, _ scan: LogicalScan
    ) -> Int? {
        guard case .column(let id, let type) = expression else { return nil }
        let isCalendar = type == .date32 || type == .timestamp
        guard type == .int64 || type == .float64 || (isCalendar && constant.type == type) else { return nil }
        return scan.columns.firstIndex { $0.id == id }.map { scan.tableColumns[$0] }
    }

    private static func bound(_ expression: Expression) -> ScalarBound? {
        switch expression.literalValue {
        case .integer(let value): .integer(value)
        case .real(let value): .real(value)
        default: nil
        }
    }
}
