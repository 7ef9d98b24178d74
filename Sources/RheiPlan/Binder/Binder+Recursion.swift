import RheiArrow
import RheiCore
import RheiSQL

/// The working table that stands for a recursive common table while its recursive SELECTs are being bound.
struct OpenRecursion {
    var working: WorkingTable
    var columns: [OutputColumn]
    /// How often the SELECT that is being bound has read the table.
    var readCount = 0
}

extension Binder {
    /// The SELECTs at the end of a common table's body that read the table itself, and the body before them; nil where
    /// the last one does not.
    private struct RecursiveParts {
        var start: SelectBody
        var terms: [SelectCore]
        var isDistinct: Bool
    }

    private func recursiveParts(_ table: CommonTable) throws -> RecursiveParts? {
        guard case .compound(let last, _, _) = table.select.body, last == .union || last == .unionAll else {
            return nil
        }
        var start = table.select.body
        var terms: [SelectCore] = []
        while case .compound(last, let left, .core(let core)) = start, let from = core.from {
            let count = from.directReads(of: table.name.name)
            guard count > 0 else { break }
            guard count == 1 else {
                throw EngineError(
                    .unknownName, "multiple references to recursive table: \(table.name.name)", at: position(core.range)
                )
            }
            terms.insert(core, at: 0)
            start = left
        }
        return terms.isEmpty ? nil : RecursiveParts(start: start, terms: terms, isDistinct: last == .union)
    }

    /// Binds the body of a common table that reads itself; nil for any other.
    func bindRecursion(_ entry: CommonTableEntry, _ frame: CommonTableFrame) throws -> BoundQuery? {
        guard let parts = try recursiveParts(entry.table) else { return nil }
        let statement = entry.table.select
        let inner = try statement.with.map { try CommonTableFrame($0, parent: frame, outer: frame.outer) } ?? frame
        let start = try bindBody(parts.start, frame.outer, inner)
        try checkColumnCount(entry, start.query.columns.count)
        var columns = start.query.columns
        var terms: [BoundBody] = []
        // The step's types follow from the working table's, which must hold the step's values: widened until both
        // agree.
        var isStable = false
        while !isStable {
            let working = WorkingTable(
                name: entry.table.name.name,
                columns: columns.map { TableColumn(name: $0.name, type: $0.type, affinity: $0.affinity ?? .none) })
            entry.recursion = OpenRecursion(working: working, columns: columns)
            defer { if !isStable { entry.recursion = nil } }
            terms = try parts.terms.map { try bindTerm($0, entry, frame, inner) }
            isStable = try widen(&columns, terms.map(\.query), entry)
        }
        defer { entry.recursion = nil }
        guard let working = entry.recursion?.working else { return nil }
        var traits = RecursionTraits(isDistinct: parts.isDistinct)
        traits.order = try orderColumns(
            BoundBody(query: start.query, matchers: start.matchers + terms.flatMap(\.matchers)), by: statement.orderBy
        ).map { key in
            RecursionTraits.Key(
                column: key.column, isDescending: key.term.isDescending,
                nullsFirst: key.term.nulls.map { $0 == .first } ?? !key.term.isDescending, collation: key.collation)
        }
        if let limit = try bindLimit(statement, inner) { (traits.limit, traits.offset) = limit }
        if parts.isDistinct { try compareRows(columns, terms, &traits) }
        for index in columns.indices {
            let values = [start.query] + terms.map(\.query)
            columns[index].setAffinityDoubts(of: values.map { BoundExpression($0.columns[index]) })
        }
        traits.takesSingleRows =
            terms.count > 1 || !traits.order.isEmpty || !terms[0].query.plan.isLinear(in: working)
        return recursion(start.query, terms.map(\.query), working, columns, traits)
    }

    /// Tells how UNION compares rows. Values that compare as equal and differ must not meet.
    private func compareRows(_ columns: [OutputColumn], _ terms: [BoundBody], _ traits: inout RecursionTraits) throws {
        var collations: [Collation] = []
        for (index, column) in columns.enumerated() {
            if case .interval = column.type { throw EngineError.unsupported("UNION of INTERVAL values") }
            try Self.refuseIncomparable(column.type, "UNION")
            let collation =
                column.collation ?? terms.lazy.compactMap { $0.query.columns[index].collation }.first ?? .binary
            if isAmbiguous(BoundExpression(column), under: collation) { traits.mustAgree = true }
            collations.append(column.type == .utf8View || column.type == .any ? collation : .binary)
        }
        if collations.contains(where: { $0 != .binary }) { traits.collations = collations }
    }

