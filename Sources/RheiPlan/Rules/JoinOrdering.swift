import RheiArrow
import RheiCore

/// Chooses the order of inner joins by the estimated sizes of their results.
///
/// Up to ten inputs every tree without avoidable cross products is considered (dynamic programming over subsets);
/// beyond that the pair with the smallest result is joined first, again and again ("Greedy Operator Ordering",
/// Fegaras, DEXA 1998).
struct JoinOrdering {
    let estimator: CardinalityEstimator
    private static let exhaustiveLimit = 10
    /// Sets of inputs are bits of an `Int`.
    private static let inputLimit = 64

    /// Reorders every set of inner joins in the plan.
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        guard case .join(let join) = plan, join.kind == .inner else { return plan.mapInputs(apply) }
        var leaves: [LogicalPlan] = []
        var conditions: [Expression] = []
        flatten(plan, &leaves, &conditions)
        if leaves.count > Self.inputLimit { return plan.mapInputs(apply) }
        leaves = leaves.map(apply)
        let graph = JoinGraph(leaves, conditions, estimator)
        let tree = leaves.count <= Self.exhaustiveLimit ? exhaustive(graph) : greedy(graph)
        return PredicatePushdown.filtered(tree.plan, graph.unplaced(tree.leaves))
    }

    private func flatten(_ plan: LogicalPlan, _ leaves: inout [LogicalPlan], _ conditions: inout [Expression]) {
        guard case .join(let join) = plan, join.kind == .inner else { return leaves.append(plan) }
        flatten(join.left, &leaves, &conditions)
        flatten(join.right, &leaves, &conditions)
        conditions += join.condition
    }

    /// Finds the cheapest tree over all subsets of inputs; the cost is the sum of all intermediate results.
    private func exhaustive(_ graph: JoinGraph) -> JoinTree {
        let count = graph.leafCount
        var best = [JoinTree?](repeating: nil, count: 1 << count)
        for leaf in 0..<count { best[1 << leaf] = graph.tree(leaf) }
        let all = (1 << count) - 1
        for subset in 1...all where best[subset] == nil {
            var cheapest: JoinTree.Estimate?
            for allowCross in [false, true] where cheapest == nil {
                var part = (subset - 1) & subset
                while part > 0 {
                    let other = subset & ~part
                    // Each split is seen twice; the half that holds the lowest leaf stands for both.
                    if part & (subset & -subset) != 0, let left = best[part], let right = best[other],
                        allowCross || graph.isConnected(part, other)
                    {
                        let estimate = graph.estimate(left, right)
                        if cheapest.map({ estimate.cost < $0.cost }) ?? true { cheapest = estimate }
                    }
                    part = (part - 1) & subset
                }
                // A cross product is worth a thought only where nothing connects, or in the end.
                if !allowCross, cheapest == nil, subset != all, graph.isConnectedToRest(subset) { break }
            }
            if let cheapest { best[subset] = graph.join(cheapest) }
        }
        return best[all] ?? greedy(graph)
    }

    /// Joins the connected pair with the smallest result, again and again; what is not connected in the end is joined
    /// by cross products, small ones first. Only pairs with the newest tree are estimated anew.
    private func greedy(_ graph: JoinGraph) -> JoinTree {
        var trees: [JoinTree?] = (0..<graph.leafCount).map { graph.tree($0) }
        var pairs: [GreedyPair] = []
        for first in trees.indices { pairs += Self.pairs(of: first, after: first, trees, graph) }
        while let best = pairs.min(by: { $0.estimate.rowCount < $1.estimate.rowCount }) {
            trees[best.first] = graph.join(best.estimate)
            trees[best.second] = nil
            pairs.removeAll { pair in
                [pair.first, pair.second].contains { $0 == best.first || $0 == best.second }
            }
            pairs += Self.pairs(of: best.first, after: -1, trees, graph)
        }
        var rest = trees.compactMap { $0 }.sorted { $0.rowCount < $1.rowCount }
        while rest.count > 1 {
            let joined = graph.join(graph.estimate(rest[0], rest[1]))
            rest.removeFirst(2)
            rest.insert(joined, at: rest.firstIndex { $0.rowCount > joined.rowCount } ?? rest.count)
        }
        return rest[0]
    }

    /// Two trees, by their places, and what joining them would give.
    private struct GreedyPair {
        var first: Int
        var second: Int
        var estimate: JoinTree.Estimate
    }

    /// The pairs of one tree with those connected to it that stand behind `start`.
    private static func pairs(
        of index: Int, after start: Int, _ trees: [JoinTree?], _ graph: JoinGraph
    ) -> [GreedyPair] {
        guard let tree = trees[index] else { return [] }
        let neighbours = graph.neighbours(of: tree.leaves)
        var found: [GreedyPair] = []
        for other in trees.indices where other > start && other != index {
            guard let candidate = trees[other], candidate.leaves & neighbours != 0,
                graph.isConnected(tree.leaves, candidate.leaves)
            else { continue }
            found.append(GreedyPair(first: index, second: other, estimate: graph.estimate(tree, candidate)))
        }
        return found
    }
}

/// A join tree over some of a graph's leaves, which are the bits of `leaves`.
struct JoinTree {
    var plan: LogicalPlan
    var leaves: Int
    var rowCount: Double
    var cost: Double

    /// What joining two trees would give.
    struct Estimate {
        var left: JoinTree
        var right: JoinTree
        var rowCount: Double
        var cost: Double
    }
}
