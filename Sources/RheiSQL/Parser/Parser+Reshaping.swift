import RheiCore

/// PIVOT, UNPIVOT, TABLESAMPLE and USING SAMPLE.
extension Parser {
    // MARK: after a table

    /// Whether PIVOT, UNPIVOT or TABLESAMPLE follows, which after a table are no aliases.
    var beginsReshaping: Bool {
        if isWord("pivot") { return peek() == .leftParenthesis }
        if isWord("unpivot") {
            return peek() == .leftParenthesis
                || ((isWord("include", at: 1) || peek() == .exclude) && peek(2) == .nulls)
        }
        guard isWord("tablesample") else { return false }
        return peek() == .integer || peek() == .real
            || (peek().isIdentifier && peek(2) == .leftParenthesis)
    }

    /// Parses what follows a table as often as it does.
    mutating func parseReshaping(of table: TableExpression, from start: Int) throws(EngineError)
        -> TableExpression
    {
        var table = table
        while beginsReshaping {
            let change: ReshapedTable.Change
            if isWord("tablesample") {
                advance()
                change = .sample(try parseSample())
            } else {
                change =
                    isWord("pivot") ? .pivot(try parsePivotClause()) : .unpivot(try parseUnpivotClause())
            }
            let alias = try parseOptionalTableAlias()
            table = .reshaped(
                ReshapedTable(table: table, change: change, alias: alias, range: range(from: start)))
        }
        return table
    }

    /// Parses `PIVOT (aggregates FOR key IN (…) … [GROUP BY …])`.
    private mutating func parsePivotClause() throws(EngineError) -> PivotClause {
        advance()
        try expect(.leftParenthesis, "\"(\"")
        var clause = PivotClause(aggregates: try parseNamedExpressions(), keys: [], groupBy: nil)
        try expect(.for, "FOR")
        repeat {
            let key = try parseExpression(above: Precedence.equality + 1)
            try expect(.in, "IN")
            clause.keys.append(PivotClause.Key(expression: key, values: try parsePivotValues()))
        } while kind != .rightParenthesis && kind != .group
        if accept(.group) {
            try expect(.by, "BY")
            clause.groupBy = try parseExpressionList()
        }
        try expect(.rightParenthesis, "\")\"")
        return clause
    }

    private mutating func parsePivotValues() throws(EngineError) -> [ResultExpression] {
        try expect(.leftParenthesis, "\"(\"")
        let values = try parseNamedExpressions()
        try expect(.rightParenthesis, "\",\" or \")\"")
        return values
    }

    private mutating func parseNamedExpressions() throws(EngineError) -> [ResultExpression] {
        var list: [ResultExpression] = []
        repeat {
            let start = self.start
            let expression = try parseExpression()
            var item = ResultExpression(
                expression: expression, textRange: SourceRange(start, previousEnd))
            if accept(.as) { item.alias = try parseName("a name") }
            list.append(item)
        } while accept(.comma)
        return list
    }

    /// Parses `UNPIVOT [INCLUDE NULLS] (value FOR name IN (columns))`.
    private mutating func parseUnpivotClause() throws(EngineError) -> UnpivotClause {
        advance()
        let includesNulls = try parseOptionalNulls()
        try expect(.leftParenthesis, "\"(\"")
        let values = try parseNames()
        try expect(.for, "FOR")
        let name = try parseName("the name of the column of names")
        try expect(.in, "IN")
        try expect(.leftParenthesis, "\"(\"")
        let groups = try parseUnpivotGroups()
        try expect(.rightParenthesis, "\",\" or \")\"")
        try expect(.rightParenthesis, "\")\"")
        return UnpivotClause(
            includesNulls: includesNulls, name: name, values: values, groups: groups, starExcept: nil)
    }

    private mutating func parseOptionalNulls() throws(EngineError) -> Bool {
        let includes = isWord("include")
        guard includes || kind == .exclude else { return false }
        advance()
        try expect(.nulls, "NULLS")
        return includes
    }

    /// One name, or several in parentheses.
    private mutating func parseNames() throws(EngineError) -> [Identifier] {
        guard accept(.leftParenthesis) else { return [try parseName("a column name")] }
        let names = try parseNameList("a column name")
        try expect(.rightParenthesis, "\",\" or \")\"")
        return names
    }

    private mutating func parseUnpivotGroups() throws(EngineError) -> [UnpivotClause.Group] {
        var groups: [UnpivotClause.Group] = []
        repeat {
            var group = UnpivotClause.Group(columns: try parseNames(), alias: nil)
            if accept(.as) { group.alias = try parseName("a name") }
            groups.append(group)
        } while accept(.comma)
        return groups
    }

    // MARK: as statements

    /// Whether `PIVOT table …` or `UNPIVOT table …` begins so many places ahead.
    func beginsReshapingStatement(at distance: Int = 0) -> Bool {
        guard isWord("pivot", at: distance) || isWord("unpivot", at: distance) else { return false }
        if peek(distance + 1) == .leftParenthesis { return true }
        guard peek(distance + 1).isName else { return false }
        switch peek(distance + 2) {
        case .on, .using, .dot: return true
        case .group: return true
        default: return false
        }
    }

