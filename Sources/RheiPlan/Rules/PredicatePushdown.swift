import RheiArrow
import RheiCore

/// Moves conditions to where their columns first come together: into scans, join conditions, below groupings by their
/// keys, and into the parts of unions. An outer join whose missing rows a condition rejects becomes an inner join.
struct PredicatePushdown {
    let context: PlanContext

    /// Rewrites a plan.
    func apply(_ plan: LogicalPlan) -> LogicalPlan { push([], into: plan) }

    /// Returns the plan with the rows for which all conditions are true.
    private func push(_ conditions: [Expression], into plan: LogicalPlan) -> LogicalPlan {
        let conditions = Self.normalized(conditions)
        if conditions.contains(where: { $0 == .falseLiteral || $0.isNullLiteral }) {
            return .values([], columns: plan.columns)
        }
        switch plan {
        case .filter(let input, let own): return push(own + conditions, into: input)
        case .project(let input, let columns):
            let computed = Dictionary(
                columns.filter { !$0.isPassedThrough }.map { ($0.id, $0.expression) },
                uniquingKeysWith: { first, _ in first })
            return .project(push(conditions.map { $0.substituting(computed) }, into: input), columns)
        case .aggregate(let aggregate): return push(conditions, into: aggregate)
        case .window(let window): return push(conditions, into: window)
        case .join(let join): return push(conditions, into: join)
        case .sort(let input, let keys): return .sort(push(conditions, into: input), keys)
        case .expand(let expansion): return push(conditions, into: expansion)
        case .unionAll(let inputs, let columns):
            let parts = inputs.map { input in
                let pairs = zip(columns, input.columns).map { ($0.id, Expression.column($1.id, $1.type)) }
                let renamed = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
                return push(conditions.map { $0.substituting(renamed) }, into: input).exactly(input.columns)
            }
            return .unionAll(parts, columns: columns)
        case .scan, .values, .limit, .shared, .recursion:
            return Self.filtered(plan.mapInputs { push([], into: $0) }, conditions)
        }
    }

    /// Opens ANDs, takes common conditions out of ORs, and drops what is always true or said twice.
    private static func normalized(_ conditions: [Expression]) -> [Expression] {
        var result: [Expression] = []
        var seen = Set<Expression>()
        for condition in conditions.flatMap(\.conjuncts).flatMap(DisjunctionFactoring.factored)
        where condition != .trueLiteral && seen.insert(condition).inserted {
            result.append(condition)
        }
        return result
    }

    static func filtered(_ plan: LogicalPlan, _ conditions: [Expression]) -> LogicalPlan {
        conditions.isEmpty ? plan : .filter(plan, conditions)
    }

    /// A condition on group keys holds for all rows of a group or for none.
    private func push(_ conditions: [Expression], into aggregate: LogicalAggregate) -> LogicalPlan {
        let keys = Set(aggregate.keys.map(\.id))
        let below = keys.isEmpty ? [] : conditions.filter { $0.columns.isSubset(of: keys) && !$0.columns.isEmpty }
        let expressions = Dictionary(
            aggregate.keys.map { ($0.id, $0.expression) }, uniquingKeysWith: { first, _ in first })
        var result = aggregate
        result.input = push(below.map { $0.substituting(expressions) }, into: aggregate.input)
        return Self.filtered(.aggregate(result), conditions.filter { !below.contains($0) })
    }

    /// Conditions on the input's columns move below; the others are tested on the function's rows.
    private func push(_ conditions: [Expression], into expansion: LogicalExpansion) -> LogicalPlan {
        let input = expansion.input.columnIDs
        let below = conditions.filter { $0.columns.isSubset(of: input) }
        var result = expansion
        result.input = push(below, into: expansion.input)
        let above = conditions.filter { !$0.columns.isSubset(of: input) }
        if result.keepsInput { return Self.filtered(.expand(result), above) }
        result.condition = Self.normalized(result.condition + above)
        return .expand(result)
    }