    private func bindTerm(
        _ core: SelectCore, _ entry: CommonTableEntry, _ frame: CommonTableFrame, _ inner: CommonTableFrame
    ) throws -> BoundBody {
        entry.recursion?.readCount = 0
        let term = try bindCore(core, orderBy: [], frame.outer, inner)
        let name = entry.table.name.name
        if let count = entry.recursion?.readCount, count != 1 {
            throw EngineError(.unknownName, "multiple recursive references: \(name)", at: position(core.range))
        }
        if !core.groupBy.isEmpty || term.query.plan.hasAggregateOnTop {
            throw EngineError(
                .misusedAggregate, "recursive aggregate queries not supported", at: position(core.range))
        }
        guard term.query.columns.count == entry.recursion?.columns.count else {
            throw EngineError(
                .typeMismatch,
                "SELECTs to the left and right of UNION ALL do not have the same number of result columns",
                at: position(core.range))
        }
        return term
    }

    /// Widens the columns of the working table to what the terms yield.
    ///
    /// - Returns: whether they were wide enough.
    private func widen(
        _ columns: inout [OutputColumn], _ terms: [BoundQuery], _ entry: CommonTableEntry
    ) throws -> Bool {
        var isStable = true
        for index in columns.indices {
            let values = [BoundExpression(columns[index])] + terms.map { BoundExpression($0.columns[index]) }
            let type = TypeRules.common(values.map(\.type))
            let mayMix = TypeRules.mayMix(values)
            if type != columns[index].type || mayMix != columns[index].mayMixNumbers { isStable = false }
            columns[index].type = type
            columns[index].mayMixNumbers = mayMix
            if type == .any, columns[index].affinity != nil {
                // Rows of the recursive SELECT keep their values, whatever the affinity of the first one.
                let known = columns[index].otherAffinities
                columns[index].setAffinityDoubts(of: values)
                if columns[index].otherAffinities != known { isStable = false }
            }
            if columns[index].affinity == .real, type != .float64 {
                // SQLite makes reals of integers where the recursive SELECT reads them, and does not in the result.
                throw EngineError.unsupported(
                    "recursive column of REAL affinity that holds other values (\(columns[index].name))",
                    at: position(entry.table.name.range))
            }
        }
        return isStable
    }

    private func recursion(
        _ start: BoundQuery, _ terms: [BoundQuery], _ working: WorkingTable, _ columns: [OutputColumn],
        _ traits: RecursionTraits
    ) -> BoundQuery {
        var result = columns
        for index in result.indices {
            result[index].id = context.makeColumn(columns[index].name)
            result[index].hasExplicitCollation = false
        }
        let fitted = { (query: BoundQuery) in
            LogicalPlan.project(
                query.plan,
                zip(query.columns, columns).map { source, target in
                    ProjectedColumn(
                        id: self.context.makeColumn(target.name),
                        expression: Expression.column(source.id, source.type).represented(as: target.type))
                })
        }
        let steps = terms.map(fitted)
        let step =
            steps.count == 1
            ? steps[0]
            : LogicalPlan.unionAll(
                steps, columns: columns.map { PlanColumn(id: context.makeColumn($0.name), type: $0.type) })
        let node = LogicalRecursion(
            start: fitted(start), step: step, working: working, columns: result.map(\.planColumn), traits: traits)
        return BoundQuery(plan: .recursion(node), columns: result)
    }

    func checkColumnCount(_ entry: CommonTableEntry, _ count: Int) throws {
        let names = entry.table.columns
        guard names.isEmpty || names.count == count else {
            throw EngineError(
                .typeMismatch, "table \(entry.table.name.name) has \(count) values for \(names.count) columns",
                at: position(entry.table.name.range))
        }
    }

    /// Reads the working table of a recursion that is being bound.
    func readWorkingTable(
        _ entry: CommonTableEntry, _ range: SourceRange
    ) throws -> (plan: LogicalPlan, columns: [OutputColumn]) {
        guard let recursion = entry.recursion else {
            throw EngineError(.unknownName, "circular reference: \(entry.table.name.name)", at: position(range))
        }
        entry.recursion?.readCount += 1
        var columns = recursion.columns
        for index in columns.indices { columns[index].id = context.makeColumn(columns[index].name) }
        let scan = LogicalScan(
            provider: recursion.working, tableColumns: Array(columns.indices), columns: columns.map(\.planColumn))
        return (.scan(scan), columns)
    }
}

extension TableExpression {
    /// How often FROM itself reads the unqualified table, subqueries left out.
    fileprivate func directReads(of name: String) -> Int {
        switch self {
        case .table(let table):
            table.name.schema == nil && NameMatching.equal(table.name.name.name, name) ? 1 : 0
        case .join(let join): join.left.directReads(of: name) + join.right.directReads(of: name)
        case .parenthesized(let inner): inner.table.directReads(of: name)
        case .reshaped(let reshaped): reshaped.table.directReads(of: name)
        case .function, .subquery: 0
        }
    }
}

extension LogicalPlan {
    /// Whether aggregates are computed over the rows of FROM, not those of a subquery.
    fileprivate var hasAggregateOnTop: Bool {
        switch self {
        case .project(let input, _), .filter(let input, _), .sort(let input, _): input.hasAggregateOnTop
        case .aggregate(let aggregate): !aggregate.aggregates.isEmpty
        default: false
        }
    }
}
