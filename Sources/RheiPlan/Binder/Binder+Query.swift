import RheiArrow
import RheiCore
import RheiSQL

/// A bound part of a query, before ORDER BY and LIMIT.
struct BoundBody {
    var query: BoundQuery
    /// Finds the result column that an ORDER BY term of a compound select names, by the rules of each part in turn.
    var matchers: [(SyntaxExpression) -> Int?]
}

extension Binder {
    /// Binds a query with its WITH, ORDER BY and LIMIT. `outer` is the scope of the SELECT around it.
    func bindQuery(
        _ statement: SelectStatement, outer: Scope?, commonTables: CommonTableFrame?
    ) throws -> BoundQuery {
        let frame =
            try statement.with.map { try CommonTableFrame($0, parent: commonTables, outer: outer) } ?? commonTables
        var query: BoundQuery
        if case .core(let core) = statement.body {
            query = try bindCore(core, orderBy: statement.orderBy, outer, frame).query
        } else {
            let isWrapped = try statement.sortsRowsOfSubquery
            let body = try bindBody(
                statement.body, isOrdered: !statement.orderBy.isEmpty && !isWrapped, outer, frame)
            query = try sort(body, by: statement.orderBy)
            if isWrapped {
                // The columns of a subquery have distinct names. A GROUP BY of the last part SQLite applies to the
                // whole.
                if case .compound(_, _, .core(let last)) = statement.body, !last.groupBy.isEmpty || last.having != nil {
                    throw EngineError.unsupported(
                        "ORDER BY with COLLATE after a compound whose last SELECT is grouped", at: position(last.range))
                }
                let names = ResultNames.unique(query.columns.map(\.derivedName))
                for index in query.columns.indices { query.columns[index].name = names[index] }
            }
        }
        if let limit = try bindLimit(statement, frame) {
            // SQLite does not look at any row then.
            if limit.count == 0 { query.plan = .values([], columns: query.plan.columns) }
            query.plan = .limit(query.plan, limit: limit.count, offset: limit.offset)
        }
        return query
    }

    /// Binds what stands between WITH and ORDER BY; `isOrdered` tells whether an ORDER BY follows.
    func bindBody(
        _ body: SelectBody, isOrdered: Bool = false, _ outer: Scope?, _ frame: CommonTableFrame?
    ) throws -> BoundBody {
        switch body {
        case .core(let core): try bindCore(core, orderBy: [], outer, frame)
        case .values(let rows): try bindValues(rows, outer, frame)
        case .compound: try bindCompound(body, isOrdered: isOrdered, outer, frame)
        }
    }

    // MARK: VALUES

    private func bindValues(
        _ rows: [[SyntaxExpression]], _ outer: Scope?, _ frame: CommonTableFrame?
    ) throws -> BoundBody {
        let width = rows[0].count
        for row in rows where row.count != width {
            throw EngineError(
                .typeMismatch, "all VALUES must have the same number of terms",
                at: row.last.flatMap { position($0.range) })
        }
        let scope = Scope(parent: outer, commonTables: frame)
        var parts: [BoundQuery] = []
        var constants: [[BoundExpression]] = []
        for row in rows {
            let context = ExpressionContext(scope)
            let values = try row.map { try bind($0, context) }
            let isConstant = context.subqueries.joins.isEmpty && values.allSatisfy { $0.expression.columns.isEmpty }
            if isConstant, parts.isEmpty {
                constants.append(values)
                continue
            }
            if !constants.isEmpty {
                parts.append(constantRows(constants))
                constants = []
            }
            let columns = outputColumns(values)
            let input = context.subqueries.attach(to: .values([[]], columns: []))
            let projected = zip(columns, values).map { ProjectedColumn(id: $0.id, expression: $1.data) }
            parts.append(BoundQuery(plan: .project(input, projected), columns: columns))
        }
        if !constants.isEmpty { parts.append(constantRows(constants)) }
        var query = try unionAll(parts)
        for (index, value) in rows[0].enumerated() {
            // A column of an outer query lends its name.
            guard case .column(let reference) = try Self.withoutCollation(value).expression.kind else { continue }
            query.columns[index].derivedName = reference.column.name
        }
        return BoundBody(query: query, matchers: [])
    }

