import RheiArrow
import RheiCore

/// The condition of a join, taken apart for an algorithm.
struct JoinParts {
    var keys: [JoinKey] = []
    /// Conditions that no key expresses.
    var residual: [Expression] = []
    /// Expressions of the build side that must not be null for a key to say what its condition says.
    var notNull: [Expression] = []
}

extension PhysicalPlanner {
    func convert(_ join: LogicalJoin, _ plan: LogicalPlan) throws -> PhysicalPlan {
        precondition(!join.isDependent, "dependent joins are unnested before")
        let join = swapped(join)
        let probe = try convert(join.left)
        let build = try convert(join.right)
        var columns = probe.columns
        if join.kind.yieldsRight { columns += build.columns }
        if let mark = join.mark { columns.append(PlanColumn(id: mark, type: .bool)) }
        let parts = join.kind == .mark ? markParts(join) : parts(join.condition, join)
        guard var parts else { return nestedLoop(join, probe, build, columns) }
        let yieldsBuild = !parts.keys.isEmpty && yieldsBuildRows(join)
        let range = yieldsBuild ? nil : try takeRange(&parts, join)
        guard !parts.keys.isEmpty || range != nil else { return nestedLoop(join, probe, build, columns) }
        if yieldsBuild { return buildYielding(join, parts, left: probe, right: build) }
        var buildInput = build
        if !parts.notNull.isEmpty {
            let conditions = parts.notNull.map { Expression.not(.isNull($0)) }
            buildInput = PhysicalPlan(
                node: .filter(build, conditions), columns: build.columns, estimatedRowCount: build.estimatedRowCount)
        }
        let node = PhysicalHashJoin(
            kind: join.nearest == nil ? join.kind : .left, probe: probe, build: buildInput, keys: parts.keys,
            range: range,
            residual: parts.residual.isEmpty ? nil : .conjunction(parts.residual),
            buildIsUnique: join.nearest != nil || isUnique(join.right, parts.keys))
        return PhysicalPlan(
            node: .hashJoin(node), columns: columns, estimatedRowCount: estimator.rowCount(.join(join)))
    }

    private func nestedLoop(
        _ join: LogicalJoin, _ probe: PhysicalPlan, _ build: PhysicalPlan, _ columns: [PlanColumn]
    ) -> PhysicalPlan {
        let node = PhysicalNestedLoopJoin(
            kind: join.kind, probe: probe, build: build, condition: nestedCondition(join))
        return PhysicalPlan(
            node: .nestedLoopJoin(node), columns: columns, estimatedRowCount: estimator.rowCount(.join(join)))
    }

    /// Puts the side on the right, where the hash table is built, whose rows cost less to keep, as far as the kind
    /// allows.
    private func swapped(_ join: LogicalJoin) -> LogicalJoin {
        guard mayReorder, join.kind == .inner || join.kind == .left || join.kind == .full else { return join }
        // A recursion can keep what it built from round to round as long as its own rows only probe.
        if join.left.readsWorkingTable { return join }
        let left = buildCost(join.left)
        let right = buildCost(join.right)
        // Keeping the probe order is worth something, and for an outer join a build row must remember its matches.
        guard (join.kind == .inner && join.right.readsWorkingTable) || left < (join.kind == .inner ? right : right / 2)
        else { return join }
        if join.kind == .left, parts(join.condition, join).keys.isEmpty { return join }
        var swapped = join
        swapped.left = join.right
        swapped.right = join.left
        swapped.rightIsAtMostOne = false
        if join.kind == .left { swapped.kind = .right }
        return swapped
    }

    /// Estimates what it costs to keep the rows of a plan and a table over them, in columns that are written: an entry of
    /// the table as four, a text as two.
    private func buildCost(_ plan: LogicalPlan) -> Double {
        let width = plan.columns.reduce(4.0) { $0 + ($1.type.isString ? 2 : 1) }
        return estimator.rowCount(plan) * width
    }

    /// Whether a semi or anti join holds its left side in memory and streams the right one, because that is larger.
    private func yieldsBuildRows(_ join: LogicalJoin) -> Bool {
        guard mayReorder, join.kind == .semi || join.kind == .anti else { return false }
        if join.left.readsWorkingTable || join.right.readsWorkingTable { return false }
        return estimator.rowCount(join.left) < estimator.rowCount(join.right) / 2
    }

