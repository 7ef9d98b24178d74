import RheiCore

/// Statements that change the schema; of most only names are kept.
extension Parser {
    // MARK: CREATE

    mutating func parseCreate() throws(EngineError) -> CreateStatement {
        let start = self.start
        advance()
        let replaces = try acceptOrReplace()
        let isTemporary = !replaces && (kind == .temp || kind == .temporary)
        if isTemporary { advance() }
        var statement = CreateStatement(
            object: .table(asSelect: nil), name: QualifiedName(name: Identifier("", range: current.range)),
            isTemporary: isTemporary, ifNotExists: false, replacesExisting: replaces, range: current.range)
        switch kind {
        case .table: try parseCreateTable(&statement)
        case _ where replaces: throw unexpected("TABLE")
        case .view: try parseCreateView(&statement)
        case .trigger: try parseCreateTrigger(&statement)
        case .unique where !isTemporary, .index where !isTemporary: try parseCreateIndex(&statement)
        case .virtual where !isTemporary: try parseCreateVirtualTable(&statement)
        default: throw unexpected("TABLE, VIEW, INDEX or TRIGGER")
        }
        statement.range = range(from: start)
        return statement
    }

    private mutating func parseCreatedName(_ statement: inout CreateStatement) throws(EngineError) {
        if kind == .if, peek() == .not {
            advance()
            advance()
            try expect(.exists, "EXISTS")
            statement.ifNotExists = true
        }
        statement.name = try parseQualifiedName("a name")
    }

    private mutating func parseCreateTable(_ statement: inout CreateStatement) throws(EngineError) {
        advance()
        try parseCreatedName(&statement)
        if kind == .using || statement.replacesExisting {
            try parseColumnarTable(&statement)
        } else if accept(.as) {
            statement.object = .table(asSelect: try parseQuery())
        } else if kind == .leftParenthesis {
            try skipToStatementEnd()
        } else {
            throw unexpected("\"(\" or AS")
        }
    }

    /// Parses `OR REPLACE`, an extension of columnar tables, if it follows.
    private mutating func acceptOrReplace() throws(EngineError) -> Bool {
        guard accept(.or) else { return false }
        try expect(.replace, "REPLACE")
        return true
    }

    /// Parses `USING columnar AS query`.
    private mutating func parseColumnarTable(_ statement: inout CreateStatement) throws(EngineError) {
        try expect(.using, "USING columnar")
        guard isWord("columnar"), !statement.isTemporary else { throw unexpected("columnar") }
        advance()
        try expect(.as, "AS")
        statement.object = .columnarTable(asSelect: try parseQuery())
    }

    private mutating func parseCreateView(_ statement: inout CreateStatement) throws(EngineError) {
        advance()
        try parseCreatedName(&statement)
        let columns = try parseOptionalColumnList()
        try expect(.as, "AS")
        statement.object = .view(columns: columns, select: try parseQuery())
    }

    private mutating func parseQuery() throws(EngineError) -> SelectStatement {
        guard kind.beginsSelect else { throw unexpected("SELECT, VALUES or WITH") }
        return try parseSelect()
    }

    private mutating func parseCreateIndex(_ statement: inout CreateStatement) throws(EngineError) {
        let isUnique = accept(.unique)
        try expect(.index, "INDEX")
        try parseCreatedName(&statement)
        try expect(.on, "ON")
        statement.object = .index(on: try parseName("a table name"), isUnique: isUnique)
        guard kind == .leftParenthesis else { throw unexpected("\"(\"") }
        try skipToStatementEnd()
    }

    private mutating func parseCreateVirtualTable(_ statement: inout CreateStatement) throws(EngineError) {
        advance()
        try expect(.table, "TABLE")
        try parseCreatedName(&statement)
        try expect(.using, "USING")
        statement.object = .virtualTable(module: try parseName("the name of a module"))
        try skipToStatementEnd()
    }

    /// Parses a trigger up to the `END` that follows a semicolon.
    private mutating func parseCreateTrigger(_ statement: inout CreateStatement) throws(EngineError) {
        advance()
        try parseCreatedName(&statement)
        while kind != .on, kind != .semicolon, kind != .endOfText { advance() }
        try expect(.on, "ON")
        statement.object = .trigger(on: try parseQualifiedName("a table name"))
        while kind != .begin {
            guard kind != .semicolon, kind != .endOfText, kind != .illegal else { throw unexpected("BEGIN") }
            advance()
        }
        advance()
        repeat {
            guard kind != .semicolon else { throw unexpected("a statement") }
            try skipToStatementEnd()
            try expect(.semicolon, "\";\"")
        } while kind != .end
        advance()
    }

    // MARK: DROP

    mutating func parseDrop() throws(EngineError) -> DropStatement {
        let start = self.start
        advance()
        let dropped: DropStatement.Kind
        switch kind {
        case .table: dropped = .table
        case .view: dropped = .view
        case .index: dropped = .index
        case .trigger: dropped = .trigger
        default: throw unexpected("TABLE, VIEW, INDEX or TRIGGER")
        }
        advance()
        let ifExists = kind == .if && peek() == .exists
        if ifExists {
            advance()
            advance()
        }
        let name = try parseQualifiedName("a name")
        return DropStatement(kind: dropped, name: name, ifExists: ifExists, range: range(from: start))
    }

    // MARK: ALTER TABLE

    mutating func parseAlterTable() throws(EngineError) -> AlterTableStatement {
        let start = self.start
        advance()
        try expect(.table, "TABLE")
        let name = try parseQualifiedName("a table name")
        let action: AlterTableStatement.Action
        switch kind {
        case .rename: action = try parseRename()
        case .add: action = try parseAddColumn()
        case .drop:
            advance()
            _ = accept(.column)
            action = .dropColumn(try parseName("a column name"))
        default: throw unexpected("RENAME, ADD or DROP")
        }
        return AlterTableStatement(name: name, action: action, range: range(from: start))
    }

    private mutating func parseRename() throws(EngineError) -> AlterTableStatement.Action {
        advance()
        if accept(.to) { return .renameTable(to: try parseName("a table name")) }
        _ = accept(.column)
        let column = try parseName("a column name")
        try expect(.to, "TO")
        return .renameColumn(column, to: try parseName("a column name"))
    }

    private mutating func parseAddColumn() throws(EngineError) -> AlterTableStatement.Action {
        advance()
        _ = accept(.column)
        let column = try parseName("a column name")
        try skipToStatementEnd()
        return .addColumn(column)
    }
}
