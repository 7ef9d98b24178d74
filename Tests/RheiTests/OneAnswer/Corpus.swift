/// Hand-picked queries over a small, odd schema. SQLite's answers are the expected ones.
///
/// A query stands on a line of its own; lines that begin with a blank continue the one above.
enum Corpus {
    /// Queries that must be answered from columns.
    static let answered: [String] = [
        arithmetic, comparisons, functions, aggregates, joins, subqueries, sets, recursion, json, shapes, windows,
        choices,
    ].flatMap(lines)

    /// A query and why it is refused.
    struct Refusal {
        var sql: String
        var reason: String
    }

    /// Splits a text into its entries.
    static func lines(_ text: String) -> [String] {
        var result: [String] = []
        for line in text.split(separator: "\n") {
            if line.first == " ", let last = result.indices.last {
                result[last] += " " + line.drop { $0 == " " }
            } else {
                result.append(String(line))
            }
        }
        return result
    }

    /// Whether a query says in which order its rows come: ORDER BY outside of all parentheses.
    static func isOrdered(_ sql: String) -> Bool {
        var depth = 0
        let outside = sql.filter { character in
            if character == ")" { depth -= 1 }
            defer { if character == "(" { depth += 1 } }
            return depth == 0
        }
        return outside.contains("ORDER BY")
    }

    /// Splits a text in which a line `-- reason` stands above the queries that it holds for.
    static func refusals(_ text: String) -> [Refusal] {
        var reason = ""
        var result: [Refusal] = []
        for line in lines(text) {
            if line.hasPrefix("-- ") {
                reason = String(line.dropFirst(3))
            } else {
                result.append(Refusal(sql: line, reason: reason))
            }
        }
        return result
    }
}