    /// Parses such a statement as a query of all columns of what it makes.
    mutating func parseReshapingStatement() throws(EngineError) -> SelectCore {
        let start = self.start
        try enter(cost: 2)
        let isPivot = isWord("pivot")
        advance()
        var tableCount = 1
        let table = try parsePlainTable(&tableCount)
        let change: ReshapedTable.Change =
            isPivot ? .pivot(try parsePivotStatement()) : .unpivot(try parseUnpivotStatement())
        depth -= 2
        let range = range(from: start)
        return SelectCore(
            isDistinct: false, distinctOn: [],
            columns: [.star(StarColumn(excluded: [], replaced: [], range: range))],
            from: .reshaped(ReshapedTable(table: table, change: change, alias: nil, range: range)),
            filter: nil,
            groupBy: [], having: nil, windows: [], qualify: nil, range: range)
    }

    private mutating func parsePivotStatement() throws(EngineError) -> PivotClause {
        var clause = PivotClause(aggregates: [], keys: [], groupBy: nil)
        if accept(.on) {
            repeat {
                let key = try parseExpression(above: Precedence.equality + 1)
                let values = accept(.in) ? try parsePivotValues() : nil
                clause.keys.append(PivotClause.Key(expression: key, values: values))
            } while accept(.comma)
        }
        if accept(.using) { clause.aggregates = try parseNamedExpressions() }
        if accept(.group) {
            try expect(.by, "BY")
            clause.groupBy = try parseExpressionList()
        }
        return clause
    }

    private mutating func parseUnpivotStatement() throws(EngineError) -> UnpivotClause {
        func word(_ name: String) -> Identifier { Identifier(name, range: current.range) }
        var clause = UnpivotClause(
            includesNulls: false, name: word("name"), values: [word("value")], groups: [], starExcept: nil
        )
        try expect(.on, "ON")
        if kind == .star || (isWord("columns") && peek() == .leftParenthesis && peek(2) == .star) {
            clause.starExcept = try parseStarOfColumns()
        } else {
            clause.groups = try parseUnpivotGroups()
        }
        if accept(.into) {
            guard acceptWord("name") else { throw unexpected("NAME") }
            clause.name = try parseName("the name of the column of names")
            guard acceptWord("value") else { throw unexpected("VALUE") }
            clause.values = try parseNameList("the name of the column of values")
        }
        return clause
    }

    /// `*`, or `COLUMNS(* [EXCLUDE …])`; returns what is left out.
    private mutating func parseStarOfColumns() throws(EngineError) -> [Identifier] {
        if accept(.star) { return accept(.exclude) ? try parseNames() : [] }
        advance()
        advance()
        advance()
        let excluded = accept(.exclude) ? try parseNames() : []
        try expect(.rightParenthesis, "\")\"")
        return excluded
    }

    // MARK: samples

    /// Whether `USING SAMPLE` follows.
    var beginsUsingSample: Bool { kind == .using && isWord("sample", at: 1) }

    /// Parses `10 PERCENT`, `10%`, `5 ROWS`, `bernoulli(10%)`, `10% (system, 42)`, and `REPEATABLE (42)` after them.
    mutating func parseSample() throws(EngineError) -> SampleClause {
        var clause = SampleClause(method: .reservoir, amount: 0, isPercent: false, seed: nil)
        if let method = try parseSampleMethod() {
            clause.method = method
            try expect(.leftParenthesis, "\"(\"")
            try parseSampleAmount(&clause, isPercentByDefault: method != .reservoir)
            try expect(.rightParenthesis, "\")\"")
        } else {
            try parseSampleAmount(&clause, isPercentByDefault: false)
            if clause.isPercent { clause.method = .system }
            if kind == .leftParenthesis {
                advance()
                guard let method = try parseSampleMethod() else { throw unexpected("a method of sampling") }
                clause.method = method
                if accept(.comma) { clause.seed = try parseSeed() }
                try expect(.rightParenthesis, "\")\"")
            }
        }
        if !clause.isPercent, clause.method != .reservoir {
            throw EngineError(.syntax, "a number of rows is taken by RESERVOIR alone", at: current.range)
        }
        if acceptWord("repeatable") {
            try expect(.leftParenthesis, "\"(\"")
            clause.seed = try parseSeed()
            try expect(.rightParenthesis, "\")\"")
        }
        return clause
    }

    private mutating func parseSampleMethod() throws(EngineError) -> SampleClause.Method? {
        guard kind.isIdentifier else { return nil }
        guard let method = SampleClause.Method(rawValue: text(current.range).lowercased()) else {
            throw unexpected("a number, RESERVOIR, BERNOULLI or SYSTEM")
        }
        advance()
        return method
    }

    private mutating func parseSampleAmount(
        _ clause: inout SampleClause, isPercentByDefault: Bool
    ) throws(EngineError) {
        let start = self.start
        guard kind == .integer || kind == .real, let amount = Double(text(current.range)) else {
            throw unexpected("a number")
        }
        advance()
        clause.amount = amount
        clause.isPercent = isPercentByDefault
        if accept(.percent) || acceptWord("percent") {
            clause.isPercent = true
        } else if accept(.rows) || accept(.row) {
            clause.isPercent = false
        }
        let isValid = clause.isPercent ? amount <= 100 : amount.rounded() == amount && amount <= 1e15
        guard isValid else {
            throw EngineError(
                .syntax,
                clause.isPercent ? "a sample of more than 100 percent" : "a sample of a part of a row",
                at: range(from: start))
        }
    }

    private mutating func parseSeed() throws(EngineError) -> Int64 {
        let start = self.start
        guard let seed = Int64(try parseSignedNumber()) else {
            throw EngineError(.syntax, "the seed of a sample is an integer", at: range(from: start))
        }
        return seed
    }
}
