import RheiSQL

/// Cuts a text or a stream of lines into statements at the semicolons that end them.
///
/// Strings, comments and the bodies of triggers are seen through, as sqlite3_complete does.
package struct SQLScript {
    private var splitter = StatementSplitter()
    private var complete: [String] = []

    package init() {}

    package mutating func append(_ text: String) { complete += splitter.feed(text) }

    /// Returns the next complete statement, or nil until more text has come.
    package mutating func next() -> String? {
        complete.isEmpty ? nil : complete.removeFirst()
    }

    /// Whether what is left is only blanks and comments.
    package var isEmpty: Bool { complete.isEmpty && splitter.isBlank }

    /// Ends the text: returns what stands after the last semicolon, nil when that is nothing but blanks and comments.
    package mutating func finish() -> String? { splitter.finish() }

    /// All statements of a complete text; the last one may lack its semicolon.
    package static func statements(of text: String) -> [String] {
        var splitter = StatementSplitter()
        return splitter.feed(text) + (splitter.finish().map { [$0] } ?? [])
    }
}
