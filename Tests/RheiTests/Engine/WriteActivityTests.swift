@testable import Rhei
import RheiTestSupport
import Testing

@Suite struct WriteActivityTests {
    @Test func `writing goes on for a moment after a commit`() {
        let activity = WriteActivity()
        let start = ContinuousClock.now
        #expect(!activity.isGoingOn(start))
        activity.note(start)
        #expect(activity.isGoingOn(start) && activity.isGoingOn(start + .milliseconds(19)))
        #expect(!activity.isGoingOn(start + .milliseconds(20)))
    }

    @Test(arguments: [0, 19]) func `queries beside writers give the same answers, and an interrupt ends them`(
        _ niceness: Int
    ) async throws {
        try await withEngine { config in
            config.queryNiceness = niceness
            config.loadsOnDemand = true
        } _: { engine in
            try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v)")
            try await engine.registerTable("t")
            for round in 1...20 {
                try await engine.transaction { transaction in
                    for _ in 0..<1_000 { try transaction.execute("INSERT INTO t(v) VALUES (?)", [.integer(1)]) }
                }
                let sum = try await engine.query("SELECT sum(v), count(*) FROM t WHERE id % 2 < 2", hint: .forceOlap)
                #expect(try sum.rows() == [[.integer(Int64(round) * 1_000), .integer(Int64(round) * 1_000)]])
            }
            // One that began while nobody wrote, and one that begins now.
            let sql = "SELECT count(*) FROM generate_series(1, 1000000000000)"
            let first = Task { try await engine.query(sql, hint: .forceOlap) }
            while engine.runningQueries.isEmpty { await Task.yield() }
            let second = Task {
                engine.olap.writes.note()
                return try await engine.query(sql, hint: .forceOlap)
            }
            while engine.runningQueries.count < 2 { await Task.yield() }
            engine.interrupt()
            for query in [first, second] {
                let error = await #expect(throws: EngineError.self) { _ = try await query.value }
                #expect(error?.code == .cancelled)
            }
            #expect(engine.runningQueries.isEmpty)
        }
    }
}
