import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

@Suite struct SyncReaderTests {
    private func reader(_ folder: TemporaryFolder) throws -> SyncReader {
        let path = folder.path("db")
        try Connection(path: path, options: .writer).execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)")
        return try SyncReader(path: path)
    }

    @Test func `a caller reads by itself unless the connection is in use`() async throws {
        let folder = try TemporaryFolder()
        let reader = try reader(folder)
        let read = { try reader.readHere { try $0.firstInteger("SELECT a FROM t") } }
        #expect(try read() == 1)
        let (inside, gate) = (Counter(), Counter())
        async let held: Void = reader.read { _ in
            inside.increment()
            while gate.value == 0 {}
        }
        while inside.value == 0 { await Task.yield() }
        #expect(try read() == nil)
        gate.increment()
        try await held
        #expect(try await reader.snapshot { try $0.firstInteger("SELECT a FROM t") } == 1)
        await reader.shutdown()
        #expect(try read() == nil)
    }

    @Test func `what a caller leaves open is rolled back, and its error is thrown`() async throws {
        let folder = try TemporaryFolder()
        let reader = try reader(folder)
        #expect(throws: EngineError.self) {
            try reader.readHere { connection -> Int? in
                _ = try connection.firstInteger("SELECT a FROM t")
                throw EngineError(.invariant, "an error")
            }
        }
        #expect(try reader.readHere { $0.isAutocommit } == true)
        await reader.shutdown()
    }
}
