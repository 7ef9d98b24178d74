import RheiPlan

extension PhysicalPlan {
    /// The table that a column comes from, as far as operators hand it on.
    private func scan(of column: ColumnID) -> PhysicalScan? {
        switch node {
        case .scan(let scan): return scan
        case .project(_, let expressions):
            guard let index = columns.firstIndex(where: { $0.id == column }),
                case .column(let source, _) = expressions[index]
            else { return nil }
            return children[0].scan(of: source)
        default:
            let child = children.first { $0.columns.contains { $0.id == column } }
            return child?.scan(of: column)
        }
    }

    /// Whether less than half of the values that a column has in its table are expected here.
    fileprivate func restricts(_ key: Expression) -> Bool {
        guard case .column(let column, _) = key, let scan = scan(of: column) else { return false }
        return estimatedRowCount * 2 < Double(scan.provider.rowCount)
    }
}

extension PhysicalHashJoin {
    /// Whether build rows that match no probe row have no part in the result.
    var dropsBuildRowsWithoutMatch: Bool {
        switch kind {
        case .inner, .left, .single, .semi: true
        case .anti: !yieldsBuildRows
        case .right, .full, .mark: false
        }
    }

    /// The key, if any, whose values on the build side are all that a column of the output has, and few.
    func restrictingKey(of column: ColumnID) -> Int? {
        guard kind == .inner || (kind == .semi && !yieldsBuildRows) else { return nil }
        return keys.firstIndex { key in
            guard !key.nullsMatch, build.restricts(key.build) else { return false }
            if case .column(column, _) = key.probe { return true }
            if case .column(column, _) = key.build { return kind == .inner }
            return false
        }
    }

    /// Whether output rows are probe rows, with their columns.
    var handsProbeColumnsOn: Bool {
        switch kind {
        case .inner, .left, .anti, .semi, .single, .mark: !yieldsBuildRows
        case .right, .full: false
        }
    }
}
