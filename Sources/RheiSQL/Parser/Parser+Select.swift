import RheiCore

/// Queries.
extension Parser {
    /// Parses a query that begins at `WITH`, `SELECT` or `VALUES`.
    mutating func parseSelect() throws(EngineError) -> SelectStatement {
        let start = self.start
        let with = try parseOptionalWith()
        return try parseSelect(after: with, from: start)
    }

    /// Parses the rest of a query whose `WITH` clause has been read.
    mutating func parseSelect(after with: WithClause?, from start: Int) throws(EngineError) -> SelectStatement {
        try enter(cost: 2)
        var isValues = kind == .values
        var body = try parseSimpleBody()
        var termCount = 1
        while let operation = try parseOptionalCompoundOperator() {
            termCount += 1
            guard termCount <= Self.maximumCompoundTerms else {
                throw EngineError(
                    .syntax, "the compound has more than \(Self.maximumCompoundTerms) queries", at: current.range)
            }
            isValues = kind == .values
            body = .compound(operation, left: body, right: try parseSimpleBody())
        }
        var select = SelectStatement(with: with, body: body, orderBy: [], range: range(from: start))
        // VALUES ends a query: SQLite lets nothing but a compound operator follow.
        if !isValues {
            select.orderBy = beginsOrderByAll ? try parseOrderByAll() : try parseOptionalOrderBy()
            try parseOptionalLimit(of: &select)
        } else if kind == .order || kind == .limit {
            throw unexpected("nothing more after VALUES", hint: "write SELECT * FROM (VALUES …) around it")
        }
        try rejectMisplacedCompoundOperator(after: select)
        select.range = range(from: start)
        depth -= 2
        return select
    }

    private var beginsOrderByAll: Bool { kind == .order && peek() == .by && peek(2) == .all }

    /// Parses `ORDER BY ALL`, which is what follows.
    private mutating func parseOrderByAll() throws(EngineError) -> [OrderingTerm] {
        advance()
        advance()
        let start = self.start
        advance()
        var term = OrderingTerm(SyntaxExpression(.literal(.null), range: range(from: start)))
        term.isAll = true
        try parseDirection(of: &term)
        return [term]
    }

    private func rejectMisplacedCompoundOperator(after select: SelectStatement) throws(EngineError) {
        guard kind == .union || kind == .intersect || kind == .except else { return }
        let clause = select.limit == nil ? "ORDER BY" : "LIMIT"
        let name = text(current.range).uppercased()
        throw EngineError(.syntax, "\(clause) must come after \(name), not before", at: current.range)
    }

    private mutating func parseOptionalCompoundOperator() throws(EngineError) -> CompoundOperator? {
        let operation: CompoundOperator
        switch kind {
        case .union: operation = peek() == .all ? .unionAll : .union
        case .intersect: operation = .intersect
        case .except: operation = .except
        default: return nil
        }
        advance()
        if operation == .unionAll { advance() }
        guard kind == .select || kind == .values || kind == .leftParenthesis else {
            throw unexpected("SELECT or VALUES")
        }
        return operation
    }

    private mutating func parseOptionalLimit(of select: inout SelectStatement) throws(EngineError) {
        guard accept(.limit) else { return }
        let first = try parseExpression()
        if accept(.comma) {
            select.offset = first
            select.limit = try parseExpression()
        } else {
            select.limit = first
            if accept(.offset) { select.offset = try parseExpression() }
        }
    }

    // MARK: WITH

    mutating func parseOptionalWith() throws(EngineError) -> WithClause? {
        let start = self.start
        guard accept(.with) else { return nil }
        let isRecursive = accept(.recursive)
        var tables: [CommonTable] = []
        repeat { tables.append(try parseCommonTable()) } while accept(.comma)
        return WithClause(isRecursive: isRecursive, tables: tables, range: range(from: start))
    }

