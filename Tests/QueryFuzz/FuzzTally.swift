/// Counts how queries came out.
package struct FuzzTally: Sendable {
    package private(set) var sameCount = 0
    package private(set) var refusedCount = 0
    package private(set) var skippedCount = 0
    package private(set) var differentCount = 0
    package private(set) var contradictedCount = 0
    private var contradictions: [String: (count: Int, example: String)] = [:]
    private var refusals: [String: (count: Int, example: String)] = [:]
    private var skips: [String: (count: Int, example: String)] = [:]

    /// Queries that SQLite answered.
    package var comparedCount: Int { sameCount + refusedCount + differentCount + contradictedCount }
    package var totalCount: Int { comparedCount + skippedCount }

    mutating func add(_ verdict: FuzzSession.Verdict, _ sql: @autoclosure () -> String) {
        switch verdict {
        case .same: sameCount += 1
        case .different: differentCount += 1
        case .contradicted:
            contradictedCount += 1
            Self.count("SQLite contradicts itself", sql(), &contradictions)
        case .refused(let reason):
            refusedCount += 1
            Self.count(reason, sql(), &refusals)
        case .skipped(let reason):
            skippedCount += 1
            Self.count(reason, sql(), &skips)
        }
    }

    /// Keeps the shortest query of each reason as its example.
    private static func count(
        _ reason: String, _ sql: String, _ reasons: inout [String: (count: Int, example: String)]
    ) {
        let known = reasons[withoutNames(reason), default: (0, sql)]
        let example = sql.utf8.count < known.example.utf8.count ? sql : known.example
        reasons[withoutNames(reason)] = (known.count + 1, example)
    }

    /// A reason without what stands in parentheses and quotes.
    private static func withoutNames(_ reason: String) -> String {
        var result = ""
        var depth = 0
        var isQuoted = false
        for character in reason {
            if character == "'" { isQuoted.toggle() }
            if character == "(" { depth += 1 }
            if depth == 0, !isQuoted || character == "'" { result.append(character) }
            if character == ")", depth > 0 { depth -= 1 }
        }
        return result
    }

    private static func percent(_ part: Int, of whole: Int) -> String {
        let hundredths = whole == 0 ? 0 : (part * 10_000 + whole / 2) / whole
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) %"
    }

    package var summary: String {
        "\(totalCount) queries: \(sameCount) the same, \(differentCount) different, \(refusedCount) refused "
            + "(\(Self.percent(refusedCount, of: comparedCount))), \(contradictedCount) to which SQLite gives two answers, "
            + "\(skippedCount) without one"
    }

    /// Why queries were refused, the most frequent reason first, each with its share and an example.
    package var refusalReport: String { report(refusals) }
    package var skipReport: String { report(contradictions) + report(skips) }

    private func report(_ reasons: [String: (count: Int, example: String)]) -> String {
        reasons.sorted { ($0.value.count, $1.key) > ($1.value.count, $0.key) }.map { reason, entry in
            "\(Self.percent(entry.count, of: comparedCount))  \(reason)\n    \(entry.example.prefix(300))\n"
        }.joined()
    }
}
