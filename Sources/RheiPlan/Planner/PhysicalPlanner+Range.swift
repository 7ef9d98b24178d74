import RheiArrow
import RheiCore

/// Which inequalities of a join are answered from rows in order.
///
/// Rows between two bounds of one value are found by halving. For a value between two columns of the build side, as in
/// a table of intervals, rows are ordered by the lower one, and those of which the upper one is too small are led over.
extension PhysicalPlanner {
    /// From so many build rows on it pays to order them instead of trying all pairs.
    private var leastRowCount: Double { Double(vectorSize / 8) }
    /// From so many build rows of a key on.
    private var leastRowsPerKey: Double { Double(vectorSize / 128) }

    /// Takes a range out of the conditions that no key expresses; nil where none pays.
    func takeRange(_ parts: inout JoinParts, _ join: LogicalJoin) throws -> JoinRange? {
        let found = parts.residual.map {
            JoinInequality($0, probe: join.left.columnIDs, build: join.right.columnIDs)
        }
        if let key = join.nearest { return try nearestRange(key, &parts, found) }
        guard Self.takesRange(join.kind), found.contains(where: { $0 != nil }), isWorthOrder(join, parts) else {
            return nil
        }
        guard let range = between(&parts, found) ?? reaching(parts, found) else {
            return single(&parts, found, join)
        }
        return range
    }

    private static func takesRange(_ kind: JoinKind) -> Bool {
        switch kind {
        case .inner, .left, .right, .full, .semi, .anti: true
        case .single, .mark: false
        }
    }

    private func isWorthOrder(_ join: LogicalJoin, _ parts: JoinParts) -> Bool {
        let build = estimator.rowCount(join.right)
        guard !parts.keys.isEmpty else { return build >= leastRowCount }
        return build / estimator.groupCount(parts.keys.map(\.build), build) >= leastRowsPerKey
    }

    /// The nearest row by the sorted value; every condition is a key or a bound of it.
    private func nearestRange(_ key: SortKey, _ parts: inout JoinParts, _ found: [JoinInequality?]) throws -> JoinRange
    {
        let bounds = found.compactMap { $0 }.filter { $0.build == key.expression }.map(\.bound)
        guard bounds.count == parts.residual.count, bounds.contains(where: { $0.isUpper == key.isDescending }) else {
            throw EngineError.unsupported("the nearest row by these conditions")
        }
        parts.residual = []
        return JoinRange(
            build: key.expression, collation: key.collation,
            bounds: bounds.filter { $0.isUpper == key.isDescending } + bounds.filter { $0.isUpper != key.isDescending },
            takesNearest: true)
    }

    /// Both bounds of one value.
    private func between(_ parts: inout JoinParts, _ found: [JoinInequality?]) -> JoinRange? {
        for (index, upper) in found.enumerated() {
            guard let upper, upper.bound.isUpper else { continue }
            for (other, lower) in found.enumerated() {
                guard let lower, !lower.bound.isUpper, lower.build == upper.build, lower.collation == upper.collation
                else { continue }
                parts.remove([index, other])
                return JoinRange(build: upper.build, collation: upper.collation, bounds: [lower.bound, upper.bound])
            }
        }
        return nil
    }

    /// A bound of one value from above and one of another value from below.
    private func reaching(_ parts: JoinParts, _ found: [JoinInequality?]) -> JoinRange? {
        guard let upper = found.compactMap({ $0 }).first(where: { $0.bound.isUpper }),
            let lower = found.compactMap({ $0 }).first(where: { !$0.bound.isUpper && $0.collation == .binary })
        else { return nil }
        return JoinRange(
            build: upper.build, collation: upper.collation, bounds: [upper.bound],
            reach: JoinRange.Reach(build: lower.build, probe: lower.bound.probe))
    }

    /// One bound: of the rows of a key, or where it alone tells whether there is a match.
    private func single(_ parts: inout JoinParts, _ found: [JoinInequality?], _ join: LogicalJoin) -> JoinRange? {
        let onlyAsks = (join.kind == .semi || join.kind == .anti) && parts.residual.count == 1
        guard !parts.keys.isEmpty || onlyAsks, let index = found.firstIndex(where: { $0 != nil }),
            let bound = found[index]
        else { return nil }
        parts.remove([index])
        return JoinRange(build: bound.build, collation: bound.collation, bounds: [bound.bound])
    }
}

extension JoinParts {
    /// Removes conditions that a range expresses.
    fileprivate mutating func remove(_ indices: [Int]) {
        residual = residual.enumerated().filter { !indices.contains($0.offset) }.map(\.element)
    }
}
