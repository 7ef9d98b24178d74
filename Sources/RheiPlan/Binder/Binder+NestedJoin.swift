import RheiCore
import RheiSQL

/// Joins in parentheses on the right side of another join.
///
/// SQLite reads such a join as a subquery in FROM whose columns keep the names of their tables. A column that USING or
/// NATURAL merges inside is a result of its own, in front of those of the table to the left; the merged ones can be
/// read by the names of their tables alone.
extension Binder {
    /// Makes the sources of a join in parentheses those of one item of FROM.
    func nested(_ sources: [ScopeSource], _ range: SourceRange) throws -> [ScopeSource] {
        guard sources.count > 1 else { return sources }
        let merges = sources.map(\.mergedNames)
        if sources.contains(where: \.isMerged)
            || (sources.contains { $0.item != nil } && merges.contains { !$0.isEmpty })
        {
            throw EngineError.unsupported(
                "USING or NATURAL beside a join in parentheses inside another one", at: position(range))
        }
        let inner = Scope(parent: nil, commonTables: nil)
        inner.sources = sources
        itemCount += 1
        var result: [ScopeSource] = []
        var known: Set<String> = []
        for (index, source) in sources.enumerated() {
            let next = index + 1 < sources.count ? merges[index + 1] : []
            if !next.isEmpty {
                var merged = try mergedSource(next, sources[index + 1], inner)
                for (column, name) in next.enumerated() { merged.columns[column].isOmitted = known.contains(name) }
                known.formUnion(next)
                result.append(merged)
            }
            var source = source
            for column in source.columns.indices {
                let name = NameMatching.fold(source.columns[column].name)
                if merges[index].contains(name) || next.contains(name) { source.columns[column].isOmitted = true }
            }
            source.mergedNames = []
            result.append(source)
        }
        for index in result.indices { result[index].item = itemCount }
        Self.nameResults(of: &result)
        return result
    }

    /// The columns that the join of `right` to those before it merges.
    private func mergedSource(_ names: [String], _ right: ScopeSource, _ scope: Scope) throws -> ScopeSource {
        let columns = try names.map { name -> ScopeColumn in
            let reference = ColumnReference(column: Identifier(name, range: SourceRange(0, 0)))
            guard let position = right.columnsByName[name], case .column(var value) = try scope.match(reference) else {
                throw EngineError(.invariant, "the merged column \(name) is missing")
            }
            // A column always has a collation, and an implicit one.
            value.collation = value.collation ?? .binary
            value.hasExplicitCollation = false
            return ScopeColumn(name: right.columns[position].name, value: value)
        }
        var result = ScopeSource(name: nil, columns: columns)
        result.isMerged = true
        return result
    }

    /// As results, columns of a join in parentheses are called as those of a subquery, no two alike.
    private static func nameResults(of sources: inout [ScopeSource]) {
        let columns = sources.indices.flatMap { source in
            sources[source].columns.indices.filter { !sources[source].columns[$0].isHidden }.map { (source, $0) }
        }
        let names = ResultNames.unique(
            columns.map { sources[$0].columns[$1].value.columnName ?? sources[$0].columns[$1].name })
        for ((source, column), name) in zip(columns, names) { sources[source].columns[column].value.columnName = name }
    }
}
