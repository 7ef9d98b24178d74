import Rhei
import RheiSQLite
import RheiTestSupport
import Testing

/// Changes as applications follow them.
@Suite struct ChangeStreamTests {
    private struct Row: Decodable, Equatable {
        var id: Int
        var v: String?
    }

    private func take(_ count: Int, _ stream: ChangeStream) async throws -> [ChangeEvent] {
        var changes: [ChangeEvent] = []
        for try await change in stream {
            changes.append(change)
            if changes.count == count { break }
        }
        return changes
    }

    @Test func `changes come with the rows before and after, from any position again`() async throws {
        try await withEngine { engine in
            try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'before')")
            try await engine.registerTable("t", mode: .temporal)
            let start = try await engine.syncNow().position
            try await engine.run("INSERT INTO t VALUES (2, 'a'); UPDATE t SET v = 'b' WHERE id = 2")
            try await engine.run("DELETE FROM t WHERE id = 1; UPDATE t SET id = 3")
            let changes = try await take(5, engine.changes(of: "T", since: start))
            #expect(changes.map(\.operation) == [.insert, .update, .delete, .delete, .insert])
            #expect(changes.map(\.table) == Array(repeating: "t", count: 5))
            #expect(
                try changes.map { try $0.old?.decode(Row.self) } == [
                    nil, Row(id: 2, v: "a"), Row(id: 1, v: "before"), Row(id: 2, v: "b"), nil,
                ])
            #expect(
                try changes.map { try $0.new?.values() } == [[2, "a"], [2, "b"], nil, nil, [3, "b"]])
            #expect(changes.map(\.position) == changes.map(\.position).sorted())
            let rest = try await take(2, engine.changes(of: "t", since: changes[2].position))
            #expect(rest.map(\.position) == changes[3...].map(\.position))
        }
    }

    @Test func `a stream waits for the next change, of whatever process`() async throws {
        let folder = try TemporaryFolder()
        let engine = try await HtapEngine(HtapConfig(databasePath: folder.path("test.db")))
        try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT)")
        try await engine.registerTable("t", mode: .temporal)
        let start = try await engine.syncNow().position
        let stream = try engine.changes(of: "t", since: start)
        let following = Task { try await take(2, stream) }
        let other = try Connection(path: folder.path("test.db"), options: ConnectionOptions(.readWrite))
        try other.execute("INSERT INTO t VALUES (7, 'x')")
        try await engine.execute("UPDATE t SET v = 'y'")
        #expect(try await following.value.map { try $0.new?.values() } == [[7, "x"], [7, "y"]])
        await engine.shutdown()
    }

    @Test func `a changed declaration is no change of rows, and a stream goes on across it`() async throws {
        try await withEngine { engine in
            try await engine.run("CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT); INSERT INTO t VALUES (1, 'a')")
            try await engine.registerTable("t", mode: .temporal)
            let start = try await engine.syncNow().position
            try await engine.run("UPDATE t SET v = 'b'")
            try await engine.addColumn("w DEFAULT 1", toTable: "t")
            try await engine.run("UPDATE t SET w = 2")
            let changes = try await take(2, engine.changes(of: "t", since: start))
            #expect(try changes.map { try $0.new?.values() } == [[1, "b"], [1, "b", 2]])
        }
    }

    @Test func `what a history does not tell of is an error, not a silence`() async throws {
        try await withEngine { engine in
            try await engine.run(
                "CREATE TABLE t(id INTEGER PRIMARY KEY); CREATE TABLE u(a); INSERT INTO t VALUES (1), (2)")
            try await engine.registerTable("u")
            try await engine.run("INSERT INTO u VALUES (1), (2), (3)")
            try await engine.run("INSERT INTO u VALUES (4)")
            try await engine.registerTable("t", mode: .temporal)
            try await engine.run("INSERT INTO t VALUES (3)")
            await #expect(throws: EngineError.self) { try await take(1, engine.changes(of: "t", since: 0)) }
            await #expect(throws: EngineError.self) { try await take(1, engine.changes(of: "u", since: 0)) }
            let task = Task { try await take(1, engine.changes(of: "t")) }
            task.cancel()
            await #expect(throws: EngineError.self) { try await task.value }
        }
    }
}
