import RheiCore

/// `COPY`, as DuckDB and PostgreSQL have it.
extension Parser {
    mutating func parseCopy() throws(EngineError) -> CopyStatement {
        let start = self.start
        advance()
        let source = try parseCopySource()
        guard accept(.to) else { throw unexpected("TO") }
        guard kind == .string else { throw unexpected("the path of a file as a string") }
        let path = takeIdentifier()
        let options = try parseCopyOptions()
        return CopyStatement(source: source, path: path, options: options, range: range(from: start))
    }

    private mutating func parseCopySource() throws(EngineError) -> CopyStatement.Source {
        guard accept(.leftParenthesis) else { return .table(try parseQualifiedName("a table name or \"(\"")) }
        guard beginsQuery() else { throw unexpected("SELECT, VALUES or WITH") }
        let select = try parseSelect()
        try expect(.rightParenthesis, "\")\"")
        return .query(select)
    }

    /// Parses `[WITH] (name value, …)` if it follows.
    private mutating func parseCopyOptions() throws(EngineError) -> [CopyStatement.Option] {
        let hasWith = accept(.with)
        guard accept(.leftParenthesis) else {
            if hasWith { throw unexpected("\"(\"") }
            return []
        }
        var options: [CopyStatement.Option] = []
        repeat {
            let name = try parseName("the name of an option")
            let hasValue = kind.isName || kind == .string || kind == .integer
            options.append(CopyStatement.Option(name: name, value: hasValue ? takeIdentifier() : nil))
        } while accept(.comma)
        try expect(.rightParenthesis, "\",\" or \")\"")
        return options
    }
}
