/// One operator of a physical plan as EXPLAIN shows it.
package struct PlanOperator: Sendable {
    /// 0 for the operator that yields the result.
    package var depth: Int
    /// The operator without its inputs, such as `hash_join inner (a = b)`.
    package var text: String
    package var estimatedRowCount: Double
}

extension PlanPrinter {
    /// The operators in preorder, as ``PhysicalPlan/children`` numbers them; a shared subplan appears at each place
    /// that reads it.
    package static func operators(_ plan: QueryPlan) -> [PlanOperator] {
        let describe = PlanPrinter.describer(of: plan)
        var found: [PlanOperator] = []
        func visit(_ node: PhysicalPlan, _ depth: Int) {
            found.append(PlanOperator(depth: depth, text: describe(node), estimatedRowCount: node.estimatedRowCount))
            for input in node.inputs { visit(input, depth + 1) }
        }
        visit(plan.root, 0)
        return found
    }
}
