package import RheiCore

/// Reads SQL text into syntax trees: all of SQLite 3.40's queries with extensions, other statements as far as routing
/// needs them.
///
/// Cost is linear in the length of the text; nesting and the height of expressions are limited, so that no text
/// overflows the stack. All errors are `EngineError`s with code `syntax` and the range of the offending bytes.
package enum SQLParser {
    /// Parses a text that holds exactly one statement, with or without semicolons at the end.
    package static func parseStatement(_ sql: String) throws(EngineError) -> Statement {
        var parser = try Parser(sql)
        while parser.accept(.semicolon) {}
        guard parser.kind != .endOfText else {
            throw EngineError(.syntax, "the text holds no statement", at: parser.current.range)
        }
        let statement = try parser.parseStatement()
        try parser.parseStatementEnd()
        while parser.accept(.semicolon) {}
        guard parser.kind == .endOfText else {
            throw EngineError(.syntax, "the text holds more than one statement", at: parser.current.range)
        }
        return statement
    }

    /// Parses a text of any number of statements, none included, separated by semicolons; ranges refer to the text.
    package static func parseScript(_ sql: String) throws(EngineError) -> [Statement] {
        var parser = try Parser(sql)
        var statements: [Statement] = []
        while true {
            while parser.accept(.semicolon) {}
            if parser.kind == .endOfText { return statements }
            statements.append(try parser.parseStatement())
            try parser.parseStatementEnd()
        }
    }

    /// Parses a text that is one expression.
    package static func parseExpression(_ sql: String) throws(EngineError) -> SyntaxExpression {
        var parser = try Parser(sql)
        let expression = try parser.parseExpression()
        guard parser.kind == .endOfText else { throw parser.unexpected("an operator or the end of the expression") }
        return expression
    }
}

extension Parser {
    /// Checks that the statement ends here and moves past its semicolon.
    mutating func parseStatementEnd() throws(EngineError) {
        guard kind != .endOfText else { return }
        try expect(.semicolon, "the end of the statement")
    }
}