    private func outputColumns(_ values: [BoundExpression]) -> [OutputColumn] {
        values.enumerated().map { index, value in
            OutputColumn(id: context.makeColumn("column\(index + 1)"), name: "column\(index + 1)", bound: value)
        }
    }

    private func constantRows(_ rows: [[BoundExpression]]) -> BoundQuery {
        let types = rows[0].indices.map { index in TypeRules.common(rows.map { $0[index].type }) }
        var columns = outputColumns(rows[0])
        for index in columns.indices {
            columns[index].type = types[index]
            let values = rows.map { $0[index] }
            columns[index].mayMixNumbers = TypeRules.mayMix(values)
            columns[index].setAffinityDoubts(of: values)
            columns[index].collation = values.lazy.compactMap(\.collation).first
            if let last = values.last {
                columns[index].lastCollation = (last.collation, last.hasExplicitCollation)
                columns[index].lastAffinity = last.affinity
            }
        }
        let data = rows.map { row in zip(row, types).map { $0.data.represented(as: $1) } }
        return BoundQuery(plan: .values(data, columns: columns.map(\.planColumn)), columns: columns)
    }

    // MARK: ORDER BY of a compound, LIMIT

    private func sort(_ body: BoundBody, by terms: [OrderingTerm]) throws -> BoundQuery {
        var query = body.query
        let keys = try orderColumns(body, by: terms).map { key in
            let output = query.columns[key.column]
            return Self.sortKey(.column(output.id, output.type), key.term, key.collation)
        }
        if !keys.isEmpty { query.plan = .sort(query.plan, keys) }
        return query
    }

    /// The result columns that the terms of ORDER BY after a compound mean.
    func orderColumns(
        _ body: BoundBody, by terms: [OrderingTerm]
    ) throws -> [(column: Int, term: OrderingTerm, collation: Collation)] {
        try Self.expandingAll(terms, body.query.columns.count).enumerated().map { number, term in
            let (expression, collation) = try Self.withoutCollation(term.expression)
            let columns = body.query.columns
            let column: Int
            if let ordinal = Self.ordinal(expression) {
                try checkOrdinal(ordinal, number, columns.count, "ORDER", expression)
                column = ordinal - 1
            } else if let found = body.matchers.lazy.compactMap({ $0(expression) }).first {
                column = found
            } else {
                throw EngineError(
                    .unknownName,
                    "\(Self.ordinalText(number + 1)) ORDER BY term does not match any column in the result set",
                    at: position(expression.range))
            }
            return (column, term, collation ?? columns[column].collation ?? .binary)
        }
    }

    /// `ORDER BY ALL` as the numbers of all result columns.
    static func expandingAll(_ terms: [OrderingTerm], _ columnCount: Int) -> [OrderingTerm] {
        guard let all = terms.first, all.isAll else { return terms }
        return (0..<columnCount).map { column in
            var term = all
            term.isAll = false
            term.expression.kind = .literal(.integer(Int64(column + 1)))
            return term
        }
    }

    static func sortKey(_ expression: Expression, _ term: OrderingTerm, _ collation: Collation) -> SortKey {
        let expression = expression.comparisonKey
        return SortKey(
            expression: expression, isDescending: term.isDescending,
            nullsFirst: term.nulls.map { $0 == .first } ?? !term.isDescending,
            collation: expression.type == .utf8View || expression.type == .any ? collation : .binary)
    }

    /// Takes COLLATE operators off an ORDER BY term; the outermost counts.
    static func withoutCollation(
        _ expression: SyntaxExpression
    ) throws -> (expression: SyntaxExpression, collation: Collation?) {
        var current = expression
        var collation: Collation?
        while case .collate(let operand, let name) = current.kind {
            if collation == nil {
                switch NameMatching.fold(name.name) {
                case "binary": collation = .binary
                case "nocase": collation = .noCase
                case "rtrim": collation = .rightTrim
                default: throw EngineError.unsupported("collating sequence \(name.name)")
                }
            }
            current = operand
        }
        return (current, collation)
    }

