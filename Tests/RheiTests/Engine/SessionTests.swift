import Rhei
import Testing

@Suite struct SessionTests {
    private func count(_ engine: HtapEngine) async throws -> [[SQLValue]] {
        try await engine.query("SELECT count(*) FROM t", hint: .forceOltp).rows()
    }

    @Test func `what a session commits is there for all`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a)")
            let session = engine.session()
            _ = try await session.query("BEGIN")
            _ = try await session.query("INSERT INTO t VALUES (1), (2)")
            #expect(try await session.query("SELECT count(*) FROM t").rows() == [[2]])
            #expect(try await count(engine) == [[0]])
            _ = try await session.query("COMMIT")
            #expect(await !session.isInTransaction)
            #expect(try await count(engine) == [[2]])
        }
    }

    @Test func `ROLLBACK undoes, and savepoints nest`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a)")
            let session = engine.session()
            _ = try await session.query("SAVEPOINT one")
            _ = try await session.query("INSERT INTO t VALUES (1)")
            _ = try await session.query("SAVEPOINT two")
            _ = try await session.query("INSERT INTO t VALUES (2)")
            _ = try await session.query("ROLLBACK TO two")
            _ = try await session.query("RELEASE one")
            #expect(try await count(engine) == [[1]])
            _ = try await session.query("BEGIN IMMEDIATE")
            _ = try await session.query("DELETE FROM t")
            _ = try await session.query("ROLLBACK")
            #expect(try await count(engine) == [[1]])
        }
    }

    @Test func `a session that is let go of rolls back and frees the writer`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a)")
            do {
                let session = engine.session()
                _ = try await session.query("BEGIN")
                _ = try await session.query("INSERT INTO t VALUES (1)")
            }
            try await engine.execute("INSERT INTO t VALUES (2)")
            #expect(try await engine.query("SELECT a FROM t", hint: .forceOltp).rows() == [[2]])
        }
    }

    @Test func `a columnar read inside a transaction is refused by name`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a)")
            let session = engine.session()
            _ = try await session.query("BEGIN")
            let error = await #expect(throws: EngineError.self) {
                try await session.query("SELECT count(*) FROM t", hint: .forceOlap)
            }
            #expect(error?.code == .unsupported)
            _ = try await session.query("COMMIT")
        }
    }

    @Test func `COMMIT without BEGIN is an error`() async throws {
        try await withEngine { engine in
            let session = engine.session()
            let error = await #expect(throws: EngineError.self) { try await session.query("COMMIT") }
            #expect(error?.message == "no transaction is active")
        }
    }

    @Test func `an error inside a transaction leaves it open, as in SQLite`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(a UNIQUE)")
            let session = engine.session()
            _ = try await session.query("BEGIN")
            _ = try await session.query("INSERT INTO t VALUES (1)")
            await #expect(throws: EngineError.self) { try await session.query("INSERT INTO t VALUES (1)") }
            #expect(await session.isInTransaction)
            _ = try await session.query("COMMIT")
            #expect(try await count(engine) == [[1]])
        }
    }
}
