package import RheiCore

/// Reads SQL text into syntax trees.
package struct SQLParser {
    /// Parses a text that holds exactly one statement, with or without a semicolon at the end.
    ///
    /// - Throws: `EngineError` with code `syntax` and the range of the offending bytes.
    package static func parseStatement(_ sql: String) throws(EngineError) -> Statement {
        throw .unsupported("statements")
    }

    /// Parses a text of any number of statements, none included, separated by semicolons; ranges refer to the text.
    package static func parseScript(_ sql: String) throws(EngineError) -> [Statement] {
        throw .unsupported("scripts")
    }

    /// Parses a text that is one expression.
    package static func parseExpression(_ sql: String) throws(EngineError) -> SyntaxExpression {
        throw .unsupported("expressions")
    }
}