    private mutating func parseCommonTable() throws(EngineError) -> CommonTable {
        let start = self.start
        let name = try parseName("the name of a common table")
        let columns = try parseOptionalColumnList()
        try expect(.as, columns.isEmpty ? "\"(\" or AS" : "AS")
        var materialization = CommonTable.Materialization.automatic
        if accept(.materialized) {
            materialization = .materialized
        } else if accept(.not) {
            try expect(.materialized, "MATERIALIZED")
            materialization = .notMaterialized
        }
        try expect(.leftParenthesis, "\"(\"")
        guard beginsQuery() else { throw unexpected("SELECT, VALUES or WITH") }
        let select = try parseSelect()
        try expect(.rightParenthesis, "\")\"")
        return CommonTable(
            name: name, columns: columns, materialization: materialization, select: select, range: range(from: start))
    }

    // MARK: SELECT and VALUES

    private mutating func parseSimpleBody() throws(EngineError) -> SelectBody {
        switch kind {
        case .select: .core(try parseCore())
        case .identifier where beginsReshapingStatement(): .core(try parseReshapingStatement())
        case .values: .values(try parseValues())
        case .leftParenthesis: .core(try parseParenthesizedQuery())
        default: throw unexpected("SELECT or VALUES")
        }
    }

    /// Parses a query in parentheses that is an operand of a compound, an extension: `SELECT * FROM (query)`.
    private mutating func parseParenthesizedQuery() throws(EngineError) -> SelectCore {
        let start = self.start
        advance()
        guard beginsQuery() else { throw unexpected("SELECT or VALUES") }
        let select = try parseSelect()
        try expect(.rightParenthesis, "\")\"")
        let range = range(from: start)
        let table = SubqueryReference(select: select, alias: nil, isLateral: false, range: range)
        return SelectCore(
            isDistinct: false, distinctOn: [], columns: [.star(StarColumn(excluded: [], replaced: [], range: range))],
            from: .subquery(table),
            filter: nil, groupBy: [], having: nil, windows: [], qualify: nil, range: range)
    }

    /// Whether a query begins here, be it with operands of compounds in parentheses: an operator follows each of them.
    func beginsQuery(at distance: Int = 0) -> Bool {
        if beginsReshapingStatement(at: distance) { return true }
        var depth = 0
        while peek(distance + depth) == .leftParenthesis { depth += 1 }
        guard depth <= Self.maximumOperandDepth, peek(distance + depth).beginsSelect else { return false }
        // Every one of the parentheses passed so far must close before an operator.
        var openCount = depth
        var position = distance + depth
        while depth > 0, peek(position) != .endOfText {
            if peek(position) == .leftParenthesis { openCount += 1 }
            if peek(position) == .rightParenthesis { openCount -= 1 }
            position += 1
            guard openCount < depth else { continue }
            guard peek(position).isCompoundOperator else { return false }
            depth = openCount
        }
        return depth == 0
    }

    private static var maximumOperandDepth: Int { 64 }

    private mutating func parseValues() throws(EngineError) -> [[SyntaxExpression]] {
        advance()
        var rows: [[SyntaxExpression]] = []
        repeat {
            let start = self.start
            try expect(.leftParenthesis, "\"(\"")
            let row = try parseExpressionList()
            try expect(.rightParenthesis, "\",\" or \")\"")
            if let first = rows.first, first.count != row.count {
                throw EngineError(
                    .syntax, "all rows of VALUES must have the same number of values: \(first.count) and \(row.count)",
                    at: range(from: start))
            }
            rows.append(row)
        } while accept(.comma)
        return rows
    }

