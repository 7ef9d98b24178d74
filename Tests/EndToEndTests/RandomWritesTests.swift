import RheiTestSupport
import Testing

/// Two processes write at random to one file; whenever asked, the columns hold exactly what SQLite holds.
@Suite struct RandomWritesTests {
    @Test(arguments: [UInt64(1), 20_130_101])
    func `ten thousand random writes by two processes leave both engines equal at every check`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let database = folder.path("random.sqlite")
        let session = try RHSession(database, "--target", "olap")
        var writes = RandomWrites(seed: seed)
        var checkCount = 0
        #expect(try session.ask(".mode quote\n.headers off\n" + RandomWrites.schema) == "")

        var writeCount = 0
        while writeCount < 10_000 {
            let count = 1 + writes.number(below: 120)
            let batch = (0..<count).map { _ in writes.statement() + ";" }.joined(separator: "\n")
            writeCount += count
            if writes.number(below: 2) == 0 {
                #expect(try session.ask(batch) == "", "seed \(seed), up to write \(writeCount)")
            } else {
                let script = writes.number(below: 3) == 0 ? batch : "BEGIN;\n\(batch)\nCOMMIT;"
                try SQLiteShell.run(database, ".timeout 10000\nPRAGMA synchronous = OFF;\n" + script)
            }
            guard writes.number(below: 3) == 0 || writeCount >= 10_000 else { continue }
            let columns = try session.ask(RandomWrites.everything)
            let rows = try SQLiteShell.run(database, ".mode quote\n" + RandomWrites.everything)
            try #require(columns == rows, "seed \(seed), after write \(writeCount)")
            checkCount += 1
        }
        #expect(checkCount > 20)
        #expect(session.close() == 0)
    }
}
