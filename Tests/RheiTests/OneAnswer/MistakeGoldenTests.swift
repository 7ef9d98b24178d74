import Foundation
import Rhei
import RheiTestSupport
import Testing

/// What the engine says to the most common mistakes, with place and hint, against `Snapshots/mistakes.txt`.
@Suite struct MistakeGoldenTests {
    static let mistakes = [
        "SELEC 1", "SELECT", "SELECT 1 +", "SELECT (1", "SELECT 1)", "SELECT 'abc", "SELECT a b c FROM emp",
        "SELECT id name, FROM emp", "SELECT id FROM", "SELECT id FORM emp", "SELECT * FROM emp WHERE",
        "SELECT * FROM emp WERE id = 1", "SELECT * FROM emp GROUP dept", "SELECT * FROM emp ORDER id",
        "SELECT * FROM emp ORDER BY", "SELECT * FROM emp LIMIT", "SELECT CASE WHEN 1 THEN 2",
        "SELECT 1 FROM emp emp dept",
        "SELECT id FROM emp JOIN", "SELECT id FROM emp LEFT dept", "SELECT id FROM emp ON 1",
        "SELECT id FROM emp WHERE id IN (1, 2", "SELECT id FROM emp WHERE id BETWEEN 1", "SELECT CAST(1 INT)",
        "SELECT id FROM emp WHERE name LIKE", "SELECT id FROM emps", "SELECT naem FROM emp", "SELECT e.naem FROM emp e",
        "SELECT f.name FROM emp e", "SELECT x.* FROM emp e", "SELECT name FROM emp, dept",
        "SELECT lenght(name) FROM emp",
        "SELECT length() FROM emp", "SELECT length(1, 2)", "SELECT nofunction(*) FROM emp",
        "SELECT sum(pay, 1) FROM emp",
        "SELECT max(sum(pay)) FROM emp", "SELECT id FROM emp WHERE count(*) > 1",
        "SELECT id FROM emp GROUP BY count(*)",
        "SELECT id FROM emp HAVING id > 1", "SELECT id FROM emp ORDER BY 2", "SELECT id FROM emp GROUP BY 3",
        "SELECT id FROM emp UNION SELECT id, name FROM emp",
        "SELECT id FROM emp UNION SELECT id FROM dept ORDER BY pay",
        "SELECT (SELECT id, name FROM emp)", "SELECT id FROM emp WHERE id IN (SELECT id, name FROM emp)",
        "SELECT (1, 2) = (1, 2, 3)", "SELECT (1, 2) FROM emp", "SELECT id FROM emp LIMIT 'x'",
        "SELECT id FROM emp JOIN dept USING (pay)", "VALUES (1), (2, 3)", "WITH a(x, y) AS (SELECT 1) SELECT * FROM a",
        "WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a", "SELECT abs(i) FROM t WHERE id = 4",
    ]

    @Test func `mistakes are reported as in the snapshot`() async throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Snapshots/mistakes.txt")
        try await CorpusTests().withCorpus(CorpusTests.executions[0]) { engine in
            var text = ""
            for sql in Self.mistakes {
                text += await Self.report(sql, engine) + "\n\n"
            }
            if ProcessInfo.processInfo.environment["RHEI_UPDATE_SNAPSHOTS"] == "1" {
                try text.write(to: file, atomically: true, encoding: .utf8)
            }
            #expect(try String(contentsOf: file, encoding: .utf8) == text)
        }
    }

    private static func report(_ sql: String, _ engine: HtapEngine) async -> String {
        do {
            _ = try await engine.query(sql, hint: .forceOlap, freshness: .asIs)
            return "no mistake: \(sql)"
        } catch let error as EngineError {
            return error.range == nil ? "\(error.caretDescription(in: sql)) [\(sql)]" : error.caretDescription(in: sql)
        } catch { return "\(error)" }
    }
}
