import RheiCore

/// Statements other than queries and data changes.
extension Parser {
    /// Parses one statement without its semicolon.
    mutating func parseStatement() throws(EngineError) -> Statement {
        parameters = ParameterNumbering()
        depth = 0
        lastTypedLiteral = nil
        if kind == .explain { return try parseExplain() }
        return try parsePlainStatement()
    }

    private mutating func parsePlainStatement() throws(EngineError) -> Statement {
        switch kind {
        case .select, .values: .select(try parseSelect())
        case .leftParenthesis where beginsQuery(): .select(try parseSelect())
        case .with: try parseStatementAfterWith()
        case .insert, .replace, .update, .delete: .dataChange(try parseDataChange(with: nil, from: start))
        case .create: .create(try parseCreate())
        case .drop: .drop(try parseDrop())
        case .alter: .alterTable(try parseAlterTable())
        case .begin, .commit, .end, .rollback, .savepoint, .release: .transaction(try parseTransaction())
        case .pragma: .pragma(try parsePragma())
        case .attach: .maintenance(try parseMaintenance(.attach))
        case .detach: .maintenance(try parseMaintenance(.detach))
        case .vacuum: .maintenance(try parseMaintenance(.vacuum))
        case .analyze: .maintenance(try parseMaintenance(.analyze))
        case .reindex: .maintenance(try parseMaintenance(.reindex))
        case .identifier where isWord("copy"): .copy(try parseCopy())
        case .identifier where beginsReshapingStatement(): .select(try parseSelect())
        default: throw unexpected("a statement")
        }
    }

    private mutating func parseStatementAfterWith() throws(EngineError) -> Statement {
        let start = self.start
        let with = try parseOptionalWith()
        switch kind {
        case .select, .values: return .select(try parseSelect(after: with, from: start))
        case .identifier where beginsReshapingStatement(): return .select(try parseSelect(after: with, from: start))
        case .insert, .replace, .update, .delete: return .dataChange(try parseDataChange(with: with, from: start))
        default: throw unexpected("\",\", SELECT, INSERT, UPDATE or DELETE")
        }
    }

    /// Parses `EXPLAIN [QUERY PLAN] statement` and `EXPLAIN ANALYZE query`.
    ///
    /// `EXPLAIN ANALYZE` without a query after it explains SQLite's statement `ANALYZE`.
    private mutating func parseExplain() throws(EngineError) -> Statement {
        let start = self.start
        advance()
        var explanation = ExplainStatement.Kind.plan
        if accept(.query) {
            try expect(.plan, "PLAN")
            explanation = .queryPlan
        } else if kind == .analyze, beginsQueryOrChange(at: 1) {
            advance()
            explanation = .analyze
        }
        let statement = try parsePlainStatement()
        return .explain(ExplainStatement(kind: explanation, statement: statement, range: range(from: start)))
    }

    private func beginsQueryOrChange(at distance: Int) -> Bool {
        switch peek(distance) {
        case .select, .values, .insert, .update, .delete: true
        case .with, .replace: peek(distance + 1) != .semicolon && peek(distance + 1) != .endOfText
        default: false
        }
    }

    // MARK: Transactions

    private mutating func parseTransaction() throws(EngineError) -> TransactionStatement {
        let start = self.start
        let first = kind
        advance()
        let transaction: TransactionStatement.Kind
        switch first {
        case .begin: transaction = .begin(try parseTransactionMode())
        case .savepoint: transaction = .savepoint(try parseName("the name of a savepoint"))
        case .release:
            _ = accept(.savepoint)
            transaction = .release(try parseName("the name of a savepoint"))
        case .rollback: transaction = try parseRollback()
        default:
            try parseOptionalTransactionName()
            transaction = .commit
        }
        return TransactionStatement(kind: transaction, range: range(from: start))
    }

    private mutating func parseTransactionMode() throws(EngineError) -> TransactionStatement.Mode {
        var mode = TransactionStatement.Mode.deferred
        switch kind {
        case .deferred: advance()
        case .immediate:
            advance()
            mode = .immediate
        case .exclusive:
            advance()
            mode = .exclusive
        default: break
        }
        try parseOptionalTransactionName()
        return mode
    }

    private mutating func parseOptionalTransactionName() throws(EngineError) {
        if accept(.transaction), kind.isName { advance() }
    }

    private mutating func parseRollback() throws(EngineError) -> TransactionStatement.Kind {
        try parseOptionalTransactionName()
        guard accept(.to) else { return .rollback }
        if kind == .savepoint { advance() }
        return .rollbackTo(try parseName("the name of a savepoint"))
    }

    // MARK: PRAGMA and maintenance

    private mutating func parsePragma() throws(EngineError) -> PragmaStatement {
        let start = self.start
        advance()
        let name = try parseQualifiedName("the name of a pragma")
        var value: String?
        if accept(.equals) {
            value = try parsePragmaValue()
        } else if accept(.leftParenthesis) {
            value = try parsePragmaValue()
            try expect(.rightParenthesis, "\")\"")
        }
        return PragmaStatement(name: name, value: value, range: range(from: start))
    }

    private mutating func parsePragmaValue() throws(EngineError) -> String {
        switch kind {
        case .plus, .minus, .integer, .hexInteger, .real: return try parseSignedNumber()
        case .on, .delete, .default: return takeIdentifier().name
        default: return try parseName("a value").name
        }
    }

    private mutating func parseMaintenance(
        _ kind: MaintenanceStatement.Kind
    ) throws(EngineError) -> MaintenanceStatement {
        let start = self.start
        advance()
        try skipToStatementEnd()
        return MaintenanceStatement(kind: kind, range: range(from: start))
    }

    /// Moves to the semicolon or the end of the text, over tokens that make no error by themselves.
    mutating func skipToStatementEnd() throws(EngineError) {
        var openCount = 0
        while kind != .semicolon, kind != .endOfText {
            if kind == .illegal { throw unexpected("") }
            if kind == .leftParenthesis { openCount += 1 }
            if kind == .rightParenthesis {
                openCount -= 1
                if openCount < 0 { throw unexpected("the end of the statement") }
            }
            advance()
        }
        if openCount > 0 { throw unexpected("\")\"") }
    }
}
