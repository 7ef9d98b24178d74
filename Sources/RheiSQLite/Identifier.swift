/// Writes `name` as a quoted SQL identifier, whatever it holds.
///
/// A NUL byte cannot stand in SQL text; SQLite names never hold one.
package func quotedIdentifier(_ name: String) -> String { quoted(name, with: "\"") }

/// Writes `text` as an SQL string literal.
package func quotedLiteral(_ text: String) -> String { quoted(text, with: "'") }

private func quoted(_ text: String, with quote: Unicode.Scalar) -> String {
    var result = String.UnicodeScalarView()
    result.append(quote)
    for scalar in text.unicodeScalars {
        if scalar == quote { result.append(quote) }
        result.append(scalar)
    }
    result.append(quote)
    return String(result)
}
