import RheiCore

/// What follows from a disjunction.
enum DisjunctionFactoring {
    /// Takes the conditions out that every alternative asks for: `(a AND b) OR (a AND c)` is `a AND (b OR c)`.
    static func factored(_ condition: Expression) -> [Expression] {
        guard case .or = condition else { return [condition] }
        let alternatives = condition.disjuncts.map(\.conjuncts)
        guard let first = alternatives.first else { return [condition] }
        let common = first.filter { part in alternatives.allSatisfy { $0.contains(part) } }
        if common.isEmpty { return [condition] }
        let rest = alternatives.map { parts in parts.filter { !common.contains($0) } }
        // An alternative that asks for nothing else makes the rest true.
        if rest.contains(where: \.isEmpty) { return common }
        return common + [.or(rest.map { .conjunction($0) })]
    }

    /// The condition on some columns that follows when every alternative asks something of them.
    static func implied(by condition: Expression, over columns: Set<ColumnID>) -> Expression? {
        guard case .or = condition else { return nil }
        var parts: [Expression] = []
        for alternative in condition.disjuncts {
            let own = alternative.conjuncts.filter { !$0.columns.isEmpty && $0.columns.isSubset(of: columns) }
            if own.isEmpty { return nil }
            let part = Expression.conjunction(own)
            if !parts.contains(part) { parts.append(part) }
        }
        return parts.count > 1 ? .or(parts) : parts.first
    }
}
