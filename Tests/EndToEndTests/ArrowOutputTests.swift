import Foundation
import RheiTestSupport
import Testing

/// `rh query … --format arrow`, as pyarrow reads it.
@Suite struct ArrowOutputTests {
    /// The program built beside these tests.
    private func rh() throws -> String {
        let tests = try #require(Bundle.main.executableURL)
        return tests.deletingLastPathComponent().appending(path: "rh").path
    }

    private func stream(_ sql: String, _ options: [String] = []) throws -> String {
        let folder = try TemporaryFolder()
        let script = """
            CREATE TABLE t(a INTEGER, b REAL, c TEXT, d, e BLOB);
            INSERT INTO t VALUES (1, 1.5, 'x', 1, x'00ff'), (2, NULL, 'a long text of many words', 'mixed', NULL),
                (NULL, -2.25, NULL, 2.5, x'01');
            """
        #expect(try Subprocess.run("sqlite3", ["-batch", folder.path("t.sqlite")], input: script).status == 0)
        // The shell redirects, for the stream is no text.
        let command = #""$0" query "$1" "$2" --format arrow "${@:4}" > "$3""#
        let arguments = [try rh(), folder.path("t.sqlite"), sql, folder.path("out.stream")]
        let result = try Subprocess.run("bash", ["-c", command] + arguments + options)
        #expect(result.status == 0, "\(result.standardError)")
        return try PythonEnvironment.run("Fixtures/arrow/peer.py", ["read", folder.path("out.stream"), "stream"])
    }

    @Test(arguments: ["olap", "oltp"])
    func `a query gives a stream that pyarrow reads`(target: String) throws {
        let text = try stream("SELECT a, b, c, d, e FROM t", ["--target", target])
        #expect(
            text == """
                schema \n\
                field a int64
                field b double
                field c string_view
                field d any ARROW:extension:name=rhei.any
                field e binary_view
                batch 3
                column x0100000000000000 x0200000000000000 .
                column x000000000000f83f . x00000000000002c0
                column x78 x61206c6f6e672074657874206f66206d616e7920776f726473 .
                column i1 t6d69786564 r0000000000000440
                column x00ff . x01

                """)
    }

    @Test func `a result without rows is still a stream with its schema`() throws {
        let text = try stream("SELECT a, c FROM t WHERE a > 100")
        #expect(text.hasPrefix("schema \nfield a int64\nfield c string_view\n"))
        #expect(!text.contains("column x"))
    }
}