    /// A condition on partition columns keeps or drops whole partitions; any other would change what functions see.
    private func push(_ conditions: [Expression], into window: LogicalWindow) -> LogicalPlan {
        let partition = window.partitionColumns
        let below = conditions.filter { !$0.columns.isEmpty && $0.columns.isSubset(of: partition) }
        var result = window
        result.input = push(below, into: window.input)
        return Self.filtered(.window(result), conditions.filter { !below.contains($0) })
    }

    // MARK: joins

    private func push(_ conditions: [Expression], into join: LogicalJoin) -> LogicalPlan {
        switch join.kind {
        case .inner: return pushCluster(conditions, .join(join))
        case .left: return pushLeft(conditions, join)
        case .semi, .anti, .mark, .single: return pushOneSided(conditions, join)
        case .right, .full:
            var result = join
            result.left = push([], into: join.left)
            result.right = push([], into: join.right)
            return Self.filtered(.join(result), conditions)
        }
    }

    /// All inner joins that are directly above each other are one set of inputs and one set of conditions.
    private func pushCluster(_ conditions: [Expression], _ plan: LogicalPlan) -> LogicalPlan {
        var all = conditions
        var leaves: [LogicalPlan] = []
        Self.flatten(plan, into: &leaves, &all)
        all = Self.normalized(all)
        var didChange = true
        while didChange {
            didChange = false
            for index in leaves.indices {
                guard case .join(let join) = leaves[index], join.kind == .left, Self.rejectsMissing(all, join) else {
                    continue
                }
                var inner = join
                inner.kind = .inner
                var parts: [LogicalPlan] = []
                Self.flatten(.join(inner), into: &parts, &all)
                leaves.replaceSubrange(index...index, with: parts)
                all = Self.normalized(all)
                didChange = true
                break
            }
        }
        all += ColumnEquivalence(all).impliedConstants()
        return connect(leaves, all)
    }

    private static func flatten(
        _ plan: LogicalPlan, into leaves: inout [LogicalPlan], _ conditions: inout [Expression]
    ) {
        switch plan {
        case .join(let join) where join.kind == .inner && !join.isDependent:
            flatten(join.left, into: &leaves, &conditions)
            flatten(join.right, into: &leaves, &conditions)
            conditions += join.condition
        case .filter(let input, let own):
            conditions += own
            flatten(input, into: &leaves, &conditions)
        case .project(let input, let columns) where columns.allSatisfy(\.isPassedThrough) && input.isJoinOrScan:
            flatten(input, into: &leaves, &conditions)
        default: leaves.append(plan)
        }
    }

    /// Joins the leaves in their order, each condition where its columns are first together.
    private func connect(_ leaves: [LogicalPlan], _ conditions: [Expression]) -> LogicalPlan {
        let available = leaves.map(\.columnIDs)
        var perLeaf = leaves.map { _ in [Expression]() }
        var rest: [Expression] = []
        var constants: [Expression] = []
        for condition in conditions {
            let read = condition.columns
            if read.isEmpty {
                constants.append(condition)
            } else if let leaf = available.firstIndex(where: { read.isSubset(of: $0) }) {
                perLeaf[leaf].append(condition)
            } else {
                rest.append(condition)
                for (leaf, columns) in available.enumerated() {
                    if let implied = DisjunctionFactoring.implied(by: condition, over: columns) {
                        perLeaf[leaf].append(implied)
                    }
                }
            }
        }
        var plan = push(perLeaf[0] + constants, into: leaves[0])
        var columns = available[0]
        for index in leaves.indices.dropFirst() {
            columns.formUnion(available[index])
            let ready = rest.filter { $0.columns.isSubset(of: columns) }
            rest.removeAll { $0.columns.isSubset(of: columns) }
            plan = .join(LogicalJoin(.inner, plan, push(perLeaf[index], into: leaves[index]), on: ready))
        }
        // What is left reads columns of an outer query.
        return Self.filtered(plan, rest)
    }

    /// Whether some condition is never true for the row of nulls that an outer join puts for a missing match.
    private static func rejectsMissing(_ conditions: [Expression], _ join: LogicalJoin) -> Bool {
        var rejected = Set<ColumnID>()
        for condition in conditions { condition.collectNullRejected(into: &rejected) }
        return !rejected.isDisjoint(with: join.right.columnIDs)
    }

