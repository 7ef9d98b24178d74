/// Finds the keyword that a misspelled word most likely stands for.
enum KeywordSuggestion {
    /// Keywords that begin or join clauses; those with many neighbours among ordinary names are left out.
    private static let candidates = [
        "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT",
        "DISTINCT", "VALUES", "INNER", "OUTER", "CROSS", "NATURAL", "JOIN", "LEFT", "RIGHT", "USING", "BETWEEN",
        "EXISTS", "ESCAPE", "COLLATE", "PARTITION", "WINDOW", "RECURSIVE", "MATERIALIZED", "INSERT", "UPDATE", "DELETE",
        "CREATE", "RETURNING", "EXPLAIN", "QUALIFY", "WITH", "WHEN", "THEN", "ELSE", "CASE", "PRECEDING", "FOLLOWING",
        "UNBOUNDED",
    ]

    /// Returns the keyword within one edit of a word of four letters, or two of a longer one; nil if there is none or
    /// the word is a keyword itself.
    static func nearest(to word: String) -> String? {
        let letters = Array(word.uppercased().utf8)
        guard letters.count >= 4, letters.count <= 16 else { return nil }
        var best: (keyword: String, distance: Int)?
        for keyword in candidates {
            let length = keyword.utf8.count
            guard abs(length - letters.count) <= 2 else { continue }
            let distance = editDistance(letters, Array(keyword.utf8))
            let allowed = min(length, letters.count) <= 5 ? 1 : 2
            if distance > 0, distance <= allowed, distance < best?.distance ?? .max { best = (keyword, distance) }
        }
        return best?.keyword
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two words (optimal string
    /// alignment distance).
    private static func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let cost = left[row - 1] == right[column - 1] ? 0 : 1
                var distance = min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + cost)
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    distance = min(distance, beforePrevious[column - 2] + 1)
                }
                current.append(distance)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[right.count]
    }
}
