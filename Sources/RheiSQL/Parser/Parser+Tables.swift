import RheiCore

/// The `FROM` clause.
extension Parser {
    /// Parses what follows `FROM`.
    mutating func parseFrom() throws(EngineError) -> TableExpression {
        var tableCount = 1
        return try parseJoins(&tableCount)
    }

    /// Parses tables joined by commas and `JOIN`, leaning to the left.
    private mutating func parseJoins(_ tableCount: inout Int) throws(EngineError) -> TableExpression {
        let start = self.start
        var left = try parseTable(&tableCount)
        if kind == .on || (kind == .using && !beginsUsingSample) {
            throw EngineError(.syntax, "a JOIN is required before \(text(current.range))", at: current.range)
        }
        while let operation = try parseOptionalJoinOperator() {
            tableCount += 1
            guard tableCount <= Self.maximumTables else {
                throw EngineError(.syntax, "FROM has more than \(Self.maximumTables) tables", at: current.range)
            }
            let right = try parseTable(&tableCount)
            let constraint = try parseOptionalConstraint(isNatural: operation.isNatural)
            left = .join(
                TableJoin(
                    left: left, right: right, kind: operation.kind, isNatural: operation.isNatural,
                    isAsOf: operation.isAsOf, constraint: constraint, range: range(from: start)))
        }
        return left
    }

    private mutating func parseOptionalConstraint(
        isNatural: Bool
    ) throws(EngineError) -> TableJoin.Constraint? {
        guard kind == .on || (kind == .using && !beginsUsingSample) else { return nil }
        if isNatural {
            throw EngineError(.syntax, "a NATURAL join may not have ON or USING", at: current.range)
        }
        if accept(.on) { return .on(try parseExpression()) }
        advance()
        try expect(.leftParenthesis, "\"(\"")
        let columns = try parseNameList("a column name")
        try expect(.rightParenthesis, "\",\" or \")\"")
        return .using(columns)
    }

    // MARK: Join operators

    private struct JoinOperator {
        var kind = TableJoin.Kind.inner
        var isNatural = false
        var isAsOf = false
    }

    /// Parses a comma or the words up to `JOIN`, if they follow.
    ///
    /// `ASOF` can only be met here after an alias: in `a ASOF JOIN b` it is the alias, as for SQLite.
    private mutating func parseOptionalJoinOperator() throws(EngineError) -> JoinOperator? {
        if accept(.comma) { return JoinOperator(kind: .comma) }
        if isWord("asof"), peek() == .join || (peek() == .left && peek(2) == .join) {
            advance()
            let kind: TableJoin.Kind = accept(.left) ? .left : .inner
            advance()
            return JoinOperator(kind: kind, isAsOf: true)
        }
        guard kind == .join || kind.isJoinKeyword else { return nil }
        return try parseJoinWords()
    }

    /// Parses up to three words before `JOIN` and combines them as SQLite does: `LEFT RIGHT` is `FULL`, any order goes.
    private mutating func parseJoinWords() throws(EngineError) -> JoinOperator {
        let start = self.start
        var words: Set<TokenKind> = []
        var wordCount = 0
        while kind != .join {
            guard kind.isJoinKeyword, wordCount < 3 else { throw unexpected("JOIN") }
            words.insert(kind)
            wordCount += 1
            advance()
        }
        advance()
        let isLeft = words.contains(.left) || words.contains(.full)
        let isRight = words.contains(.right) || words.contains(.full)
        let isOuter = isLeft || isRight || words.contains(.outer)
        let isInner = words.contains(.inner) || words.contains(.cross)
        guard !(isInner && isOuter), isLeft || isRight || !isOuter else {
            throw EngineError(.syntax, "unknown join type: \(text(range(from: start)))", at: range(from: start))
        }
        let kind: TableJoin.Kind =
            switch (isLeft, isRight) {
            case (true, true): .full
            case (true, false): .left
            case (false, true): .right
            case (false, false): words.contains(.cross) ? .cross : .inner
            }
        return JoinOperator(kind: kind, isNatural: words.contains(.natural))
    }

    // MARK: Tables

    private mutating func parseTable(_ tableCount: inout Int) throws(EngineError) -> TableExpression {
        let start = self.start
        return try parseReshaping(of: parsePlainTable(&tableCount), from: start)
    }

