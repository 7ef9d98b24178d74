import RheiCore

extension WindowCall {
    /// The call as written in plans, with the keys of its operator.
    func text(_ keys: [SortKey], _ name: (ColumnID) -> String) -> String {
        let label =
            switch function {
            case .rowNumber: "row_number"
            case .rank: "rank"
            case .denseRank: "dense_rank"
            case .percentRank: "percent_rank"
            case .cumeDist: "cume_dist"
            case .ntile: "ntile"
            case .lag: "lag"
            case .lead: "lead"
            case .firstValue: "first_value"
            case .lastValue: "last_value"
            case .nthValue: "nth_value"
            case .aggregate(let function): function.label
            }
        var list = arguments.map { $0.text(name) }.joined(separator: ", ")
        if case .aggregate(.countStar) = function { list = "*" }
        var window: [String] = []
        let partition = keys.prefix(partitionKeyCount).map { $0.text(name) }
        if !partition.isEmpty { window.append("PARTITION BY " + partition.joined(separator: ", ")) }
        let order = keys.dropFirst(partitionKeyCount).prefix(orderKeyCount).map { $0.text(name) }
        if !order.isEmpty { window.append("ORDER BY " + order.joined(separator: ", ")) }
        if frame != .partition { window.append(frame.text) }
        return "\(label)(\(list))" + (filter.map { " FILTER (\($0.text(name)))" } ?? "")
            + " OVER (\(window.joined(separator: " ")))"
    }
}

extension FrameExtent {
    /// The frame as SQL writes it.
    var text: String {
        let exclusion =
            switch exclusion {
            case .none: ""
            case .noOthers: " EXCLUDE NO OTHERS"
            case .currentRow: " EXCLUDE CURRENT ROW"
            case .group: " EXCLUDE GROUP"
            case .ties: " EXCLUDE TIES"
            }
        return "\(unit.rawValue.uppercased()) BETWEEN \(Self.text(start)) AND \(Self.text(end))" + exclusion
    }

    private static func text(_ bound: Bound) -> String {
        switch bound {
        case .unboundedPreceding: "UNBOUNDED PRECEDING"
        case .preceding(let offset): "\(text(offset)) PRECEDING"
        case .currentRow: "CURRENT ROW"
        case .following(let offset): "\(text(offset)) FOLLOWING"
        case .unboundedFollowing: "UNBOUNDED FOLLOWING"
        }
    }

    private static func text(_ offset: SQLValue) -> String {
        switch offset {
        case .integer(let value): "\(value)"
        case .real(let value): "\(value)"
        default: "?"
        }
    }
}
