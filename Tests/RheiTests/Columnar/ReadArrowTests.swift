import Foundation
import Rhei
import RheiArrow
import RheiTestSupport
import Testing

@Suite struct ReadArrowTests {
    /// An engine with a table, and a folder for files.
    private func withShop(
        _ configure: (inout HtapConfig) -> Void = { _ in }, _ body: (HtapEngine, TemporaryFolder) async throws -> Void
    ) async throws {
        let folder = try TemporaryFolder()
        try await withEngine(configure) { engine in
            try await engine.run(
                """
                CREATE TABLE sales(id INTEGER PRIMARY KEY, shop TEXT, amount REAL, odd);
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
                INSERT INTO sales SELECT i, 'a shop called ' || (i % 7), i / 4.0, iif(i % 5, i, 'odd') FROM n
                """)
            try await engine.registerTable("sales")
            try await body(engine, folder)
        }
        withExtendedLifetime(folder) {}
    }

    @Test(arguments: ["(FORMAT arrow)", "(FORMAT arrow_stream)", "(COMPRESSION zstd)", "(COMPRESSION lz4)"])
    func `a file holds what was copied into it`(options: String) async throws {
        try await withShop { engine, folder in
            let path = folder.path("sales")
            try await engine.execute("COPY sales TO '\(path)' \(options)")
            for (here, there) in [
                ("SELECT * FROM read_arrow('\(path)')", "SELECT * FROM sales"),
                ("SELECT count(*) FROM read_arrow('\(path)')", "SELECT count(*) FROM sales"),
                (
                    "SELECT shop, sum(amount), count(odd) FROM read_arrow('\(path)') WHERE id > 100 GROUP BY shop",
                    "SELECT shop, sum(amount), count(odd) FROM sales WHERE id > 100 GROUP BY shop"
                ),
                (
                    "SELECT f.id, s.shop FROM sales s JOIN read_arrow('\(path)') AS f USING (id) WHERE f.amount < 9",
                    "SELECT f.id, s.shop FROM sales s JOIN sales AS f USING (id) WHERE f.amount < 9"
                ),
            ] {
                let expected = try await engine.comparableRows(there, hint: .forceOltp)
                #expect(try await engine.comparableRows(here, hint: .auto) == expected, "\(here)")
            }
        }
    }

    @Test func `a pattern reads all files that match, whatever the order of their columns`() async throws {
        try await withShop { engine, folder in
            for (name, query) in [
                ("a1", "SELECT id, shop FROM sales WHERE id <= 1000"),
                ("a2", "SELECT shop, id FROM sales WHERE id BETWEEN 1001 AND 2000"),
                ("b1", "SELECT id, shop, amount FROM sales WHERE id > 2000"), ("c", "SELECT 7 AS other"),
            ] {
                try await engine.execute("COPY (\(query)) TO '\(folder.path(name)).arrow'")
            }
            let all = try await engine.comparableRows("SELECT shop, id FROM sales", hint: .forceOltp)
            let found = try await engine.comparableRows(
                "SELECT shop, id FROM read_arrow('\(folder.path("[ab]?.arrow"))')", hint: .auto)
            #expect(found == all)
            await expectError(
                engine, "SELECT * FROM read_arrow('\(folder.path("*.arrow"))')",
                "'\(folder.path("c.arrow"))' has no column 'id'")
        }
    }

    @Test func `types of other programs come as the values they mean`() async throws {
        try await withShop { engine, folder in
            let path = folder.path("types.arrow")
            var columns: [(String, ArrowArray)] = []
            var bytes = try PrimitiveBuilder<UInt8>()
            bytes.append(contentsOf: [0, 255])
            var words = try PrimitiveBuilder<UInt32>()
            words.append(contentsOf: [0, 4_294_967_295])
            var longs = try PrimitiveBuilder<UInt64>()
            longs.append(contentsOf: [1, 9_223_372_036_854_775_807])
            var halves = try PrimitiveBuilder<Float16>()
            halves.append(contentsOf: [0.5, -2])
            columns = [
                ("u8", bytes.finish()), ("u32", words.finish()), ("u64", longs.finish()), ("f16", halves.finish()),
                ("empty", try ArrowArray.nulls(.null, count: 2)),
            ]
            try writeArrowFile(columns, to: path)
            let rows = try await engine.query("SELECT u8, u32, u64, f16, empty FROM read_arrow('\(path)')").rows()
            #expect(
                rows == [[0, 0, 1, 0.5, .null], [255, 4_294_967_295, 9_223_372_036_854_775_807, -2.0, .null]])
        }
    }

    @Test func `an unsigned number that no INTEGER holds is an error that says where`() async throws {
        try await withShop { engine, folder in
            let path = folder.path("large.arrow")
            var longs = try PrimitiveBuilder<UInt64>()
            longs.append(contentsOf: [7, .max])
            try writeArrowFile([("n", longs.finish())], to: path)
            await expectError(
                engine, "SELECT sum(n) FROM read_arrow('\(path)')",
                "'\(path)': 18446744073709551615 in row 1 of a batch does not fit a 64-bit INTEGER")
        }
    }

    @Test func `dictionaries of pyarrow are read as their values`() async throws {
        try await withShop { engine, folder in
            let path = folder.path("peer.arrow")
            _ = try PythonEnvironment.run("Fixtures/arrow/write_dictionary.py", [path])
            let rows = try await engine.query(
                "SELECT word, count(*) FROM read_arrow('\(path)') GROUP BY word ORDER BY word"
            ).rows()
            #expect(rows == [[.null, 10], ["apple", 20], ["pear", 10]])
        }
    }

    @Test func `what cannot be read is named`() async throws {
        try await withShop { engine, folder in
            let text = folder.path("text.arrow")
            try Data("no Arrow at all, just text".utf8).write(to: URL(filePath: text))
            let cut = folder.path("cut.arrow")
            try await engine.execute("COPY sales TO '\(cut)'")
            try Data(contentsOf: URL(filePath: cut)).dropLast(100).write(to: URL(filePath: cut))
            for path in [text, cut, folder.path("missing.arrow"), folder.path("*.none")] {
                let error = await #expect(throws: EngineError.self) {
                    _ = try await engine.query("SELECT * FROM read_arrow('\(path)')")
                }
                #expect(error?.message.contains(path) == true, "\(error.map(\.message) ?? "")")
            }
            await expectError(
                engine, "SELECT * FROM read_arrow(7)", "read_arrow() takes the path of a file, or a pattern, as text")
        }
    }

    @Test func `without access to files SQL neither reads nor writes them`() async throws {
        try await withShop({ $0.allowsFileAccess = false }) { engine, folder in
            await expectError(
                engine, "SELECT * FROM read_arrow('x')",
                "read_arrow() is not allowed: the engine was opened without access to files")
            await expectError(
                engine, "COPY sales TO '\(folder.path("x"))'",
                "COPY is not allowed: the engine was opened without access to files")
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path(""))
            #expect(files.isEmpty)
        }
    }

    private func expectError(_ engine: HtapEngine, _ sql: String, _ message: String) async {
        let error = await #expect(throws: EngineError.self, "\(sql)") { _ = try await engine.query(sql) }
        #expect(error?.message == message, "\(sql)")
    }
}