    private func buildYielding(
        _ join: LogicalJoin, _ parts: JoinParts, left: PhysicalPlan, right: PhysicalPlan
    ) -> PhysicalPlan {
        let keys = parts.keys.map { JoinKey(probe: $0.build, build: $0.probe, nullsMatch: $0.nullsMatch) }
        var node = PhysicalHashJoin(
            kind: join.kind, probe: right, build: left, keys: keys,
            residual: parts.residual.isEmpty ? nil : .conjunction(parts.residual),
            buildIsUnique: isUnique(join.left, keys))
        node.yieldsBuildRows = true
        return PhysicalPlan(
            node: .hashJoin(node), columns: left.columns, estimatedRowCount: estimator.rowCount(.join(join)))
    }

    private func nestedCondition(_ join: LogicalJoin) -> Expression? {
        let conditions = join.kind == .mark ? join.condition.map(\.isTrue) + join.membership : join.condition
        return conditions.isEmpty ? nil : .conjunction(conditions)
    }

    /// Splits a condition into hash keys and the rest.
    private func parts(_ conditions: [Expression], _ join: LogicalJoin) -> JoinParts {
        let left = join.left.columnIDs
        let right = join.right.columnIDs
        var parts = JoinParts()
        for condition in conditions.flatMap(\.conjuncts) {
            if let key = Self.key(condition, left, right) {
                if !parts.keys.contains(key) { parts.keys.append(key) }
            } else {
                parts.residual.append(condition)
            }
        }
        return parts
    }

    /// The keys of a mark join, or nil where only trying all pairs gives its three values: a hash join can tell
    /// unknown from false for one comparison.
    private func markParts(_ join: LogicalJoin) -> JoinParts? {
        let left = join.left.columnIDs
        let right = join.right.columnIDs
        var parts = JoinParts()
        let nonNullRight = join.right.nonNullColumns
        for condition in join.condition.flatMap(\.conjuncts) {
            guard var key = Self.key(condition, left, right) else { return nil }
            if !key.nullsMatch {
                // The correlation is true or not: with nulls kept out of the build side no null finds a match.
                if key.build.isNullable(nonNull: nonNullRight) { parts.notNull.append(key.build) }
                key.nullsMatch = true
            }
            parts.keys.append(key)
        }
        var threeValued = 0
        let nonNullLeft = join.left.nonNullColumns
        for condition in join.membership.flatMap(\.conjuncts) {
            guard var key = Self.key(condition, left, right) else { return nil }
            let isNullable = key.probe.isNullable(nonNull: nonNullLeft) || key.build.isNullable(nonNull: nonNullRight)
            if isNullable { threeValued += 1 } else { key.nullsMatch = true }
            parts.keys.append(key)
        }
        return threeValued <= 1 ? parts : nil
    }

    /// The hash key that an equality between the two sides is, with types and collation made fit for hashing.
    static func key(_ condition: Expression, _ left: Set<ColumnID>, _ right: Set<ColumnID>) -> JoinKey? {
        guard case .comparison(let op, let first, let second, let collation) = condition,
            op == .equal || op == .isNotDistinct
        else { return nil }
        let firstColumns = first.columns
        let secondColumns = second.columns
        if firstColumns.isEmpty || secondColumns.isEmpty { return nil }
        let probe: Expression
        let build: Expression
        if firstColumns.isSubset(of: left), secondColumns.isSubset(of: right) {
            (probe, build) = (first, second)
        } else if firstColumns.isSubset(of: right), secondColumns.isSubset(of: left) {
            (probe, build) = (second, first)
        } else {
            return nil
        }
        let type = probe.type == build.type ? probe.type : DataType.any
        return JoinKey(
            probe: CollationFolding.fold(probe.represented(as: type), collation),
            build: CollationFolding.fold(build.represented(as: type), collation), nullsMatch: op == .isNotDistinct)
    }

    private func isUnique(_ build: LogicalPlan, _ keys: [JoinKey]) -> Bool {
        if build.isAtMostOneRow { return true }
        // Asking every join for the keys of the joins below it would cost the square of their number.
        if case .join = build { return false }
        let columns = Set(keys.filter { !$0.nullsMatch }.compactMap { $0.build.columnID })
        return build.uniqueKeys.contains { $0.isSubset(of: columns) }
    }
}