    private func pushLeft(_ conditions: [Expression], _ join: LogicalJoin) -> LogicalPlan {
        if Self.rejectsMissing(conditions, join) {
            var inner = join
            inner.kind = .inner
            return pushCluster(conditions, .join(inner))
        }
        if let (anti, rest) = Self.antiJoin(conditions, join) { return push(rest, into: anti) }
        return pushOneSided(conditions, join)
    }

    /// The left join as an anti join, where a condition asks for the rows without a match: that a column is null which
    /// no match has null.
    ///
    /// - Returns: the join with nulls for the right columns, and the other conditions.
    private static func antiJoin(
        _ conditions: [Expression], _ join: LogicalJoin
    ) -> (plan: LogicalPlan, rest: [Expression])? {
        var present = join.right.nonNullColumns
        for condition in join.condition { condition.collectNullRejected(into: &present) }
        present.formIntersection(join.right.columnIDs)
        let asked = conditions.filter { condition in
            guard case .isNull(let operand) = condition, let id = operand.columnID else { return false }
            return present.contains(id)
        }
        guard !asked.isEmpty else { return nil }
        var anti = join
        anti.kind = .anti
        let nulls = join.right.columns.map { ProjectedColumn(id: $0.id, expression: .literal(.null, $0.type)) }
        let columns = join.left.columns.map { ProjectedColumn($0) } + nulls
        return (.project(.join(anti), columns), conditions.filter { !asked.contains($0) })
    }

    /// Joins that keep or choose left rows: conditions on left columns move to the left side, those of the join on
    /// right columns alone to the right side.
    private func pushOneSided(_ conditions: [Expression], _ join: LogicalJoin) -> LogicalPlan {
        var join = join
        var conditions = conditions
        if join.kind == .mark, let mark = join.mark { Self.dropMark(mark, &join, &conditions) }
        let left = join.left.columnIDs
        let right = join.right.columnIDs
        var toLeft = conditions.filter { $0.columns.isSubset(of: left) }
        let above = conditions.filter { !$0.columns.isSubset(of: left) }
        var own = Self.normalized(join.condition)
        let toRight = own.filter { !$0.columns.isEmpty && $0.columns.isSubset(of: right) }
        own.removeAll { toRight.contains($0) }
        if join.kind == .semi {
            toLeft += own.filter { $0.columns.isSubset(of: left) }
            own.removeAll { $0.columns.isSubset(of: left) }
        }
        // What the left rows fulfil, their matches fulfil on the columns that are equal.
        let implied = ColumnEquivalence(own + toLeft).impliedConstants().filter { $0.columns.isSubset(of: right) }
        join.condition = own
        join.left = push(toLeft, into: join.left)
        join.right = push(toRight + implied, into: join.right)
        return Self.filtered(.join(join), above)
    }

    /// A mark that is only asked to be true is a semi join; one that is only asked to be false is an anti join, where
    /// no comparison can be unknown.
    private static func dropMark(_ mark: ColumnID, _ join: inout LogicalJoin, _ conditions: inout [Expression]) {
        let column = Expression.column(mark, .bool)
        let uses = conditions.filter { $0.columns.contains(mark) }
        guard uses.count == 1 else { return }
        if uses[0] == column {
            join.kind = .semi
        } else if uses[0] == .not(column) {
            let nonNull = join.left.nonNullColumns.union(join.right.nonNullColumns)
            guard !join.membership.contains(where: { $0.isNullable(nonNull: nonNull) }) else { return }
            join.kind = .anti
        } else {
            return
        }
        conditions.removeAll { $0.columns.contains(mark) }
        join.condition += join.membership
        join.membership = []
        join.mark = nil
    }
}

extension LogicalPlan {
    fileprivate var isJoinOrScan: Bool {
        switch self {
        case .scan: true
        case .join(let join): join.kind == .inner && !join.isDependent
        case .filter(let input, _): input.isJoinOrScan
        default: false
        }
    }
}
