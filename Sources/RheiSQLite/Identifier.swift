import RheiCore

/// Writes `name` as a quoted SQL identifier, whatever it holds.
///
/// A NUL byte cannot stand in SQL text; SQLite names never hold one.
package func quotedIdentifier(_ name: String) -> String { quoted(name, by: "\"") }

/// Writes `text` as an SQL string literal.
package func quotedLiteral(_ text: String) -> String { quoted(text, by: "'") }
