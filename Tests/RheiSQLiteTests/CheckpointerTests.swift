import RheiCore
import RheiSQLite
import RheiTestSupport
import Testing

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

@Suite struct CheckpointerTests {
    private func byteCount(_ path: String) throws -> Int {
        var status = stat()
        try #require(unsafe stat(path, &status) == 0)
        return Int(status.st_size)
    }

    @Test func `what a busy writer commits gets into the file`() async throws {
        let folder = try TemporaryFolder()
        let writer = try Writer(path: folder.path("db"))
        try await writer.perform { try $0.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)") }
        // Each adds eleven pages or more to the log, together half as much again as the limit.
        for id in Int64(1)...1_100 {
            _ = try await writer.execute(
                "INSERT INTO t VALUES (?, zeroblob(40000))", [.integer(id)])
        }
        let count = try await writer.perform { try $0.firstInteger("SELECT count(*) FROM t") }
        #expect(count == 1_100)
        await writer.shutdown()
        #expect(try byteCount(folder.path("db")) > 44_000_000)
    }

    @Test func `what a reader keeps is carried over after it`() async throws {
        let folder = try TemporaryFolder()
        let writer = try Writer(path: folder.path("db"))
        try await writer.perform { try $0.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)") }
        let reader = try Connection(path: folder.path("db"), options: ConnectionOptions(.readOnly))
        try reader.execute("BEGIN")
        #expect(try reader.firstInteger("SELECT count(*) FROM t") == 0)
        for id in Int64(1)...1_000 {
            _ = try await writer.execute("INSERT INTO t VALUES (?, zeroblob(40000))", [.integer(id)])
        }
        #expect(try reader.firstInteger("SELECT count(*) FROM t") == 0)
        try reader.execute("COMMIT")
        for id in Int64(1_001)...1_200 {
            _ = try await writer.execute("INSERT INTO t VALUES (?, zeroblob(40000))", [.integer(id)])
        }
        #expect(try reader.firstInteger("SELECT count(*) FROM t") == 1_200)
        await writer.shutdown()
    }
}
