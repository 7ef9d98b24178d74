import RheiCore

/// Writes syntax trees as SQL text that parses to equal trees.
///
/// Parentheses stand where precedence needs them. Spelling is canonical (`<>` for `!=`, `IS NULL` for `ISNULL`, `CAST`
/// for `::`, `AS` before every alias); names keep their quotes.
package struct SQLPrinter {
    /// What has been written so far.
    var output = ""

    package static func text(of select: SelectStatement) -> String {
        var printer = SQLPrinter()
        printer.write(select)
        return printer.output
    }

    package static func text(of expression: SyntaxExpression) -> String {
        var printer = SQLPrinter()
        printer.write(expression)
        return printer.output
    }

    mutating func write(_ text: String) {
        output += text
    }

    /// Writes expressions with commas between them.
    mutating func write(_ expressions: [SyntaxExpression]) {
        for (index, expression) in expressions.enumerated() {
            if index > 0 { write(", ") }
            write(expression)
        }
    }

    mutating func write(_ identifiers: [Identifier]) {
        for (index, identifier) in identifiers.enumerated() {
            if index > 0 { write(", ") }
            write(identifier)
        }
    }

    mutating func write(_ name: QualifiedName) {
        if let schema = name.schema {
            write(schema)
            write(".")
        }
        write(name.name)
    }

    // MARK: Names and strings

    mutating func write(_ identifier: Identifier) {
        let name = identifier.name
        switch identifier.quoteStyle {
        case nil: write(Self.isBareName(name) ? name : quoted(name, by: "\""))
        case .double: write(quoted(name, by: "\""))
        case .bracket: write(name.utf8.contains(UInt8(ascii: "]")) ? quoted(name, by: "\"") : "[\(name)]")
        case .backtick: write(quoted(name, by: "`"))
        case .single: write(quoted(name, by: "'"))
        }
    }

    /// Whether a name without quotes is one token that may be a name.
    private static func isBareName(_ name: String) -> Bool {
        let tokens = Lexer.tokens(of: Array(name.utf8) + [0])
        guard tokens.count == 2, tokens[0].end - tokens[0].start == name.utf8.count else { return false }
        return tokens[0].kind == .identifier || (tokens[0].kind.isKeyword && tokens[0].kind.isName)
    }
}