    /// The integer that an ORDER BY or GROUP BY term is when it is a constant of 32 bits, which then numbers a result
    /// column.
    static func ordinal(_ expression: SyntaxExpression) -> Int? {
        switch expression.kind {
        case .literal(.integer(let value)) where value >= 0: Int32(exactly: value).map(Int.init)
        case .unary(.plus, let operand): ordinal(operand)
        case .unary(.minus, let operand): ordinal(operand).map { 0 - $0 }
        default: nil
        }
    }

    func checkOrdinal(
        _ ordinal: Int, _ number: Int, _ count: Int, _ clause: String, _ expression: SyntaxExpression
    ) throws {
        guard (1...count).contains(ordinal) else {
            throw EngineError(
                .typeMismatch,
                "\(Self.ordinalText(number + 1)) \(clause) BY term out of range - should be between 1 and \(count)",
                at: position(expression.range))
        }
    }

    static func ordinalText(_ number: Int) -> String {
        let suffix =
            switch (number % 10, number % 100) {
            case (_, 11...13): "th"
            case (1, _): "st"
            case (2, _): "nd"
            case (3, _): "rd"
            default: "th"
            }
        return "\(number)\(suffix)"
    }

    func bindLimit(
        _ statement: SelectStatement, _ frame: CommonTableFrame?
    ) throws -> (count: Int?, offset: Int)? {
        guard let limit = statement.limit else { return nil }
        let count = try constantInteger(limit, frame)
        let offset = try statement.offset.map { try constantInteger($0, frame) } ?? 0
        return (count < 0 ? nil : Int(count), Int(max(0, offset)))
    }

    /// Runs a plan of one row and one column now, for what must be known when planning.
    private func computed(_ value: Expression, _ subqueries: SubqueryCollector) throws -> SQLValue? {
        guard let run, value.columns.isSubset(of: subqueries.attach(to: .values([[]], columns: [])).columnIDs)
        else { return nil }
        let column = ProjectedColumn(id: context.makeColumn("limit"), expression: value)
        let rows = try run(.project(subqueries.attach(to: .values([[]], columns: [])), [column]), context)
        return rows.first?.first ?? .null
    }

    private func constantInteger(_ syntax: SyntaxExpression, _ frame: CommonTableFrame?) throws -> Int64 {
        let context = ExpressionContext(Scope(parent: nil, commonTables: frame))
        let value = folded(try bind(syntax, context).data)
        guard let constant = try value.literalValue ?? computed(value, context.subqueries) else {
            throw EngineError.unsupported("LIMIT by this expression", at: position(syntax.range))
        }
        let number: SQLValue? = if case .text(let text) = constant { TypeRules.number(text) } else { constant }
        switch number {
        case .integer(let integer): return integer
        case .real(let real):
            if let integer = Int64(exactly: real) { return integer }
        default: break
        }
        throw EngineError(.typeMismatch, "datatype mismatch", at: position(syntax.range))
    }
}

extension SelectBody {
    /// Whether some part is joined by UNION, INTERSECT or EXCEPT.
    fileprivate var comparesRows: Bool {
        var body = self
        while case .compound(let op, let left, _) = body {
            if op != .unionAll { return true }
            body = left
        }
        return false
    }

    var range: SourceRange {
        switch self {
        case .core(let core): core.range
        case .values(let rows):
            rows.lazy.flatMap { $0 }.map(\.range).reduce(rows[0][0].range) { $0.union($1) }
        case .compound(_, let left, let right): left.range.union(right.range)
        }
    }
}

extension SelectStatement {
    /// Whether SQLite sorts a compound as a subquery in FROM: one that compares rows, by a term with COLLATE.
    fileprivate var sortsRowsOfSubquery: Bool {
        get throws {
            guard body.comparesRows else { return false }
            return try orderBy.contains { try Binder.withoutCollation($0.expression).collation != nil }
        }
    }
}
