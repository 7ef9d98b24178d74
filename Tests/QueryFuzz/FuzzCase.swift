import Rhei

/// A query that two engines answer differently, with all that it takes to show it again.
package struct FuzzCase: Sendable {
    var schema: FuzzSchema
    var isMirrored: Bool
    var query: FuzzQuery
    var executions: [ColumnarExecution]
    var difference: FuzzSession.Difference

    /// Where the case comes from.
    package var origin: String

    /// Leaves out whatever can be left out while the answers still differ in the same way.
    mutating func reduce() async {
        for _ in 0..<4 {
            let before = size
            await reduceQuery()
            await reduceSchema()
            if size == before { break }
        }
    }

    private var size: Int {
        query.sql.utf8.count + schema.statements.reduce(0) { $0 + $1.utf8.count } + schema.changes.count
    }

    private mutating func reduceQuery() async {
        guard let session = try? await FuzzSession(schema, isMirrored: isMirrored) else { return }
        await session.apply(schema.changes)
        // Without ORDER BY and LIMIT a difference in rows is plainer.
        if difference.kind == .rows, !query.ending.text.isEmpty {
            var plain = query
            plain.isLimited = false
            plain.orderColumns = []
            plain.ending = ""
            _ = await take(plain, session)
        }
        var attempts = 0
        var progresses = true
        while progresses, attempts < 1_500 {
            progresses = false
            let length = query.sql.utf8.count
            for simpler in query.node.simplified.sorted(by: { $0.text.utf8.count < $1.text.utf8.count }) {
                let text = simpler.text
                guard
                    text.utf8.count < length || text.count(where: { $0 == "(" }) < query.sql.count(where: { $0 == "(" })
                else { continue }
                attempts += 1
                if attempts > 1_500 { break }
                var candidate = query
                candidate.node = simpler
                if await take(candidate, session) {
                    progresses = true
                    break
                }
            }
        }
        await session.close()
    }

    /// Keeps `candidate` if the answers to it differ in the same way.
    private mutating func take(_ candidate: FuzzQuery, _ session: FuzzSession) async -> Bool {
        guard case .different(let found) = await session.check(candidate, executions), found.kind == difference.kind
        else { return false }
        (query, difference) = (candidate, found)
        return true
    }

    private mutating func reduceSchema() async {
        var attempts = 0
        var progresses = true
        while progresses, attempts < 400 {
            progresses = false
            for simpler in schema.simplified(for: query.sql) {
                attempts += 1
                if attempts > 400 { break }
                guard let session = try? await FuzzSession(simpler, isMirrored: isMirrored) else { continue }
                await session.apply(simpler.changes)
                let isKept = await take(query, session)
                await session.close()
                if isKept {
                    schema = simpler
                    progresses = true
                    break
                }
            }
        }
    }

    // MARK: - Script

    /// The case as a sqllogictest script that holds SQLite's rows.
    package var script: String {
        var text = "# \(origin)\n# \(difference.kind): \(difference.detail.replacing("\n", with: "\\n"))\n\n"
        for statement in schema.statements + schema.changes { text += "statement ok\n\(statement)\n\n" }
        let types = String(repeating: "T", count: max(1, difference.expected.first?.count ?? query.exactness.count))
        text += "query \(types) \(difference.kind == .order ? "nosort" : "rowsort")\n\(query.sql)\n----\n"
        for row in difference.expected { for value in row { text += value.sqlLogicText + "\n" } }
        return text
    }
}