    private mutating func parseCore() throws(EngineError) -> SelectCore {
        let start = self.start
        try enter(cost: 2)
        advance()
        let isDistinct = accept(.distinct)
        if !isDistinct { _ = accept(.all) }
        var core = SelectCore(
            isDistinct: isDistinct, distinctOn: isDistinct ? try parseOptionalDistinctOn() : [],
            columns: try parseResultColumns(), groupBy: [], windows: [], range: range(from: start))
        if accept(.from) { core.from = try parseFrom() }
        if accept(.where) { core.filter = try parseExpression() }
        core.groupBy = try parseOptionalGroupBy()
        if accept(.having) { core.having = try parseExpression() }
        core.windows = try parseOptionalWindows()
        if isWord("qualify") {
            advance()
            core.qualify = try parseExpression()
            if core.windows.isEmpty { core.windows = try parseOptionalWindows() }
        }
        if beginsUsingSample, let from = core.from {
            advance()
            advance()
            let change = ReshapedTable.Change.sample(try parseSample())
            core.from = .reshaped(ReshapedTable(table: from, change: change, range: range(from: start)))
        }
        core.range = range(from: start)
        depth -= 2
        return core
    }

    private mutating func parseOptionalDistinctOn() throws(EngineError) -> [SyntaxExpression] {
        guard accept(.on) else { return [] }
        try expect(.leftParenthesis, "\"(\"")
        let expressions = try parseExpressionList()
        try expect(.rightParenthesis, "\",\" or \")\"")
        return expressions
    }

    private mutating func parseOptionalWindows() throws(EngineError) -> [NamedWindow] {
        guard accept(.window) else { return [] }
        var windows: [NamedWindow] = []
        repeat {
            let name = try parseName("the name of a window")
            try expect(.as, "AS")
            windows.append(NamedWindow(name: name, specification: try parseWindowSpecification()))
        } while accept(.comma)
        return windows
    }

    // MARK: Result columns

    mutating func parseResultColumns() throws(EngineError) -> [ResultColumn] {
        var columns: [ResultColumn] = []
        repeat { columns.append(try parseResultColumn()) } while accept(.comma)
        return columns
    }

    private mutating func parseResultColumn() throws(EngineError) -> ResultColumn {
        if kind == .star || (kind.isName && !kind.beginsOwnExpression && peek() == .dot && peek(2) == .star) {
            return .star(try parseStar())
        }
        return .expression(try parseResultExpression())
    }

    private mutating func parseResultExpression() throws(EngineError) -> ResultExpression {
        let start = self.start
        let expression = try parseExpression()
        var result = ResultExpression(expression: expression, textRange: trimmedRange(from: start, to: self.start))
        if accept(.as) {
            result.alias = try parseName("an alias")
        } else if kind.isIdentifierOrString {
            result.alias = takeIdentifier()
        } else if let literal = lastTypedLiteral, literal.endIndex == index, literal.literal.unit == nil {
            result.ambiguousLiteral = literal.literal
        }
        return result
    }

    /// The range between two offsets without white space at its end.
    private func trimmedRange(from start: Int, to end: Int) -> SourceRange {
        var end = end
        while end > start, bytes[end - 1].isSQLSpace { end -= 1 }
        return SourceRange(start, end)
    }

    private mutating func parseStar() throws(EngineError) -> StarColumn {
        let start = self.start
        var star = StarColumn(excluded: [], replaced: [], range: range(from: start))
        if kind != .star {
            star.table = takeIdentifier()
            advance()
        }
        advance()
        if accept(.exclude) { star.excluded = try parseExcludedColumns() }
        if accept(.replace) { star.replaced = try parseReplacedColumns() }
        star.range = range(from: start)
        return star
    }

    private mutating func parseExcludedColumns() throws(EngineError) -> [Identifier] {
        guard accept(.leftParenthesis) else { return [try parseName("a column name or \"(\"")] }
        let names = try parseNameList("a column name")
        try expect(.rightParenthesis, "\",\" or \")\"")
        return names
    }

    private mutating func parseReplacedColumns() throws(EngineError) -> [ResultExpression] {
        try expect(.leftParenthesis, "\"(\"")
        var columns: [ResultExpression] = []
        repeat {
            let column = try parseResultExpression()
            guard column.alias != nil else { throw unexpected("AS and a column name") }
            columns.append(column)
        } while accept(.comma)
        try expect(.rightParenthesis, "\",\" or \")\"")
        return columns
    }
}
