import RheiSQL

/// Cuts a text or a stream of lines into statements at the semicolons that end them.
///
/// Strings, comments and the bodies of triggers are seen through, as sqlite3_complete does.
package struct SQLScript {
    private var splitter = StatementSplitter()

    package init() {}

    /// Takes a whole text; `statements` then has all of them, the last one with or without semicolon.
    package init(_ text: String) {
        splitter.append(text)
    }

    package mutating func append(_ text: String) { splitter.append(text) }

    /// Returns the next complete statement without its semicolon, or nil until more text has come.
    package mutating func next() -> String? { splitter.next() }

    /// Whether what is left is only blanks and comments.
    package var isEmpty: Bool { splitter.restIsBlank }

    /// The text after the last complete statement, nil when it holds nothing but blanks and comments.
    package var rest: String? { splitter.restIsBlank ? nil : splitter.rest }

    /// All statements of a complete text.
    package var statements: [String] {
        var copy = self
        var result: [String] = []
        while let statement = copy.next() { result.append(statement) }
        if let rest = copy.rest { result.append(rest) }
        return result
    }
}
