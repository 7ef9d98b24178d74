import Foundation
import Rhei
import RheiArrow
import RheiTestSupport
import Testing

@Suite struct CopyTests {
    private func withFlights(_ body: (HtapEngine, TemporaryFolder) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await withEngine { engine in
            try await engine.run(
                """
                CREATE TABLE flights(id INTEGER PRIMARY KEY, carrier TEXT, delay REAL, odd);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
                INSERT INTO flights SELECT i, 'carrier ' || (i % 17), i / 7.0, iif(i % 3, i, 'odd') FROM n
                """)
            try await engine.registerTable("flights")
            try await body(engine, folder)
        }
        withExtendedLifetime(folder) {}
    }

    private func rows(_ batches: [RecordBatch]) throws -> [String] {
        var rows: [String] = []
        for batch in batches {
            for row in 0..<batch.rowCount {
                let cells = try batch.columns.indices.map { comparableText(try batch.value(row: row, column: $0)) }
                rows.append(cells.joined(separator: "|"))
            }
        }
        return rows.sorted()
    }

    @Test func `a query is written as an Arrow file that holds its rows`() async throws {
        try await withFlights { engine, folder in
            let query = "SELECT carrier, id, delay, odd FROM flights WHERE id % 2 = 0"
            let path = folder.path("even.arrow")
            #expect(try await engine.execute("COPY (\(query)) TO '\(path)'") == 2500)
            let file = try IPCFileReader(path: path)
            #expect(file.schema.fields.map(\.name) == ["carrier", "id", "delay", "odd"])
            let found = try rows((0..<file.batchCount).map { try file.batch(at: $0) })
            #expect(try await engine.comparableRows(query, hint: .forceOltp) == found)
        }
    }

    @Test(arguments: [("", ".arrows"), (" (FORMAT arrow_stream)", ".bin"), (" (format arrow_stream)", ".arrow")])
    func `a table is written as an Arrow stream`(options: String, suffix: String) async throws {
        try await withFlights { engine, folder in
            let path = folder.path("all" + suffix)
            #expect(try await engine.execute("COPY flights TO '\(path)'\(options)") == 5000)
            let stream = try IPCStreamReader(Buffer.mapping(path: path))
            var batches: [RecordBatch] = []
            while let batch = try stream.next() { batches.append(batch) }
            #expect(try await engine.comparableRows("SELECT * FROM flights", hint: .forceOltp) == rows(batches))
        }
    }

    @Test(arguments: ["zstd", "lz4", "none"])
    func `buffers are compressed when asked for`(codec: String) async throws {
        try await withFlights { engine, folder in
            let path = folder.path("\(codec).arrow")
            try await engine.execute("COPY flights TO '\(path)' (FORMAT arrow, COMPRESSION \(codec))")
            let file = try IPCFileReader(path: path)
            let found = try rows((0..<file.batchCount).map { try file.batch(at: $0) })
            #expect(try await engine.comparableRows("SELECT * FROM flights", hint: .forceOltp) == found)
            let size = try Data(contentsOf: URL(filePath: path)).count
            #expect(codec == "none" ? size > 200_000 : size < 150_000, "\(size) bytes")
        }
    }

    @Test func `a failing query leaves the file as it was and nothing beside it`() async throws {
        try await withFlights { engine, folder in
            let path = folder.path("kept.arrow")
            try await engine.execute("COPY (SELECT 1 AS one) TO '\(path)'")
            let before = try Data(contentsOf: URL(filePath: path))
            await #expect(throws: EngineError.self) {
                try await engine.query("COPY (SELECT abs(id - 2 - 9223372036854775807) FROM flights) TO '\(path)'")
            }
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("")) == ["kept.arrow"])
        }
    }

    @Test(arguments: [
        ("COPY flights TO '/tmp/x' (FORMAT parquet)", "unknown format: parquet"),
        ("COPY flights TO '/tmp/x' (COMPRESSION snappy)", "unknown compression: snappy"),
        ("COPY flights TO '/tmp/x' (SIZE 3)", "unknown option of COPY: SIZE"),
        ("COPY missing TO '/tmp/x'", "no such table: missing"),
        ("COPY flights TO '/nowhere/x'", "cannot make a file for '/nowhere/x': No such file or directory"),
        ("COPY flights TO 7", "syntax error near \"7\": expected the path of a file as a string"),
    ])
    func `what cannot be written is refused by name`(sql: String, message: String) async throws {
        try await withFlights { engine, _ in
            let error = await #expect(throws: EngineError.self) { _ = try await engine.query(sql) }
            #expect(error?.message == message)
        }
    }
}
