/// Comparison of names as SQLite does it, and suggestions for names that do not exist.
enum NameMatching {
    /// Folds the letters A to Z; other characters stay.
    static func fold(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars {
            scalars.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
        }
        return String(scalars)
    }

    /// Whether two names are the same but for the case of ASCII letters.
    static func equal(_ left: String, _ right: String) -> Bool { left == right || fold(left) == fold(right) }

    /// Says which of the candidates are near the name, or nil when none is.
    static func hint(for name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(fold(name).utf8)
        let limit = max(1, wanted.count / 3)
        var found: [(distance: Int, name: String)] = []
        var seen = Set<String>()
        for candidate in candidates where seen.insert(candidate).inserted {
            let distance = editDistance(wanted, Array(fold(candidate).utf8), limit: limit)
            if distance <= limit { found.append((distance, candidate)) }
        }
        found.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        if found.isEmpty { return nil }
        return "did you mean " + found.prefix(3).map(\.name).joined(separator: ", ") + "?"
    }

    /// The number of insertions, deletions, replacements and swaps of neighbours between two names; `limit + 1`
    /// stands for anything above the limit.
    static func editDistance(_ left: [UInt8], _ right: [UInt8], limit: Int) -> Int {
        if abs(left.count - right.count) > limit { return limit + 1 }
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let replaced = last[column] + (left[row] == right[column] ? 0 : 1)
                var best = min(replaced, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[right.count]
    }
}