    /// Parses a table as it is read, before PIVOT and the like.
    mutating func parsePlainTable(_ tableCount: inout Int) throws(EngineError) -> TableExpression {
        let start = self.start
        if kind == .leftParenthesis { return try parseParenthesizedTable(&tableCount) }
        if isWord("lateral") {
            if peek() == .leftParenthesis, peek(2) == .select || peek(2) == .values || beginsCommonTable(at: 2) {
                advance()
                return try parseSubqueryTable(from: start, isLateral: true)
            }
            if peek().isName, peek(2) == .leftParenthesis {
                advance()
                let name = QualifiedName(name: takeIdentifier())
                return try parseTableFunction(name, from: start, isLateral: true)
            }
        }
        let name = try parseQualifiedName("a table name or \"(\"")
        if kind == .leftParenthesis { return try parseTableFunction(name, from: start, isLateral: false) }
        var table = TableReference(name: name, range: range(from: start))
        if beginsAsOf {
            advance()
            advance()
            table.asOf = try parseExpression()
        }
        table.alias = try parseOptionalTableAlias()
        table.indexHint = try parseOptionalIndexHint()
        table.range = range(from: start)
        return .table(table)
    }

    private func beginsCommonTable(at distance: Int) -> Bool {
        peek(distance) == .with && (peek(distance + 1).isName)
    }

    private mutating func parseParenthesizedTable(_ tableCount: inout Int) throws(EngineError) -> TableExpression {
        let start = self.start
        if beginsQuery(at: 1) { return try parseSubqueryTable(from: start, isLateral: false) }
        try enter(cost: 2)
        advance()
        let table = try parseJoins(&tableCount)
        try expect(.rightParenthesis, "\")\" or a join")
        depth -= 2
        let alias = try parseOptionalTableAlias()
        return .parenthesized(ParenthesizedTable(table: table, alias: alias, range: range(from: start)))
    }

    private mutating func parseSubqueryTable(from start: Int, isLateral: Bool) throws(EngineError) -> TableExpression {
        advance()
        let select = try parseSelect()
        try expect(.rightParenthesis, "\")\"")
        let alias = try parseOptionalTableAlias()
        return .subquery(
            SubqueryReference(select: select, alias: alias, isLateral: isLateral, range: range(from: start)))
    }

    private mutating func parseTableFunction(
        _ name: QualifiedName, from start: Int, isLateral: Bool
    ) throws(EngineError) -> TableExpression {
        advance()
        let arguments = try parseExpressionList(until: .rightParenthesis)
        try expect(.rightParenthesis, "\",\" or \")\"")
        let alias = try parseOptionalTableAlias()
        return .function(
            TableFunctionReference(
                name: name, arguments: arguments, alias: alias, isLateral: isLateral, range: range(from: start)))
    }

    // MARK: Aliases and hints

    mutating func parseOptionalTableAlias() throws(EngineError) -> TableAlias? {
        let name: Identifier
        if accept(.as) {
            name = try parseName("an alias")
        } else if kind.isIdentifierOrString, !beginsQualify, !beginsReshaping {
            name = takeIdentifier()
        } else {
            return nil
        }
        return TableAlias(name: name, columns: try parseOptionalColumnList())
    }

    private mutating func parseOptionalIndexHint() throws(EngineError) -> TableReference.IndexHint? {
        if kind == .not, peek() == .indexed {
            advance()
            advance()
            return .notIndexed
        }
        guard accept(.indexed) else { return nil }
        try expect(.by, "BY")
        return .indexedBy(try parseName("an index name"))
    }

    /// Whether `QUALIFY` is the clause here and not an alias: an expression follows, which after an alias is an error.
    private var beginsQualify: Bool {
        guard isWord("qualify") else { return false }
        if peek() == .not { return peek(2) != .indexed }
        return beginsExpression(at: 1)
    }

    /// Whether `AS OF` names a point in time and not the alias `of`: an expression follows.
    private var beginsAsOf: Bool {
        kind == .as && peek() == .of && beginsExpression(at: 2)
    }

    /// Whether an expression may begin at the token so many places ahead.
    func beginsExpression(at distance: Int) -> Bool {
        switch peek(distance) {
        case .leftParenthesis, .case, .exists, .null, .plus, .minus, .tilde, .integer, .hexInteger, .real, .string,
            .blob, .variable:
            true
        case let kind:
            kind.isIdentifier
        }
    }
}
