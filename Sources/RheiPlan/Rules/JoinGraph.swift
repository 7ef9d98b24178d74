import RheiArrow
import RheiCore

/// The inputs of a set of inner joins and the conditions between them.
///
/// Equalities of columns are kept as classes of equal columns: two parts that both hold a column of a class are joined
/// on one equality, whichever columns the query compared.
struct JoinGraph {
    private let leaves: [LogicalPlan]
    private let rowCounts: [Double]
    private let leafOfColumn: [ColumnID: Int]
    private let estimator: CardinalityEstimator
    /// Per class, the columns by leaf.
    private var classes: [[(leaf: Int, column: Expression)]] = []
    private var classLeaves: [Int] = []
    /// Per class, the values of the smallest key among its columns.
    private var keyCounts: [Double] = []
    /// Other conditions, with the leaves they read.
    private var conditions: [(expression: Expression, leaves: Int)] = []
    private var selectivities: [Double] = []

    var leafCount: Int { leaves.count }

    /// - Precondition: there are at most 64 leaves, or all further ones are only joined greedily.
    init(_ plans: [LogicalPlan], _ all: [Expression], _ estimator: CardinalityEstimator) {
        self.estimator = estimator
        var owner: [ColumnID: Int] = [:]
        for (index, plan) in plans.enumerated() {
            for id in plan.columnIDs { owner[id] = index }
        }
        leafOfColumn = owner
        let equivalence = ColumnEquivalence(all)
        var perLeaf = plans.map { _ in [Expression]() }
        for columns in equivalence.classes {
            let members = columns.compactMap { column -> (leaf: Int, column: Expression)? in
                column.columnID.flatMap { owner[$0] }.map { ($0, column) }
            }
            // Two columns of one leaf are compared in the leaf.
            for (index, member) in members.enumerated() {
                if let earlier = members[..<index].last(where: { $0.leaf == member.leaf }) {
                    perLeaf[member.leaf].append(.comparison(.equal, earlier.column, member.column, .binary))
                }
            }
            classes.append(members)
            keyCounts.append(members.reduce(.infinity) { min($0, estimator.keyCount($1.column)) })
            classLeaves.append(members.reduce(0) { $0 | (1 << $1.leaf) })
        }
        for condition in all where ColumnEquivalence.equality(condition) == nil {
            var read = 0
            for id in condition.columns { if let leaf = owner[id] { read |= 1 << leaf } }
            conditions.append((condition, read))
            selectivities.append(estimator.selectivity(condition))
        }
        leaves = zip(plans, perLeaf).map { PredicatePushdown.filtered($0, $1) }
        rowCounts = leaves.map { max(1, estimator.rowCount($0)) }
    }

    func tree(_ leaf: Int) -> JoinTree {
        JoinTree(plan: leaves[leaf], leaves: 1 << leaf, rowCount: rowCounts[leaf], cost: 0)
    }

    /// Whether some condition reads both parts and nothing else that is missing.
    func isConnected(_ left: Int, _ right: Int) -> Bool {
        for leaves in classLeaves where leaves & left != 0 && leaves & right != 0 { return true }
        for condition in conditions where spans(condition.leaves, left, right) { return true }
        return false
    }

    /// The leaves that share some condition with a part, and others of its own.
    func neighbours(of part: Int) -> Int {
        var found = 0
        for leaves in classLeaves where leaves & part != 0 { found |= leaves }
        for condition in conditions where condition.leaves & part != 0 { found |= condition.leaves }
        return found & ~part
    }

    /// Whether a part shares a condition with any leaf outside it.
    func isConnectedToRest(_ part: Int) -> Bool {
        for leaves in classLeaves where leaves & part != 0 && leaves & ~part != 0 { return true }
        for condition in conditions where condition.leaves & part != 0 && condition.leaves & ~part != 0 { return true }
        return false
    }

    private func spans(_ leaves: Int, _ left: Int, _ right: Int) -> Bool {
        leaves & left != 0 && leaves & right != 0 && leaves & ~(left | right) == 0
    }

