import RheiCore
@testable import RheiSQLite
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

    @Test func `a round is asked for every thousand pages, and the writer works from eight thousand on`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("db")
        _ = try Connection(path: path, options: .writer)
        let checkpointer = try Checkpointer(path: path, busyTimeoutMilliseconds: 0)
        await checkpointer.shutdown()
        let watch = LogWatch(checkpointer)
        // As long as a reader keeps the log from starting over, the writer tries once in a thousand pages.
        let own = stride(from: 100, through: 12_000, by: 100).filter { watch.note($0) }
        #expect(own == [8_000, 9_000, 10_000, 11_000, 12_000])
        // A log that has started over is watched from the beginning.
        #expect(stride(from: 50, through: 7_950, by: 50).allSatisfy { !watch.note($0) })
        #expect(watch.note(8_000))
        // A commit of any length counts once.
        #expect(!watch.note(3))
        #expect(watch.note(40_000))
        #expect(!watch.note(40_900))
        #expect(watch.note(41_000))
    }

    @Test func `the writer alone keeps the log within its limit`() async throws {
        let folder = try TemporaryFolder()
        let path = folder.path("db")
        let connection = try Connection(path: path, options: .writer)
        let checkpointer = try Checkpointer(path: path, busyTimeoutMilliseconds: 0)
        // Its thread has ended, so no round of its own makes the log short.
        await checkpointer.shutdown()
        connection.leaveCheckpoints(to: checkpointer)
        try connection.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, a)")
        for id in Int64(1)...3_000 {
            try connection.run("INSERT INTO t VALUES (?, zeroblob(40000))", [.integer(id)])
        }
        // Pages of the limit, and those of the commit that reaches it; each has a head of 24 bytes.
        #expect(try byteCount(path + "-wal") <= (Checkpointer.frameLimit + 20) * (4_096 + 24) + 32)
        #expect(try byteCount(path) > 80_000_000)
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
