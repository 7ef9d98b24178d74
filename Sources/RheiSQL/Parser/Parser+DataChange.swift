import RheiCore

/// `INSERT`, `REPLACE`, `UPDATE` and `DELETE`: parsed in full, of which target and tables read are kept.
extension Parser {
    /// Parses a data change whose `WITH` clause, if any, has been read.
    mutating func parseDataChange(with: WithClause?, from start: Int) throws(EngineError) -> DataChangeStatement {
        var reader = DataChangeReader(with: with)
        let kind: DataChangeStatement.Kind
        switch self.kind {
        case .insert: kind = .insert
        case .replace: kind = .replace
        case .update: kind = .update
        default: kind = .delete
        }
        advance()
        switch kind {
        case .insert, .replace: try parseInsert(kind, into: &reader)
        case .update: try parseUpdate(into: &reader)
        case .delete: try parseDelete(into: &reader)
        }
        return DataChangeStatement(
            kind: kind, target: reader.target, tablesRead: reader.tables.names, hasReturning: reader.hasReturning,
            range: range(from: start))
    }

    // MARK: INSERT

    private mutating func parseInsert(
        _ kind: DataChangeStatement.Kind, into reader: inout DataChangeReader
    ) throws(EngineError) {
        if kind == .insert { try parseOptionalConflictAction() }
        try expect(.into, "INTO")
        reader.target = try parseQualifiedName("a table name")
        if accept(.as) { _ = try parseName("an alias") }
        if accept(.leftParenthesis) {
            _ = try parseNameList("a column name")
            try expect(.rightParenthesis, "\",\" or \")\"")
        }
        if accept(.default) {
            try expect(.values, "VALUES")
        } else {
            guard self.kind.beginsSelect else { throw unexpected("VALUES, SELECT, WITH or DEFAULT VALUES") }
            reader.tables.visit(try parseSelect())
            while self.kind == .on { try parseUpsert(into: &reader) }
        }
        try parseOptionalReturning(into: &reader)
    }

    private mutating func parseOptionalConflictAction() throws(EngineError) {
        guard accept(.or) else { return }
        switch kind {
        case .rollback, .abort, .fail, .ignore, .replace: advance()
        default: throw unexpected("ROLLBACK, ABORT, FAIL, IGNORE or REPLACE")
        }
    }

    /// Parses `ON CONFLICT [(…) [WHERE …]] DO NOTHING` or `DO UPDATE SET … [WHERE …]`.
    private mutating func parseUpsert(into reader: inout DataChangeReader) throws(EngineError) {
        advance()
        try expect(.conflict, "CONFLICT")
        if accept(.leftParenthesis) {
            try parseIndexedColumns()
            try expect(.rightParenthesis, "\",\" or \")\"")
            try parseOptionalWhere(into: &reader)
        }
        try expect(.do, "DO")
        if accept(.nothing) { return }
        try expect(.update, "NOTHING or UPDATE")
        try expect(.set, "SET")
        try parseAssignments(into: &reader)
        try parseOptionalWhere(into: &reader)
    }

    private mutating func parseIndexedColumns() throws(EngineError) {
        repeat {
            _ = try parseExpression()
            if !accept(.desc) { _ = accept(.asc) }
        } while accept(.comma)
    }

    // MARK: UPDATE and DELETE

    private mutating func parseUpdate(into reader: inout DataChangeReader) throws(EngineError) {
        try parseOptionalConflictAction()
        try parseChangedTable(into: &reader)
        try expect(.set, "SET")
        try parseAssignments(into: &reader)
        if accept(.from) { reader.tables.visit(try parseFrom()) }
        try parseEndOfChange(into: &reader)
    }

    private mutating func parseDelete(into reader: inout DataChangeReader) throws(EngineError) {
        try expect(.from, "FROM")
        try parseChangedTable(into: &reader)
        try parseEndOfChange(into: &reader)
    }

    private mutating func parseChangedTable(into reader: inout DataChangeReader) throws(EngineError) {
        reader.target = try parseQualifiedName("a table name")
        if accept(.as) { _ = try parseName("an alias") }
        if accept(.indexed) {
            try expect(.by, "BY")
            _ = try parseName("an index name")
        } else if accept(.not) {
            try expect(.indexed, "INDEXED")
        }
    }

    private mutating func parseAssignments(into reader: inout DataChangeReader) throws(EngineError) {
        repeat {
            if accept(.leftParenthesis) {
                _ = try parseNameList("a column name")
                try expect(.rightParenthesis, "\",\" or \")\"")
            } else {
                _ = try parseName("a column name")
            }
            try expect(.equals, "\"=\"")
            reader.tables.visit(try parseExpression())
        } while accept(.comma)
    }

    private mutating func parseOptionalWhere(into reader: inout DataChangeReader) throws(EngineError) {
        if accept(.where) { reader.tables.visit(try parseExpression()) }
    }

    private mutating func parseEndOfChange(into reader: inout DataChangeReader) throws(EngineError) {
        try parseOptionalWhere(into: &reader)
        try parseOptionalReturning(into: &reader)
        for term in try parseOptionalOrderBy() { reader.tables.visit(term.expression) }
        guard accept(.limit) else { return }
        reader.tables.visit(try parseExpression())
        if accept(.comma) || accept(.offset) { reader.tables.visit(try parseExpression()) }
    }

    private mutating func parseOptionalReturning(into reader: inout DataChangeReader) throws(EngineError) {
        guard accept(.returning) else { return }
        reader.hasReturning = true
        reader.tables.visit(try parseResultColumns())
    }
}

/// What is gathered while a data change is read.
struct DataChangeReader {
    var target = QualifiedName(name: Identifier("", range: SourceRange(0, 0)))
    var hasReturning = false
    var tables: TableNameCollector

    /// Begins with the `WITH` clause, whose names hide tables in the rest of the statement.
    init(with: WithClause?) {
        tables = TableNameCollector()
        tables.open(with)
    }
}