    func estimate(_ left: JoinTree, _ right: JoinTree) -> JoinTree.Estimate {
        var rowCount = left.rowCount * right.rowCount
        // Without an equality all pairs are tried.
        var pairCount = rowCount
        let equal = classLeaves.indices.filter {
            classLeaves[$0] & left.leaves != 0 && classLeaves[$0] & right.leaves != 0
        }
        if !equal.isEmpty {
            rowCount /= valueCount(equal, left, right)
            pairCount = 0
        }
        for (index, condition) in conditions.enumerated() where spans(condition.leaves, left.leaves, right.leaves) {
            rowCount *= selectivities[index]
            if case .comparison(.equal, _, _, _) = condition.expression { pairCount = 0 }
        }
        rowCount = max(1, rowCount)
        return JoinTree.Estimate(
            left: left, right: right, rowCount: rowCount, cost: left.cost + right.cost + rowCount + pairCount)
    }

    /// Estimates the values among which equal rows of two parts meet.
    private func valueCount(_ classes: [Int], _ left: JoinTree, _ right: JoinTree) -> Double {
        if let only = classes.first, classes.count == 1 {
            return max(1, max(distinct(only, left), distinct(only, right)))
        }
        let (leftIDs, rightIDs) = (columnIDs(classes, left), columnIDs(classes, right))
        if let count = estimator.keyRowCount(Set((leftIDs + rightIDs).joined()), covering: classes.count) {
            return count
        }
        return max(1, max(combined(classes, leftIDs, left), combined(classes, rightIDs, right)))
    }

    /// Per class, its columns in the tree.
    private func columnIDs(_ classes: [Int], _ tree: JoinTree) -> [[ColumnID]] {
        classes.map { index in
            self.classes[index].filter { tree.leaves & (1 << $0.leaf) != 0 }.compactMap(\.column.columnID)
        }
    }

    private func combined(_ classes: [Int], _ ids: [[ColumnID]], _ tree: JoinTree) -> Double {
        let product = classes.reduce(1.0) { $0 * distinct($1, tree) }
        let largest = ids.joined().compactMap { estimator.columns[$0]?.table }.map { estimator.tables[$0].rowCount }
            .max()
        return min(product, largest ?? tree.rowCount)
    }

    private func distinct(_ index: Int, _ tree: JoinTree) -> Double {
        var found = Double.infinity
        for member in classes[index] where tree.leaves & (1 << member.leaf) != 0 {
            if let id = member.column.columnID {
                found = min(found, estimator.columns[id]?.distinctCount ?? rowCounts[member.leaf])
            }
        }
        return min(found, tree.rowCount, keyCounts[index])
    }

    /// Makes the join with all conditions that become decidable.
    func join(_ estimate: JoinTree.Estimate) -> JoinTree {
        let (left, right) = (estimate.left, estimate.right)
        var on: [Expression] = []
        for (index, leaves) in classLeaves.enumerated() where leaves & left.leaves != 0 && leaves & right.leaves != 0 {
            let first = classes[index].first { left.leaves & (1 << $0.leaf) != 0 }
            let second = classes[index].first { right.leaves & (1 << $0.leaf) != 0 }
            if let first, let second { on.append(.comparison(.equal, first.column, second.column, .binary)) }
        }
        for condition in conditions where spans(condition.leaves, left.leaves, right.leaves) {
            on.append(condition.expression)
        }
        return JoinTree(
            plan: .join(LogicalJoin(.inner, left.plan, right.plan, on: on)), leaves: left.leaves | right.leaves,
            rowCount: estimate.rowCount, cost: estimate.cost)
    }

    /// Conditions that no join of the tree holds: those that read a single leaf or none.
    func unplaced(_ leaves: Int) -> [Expression] {
        conditions.filter { $0.leaves.nonzeroBitCount <= 1 }.map(\.expression)
    }
}
