import RheiArrow
import RheiCore

/// Inputs of inner joins and the conditions that hold among them.
struct JoinInputs {
    var leaves: [LogicalPlan] = []
    var conditions: [Expression] = []

    /// Their join, as a tree that join ordering still turns into a good one.
    var plan: LogicalPlan {
        guard let first = leaves.first else { return .values([[]], columns: []) }
        guard leaves.count > 1 else { return PredicatePushdown.filtered(first, conditions) }
        var rest = leaves.dropFirst()
        let last = rest.removeLast()
        let others = rest.reduce(first) { .join(LogicalJoin(.inner, $0, $1)) }
        return .join(LogicalJoin(.inner, others, last, on: conditions))
    }

    var columnIDs: Set<ColumnID> { leaves.reduce(into: []) { $0.formUnion($1.columnIDs) } }

    func leaf(of column: ColumnID) -> Int? { leaves.firstIndex { $0.yields(column) } }

    /// The columns of an equality by which another input refers to this one.
    func reference(to leaf: Int) -> (from: Expression, to: Expression)? {
        for condition in conditions {
            guard let (left, right) = ColumnEquivalence.equality(condition), let first = left.columnID,
                let second = right.columnID
            else { continue }
            switch (self.leaf(of: first), self.leaf(of: second)) {
            case (let other?, leaf) where other != leaf: return (left, right)
            case (leaf, let other?) where other != leaf: return (right, left)
            default: continue
            }
        }
        return nil
    }
}

/// A set of inner joins taken apart into two at the equalities between two of their inputs.
struct JoinCut {
    var fine: JoinInputs
    var coarse: JoinInputs
    var equalities: [(fine: Expression, coarse: Expression)]
    /// The same as conditions.
    var conditions: [Expression]

    /// Further inputs than so many are not looked at.
    private static let leafBound = 16

    /// All ways to do so, each with either part as the fine one.
    static func all(of plan: LogicalPlan) -> [JoinCut] {
        var inputs = JoinInputs()
        flatten(plan, &inputs)
        guard (2...leafBound).contains(inputs.leaves.count), inputs.conditions.allSatisfy(\.isDeterministic) else {
            return []
        }
        let readers = inputs.conditions.map { condition in
            condition.columns.reduce(0) { mask, id in mask | (inputs.leaf(of: id).map { 1 << $0 } ?? 0) }
        }
        let pairs = Set(readers.filter { $0.nonzeroBitCount == 2 }).sorted()
        return pairs.flatMap { pair -> [JoinCut] in
            let first = connected(to: 1 << pair.trailingZeroBitCount, readers.filter { $0 != pair })
            let all = 1 << inputs.leaves.count - 1
            let second = connected(to: pair & ~first, readers.filter { $0 != pair })
            guard first & pair != pair, first | second == all else { return [] }
            return [(first, second), (second, first)].compactMap { JoinCut(inputs, readers, fine: $0, coarse: $1) }
        }
    }

    private static func flatten(_ plan: LogicalPlan, _ inputs: inout JoinInputs) {
        guard case .join(let join) = plan, join.kind == .inner, !join.isDependent, join.nearest == nil else {
            return inputs.leaves.append(plan)
        }
        flatten(join.left, &inputs)
        flatten(join.right, &inputs)
        inputs.conditions += join.condition
    }

    /// The inputs that conditions, given by what they read, connect with those of `start`.
    private static func connected(to start: Int, _ conditions: [Int]) -> Int {
        var found = start
        while true {
            let next = conditions.reduce(found) { $0 & $1 == 0 ? $0 : $0 | $1 }
            if next == found { return found }
            found = next
        }
    }

    /// - Parameters:
    ///   - readers: the inputs that each condition reads, as bits.
    ///   - fine: inputs as bits, as `coarse`.
    private init?(_ inputs: JoinInputs, _ readers: [Int], fine: Int, coarse: Int) {
        func part(_ mask: Int) -> JoinInputs {
            JoinInputs(
                leaves: inputs.leaves.indices.filter { mask & 1 << $0 != 0 }.map { inputs.leaves[$0] },
                conditions: zip(inputs.conditions, readers).filter { $1 & ~mask == 0 && $1 != 0 }.map(\.0))
        }
        (self.fine, self.coarse) = (part(fine), part(coarse))
        equalities = []
        conditions = []
        for (condition, read) in zip(inputs.conditions, readers)
        where read == 0 || read & fine != 0 && read & coarse != 0 {
            conditions.append(condition)
            if read == 0 { continue }
            guard let (left, right) = ColumnEquivalence.equality(condition), let first = left.columnID else {
                return nil
            }
            equalities.append(self.fine.leaf(of: first) != nil ? (left, right) : (right, left))
        }
    }
}
