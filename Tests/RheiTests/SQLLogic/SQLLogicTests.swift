import Foundation
import Rhei
import RheiTestSupport
import Testing

/// Scripts in sqllogictest's format: our own under `Tests/SQLLogicTests`, and outside ones by path.
///
/// `RHEI_SQLLOGICTEST_PATH` names files and folders of further scripts, blanks between them; `RHEI_SQLLOGICTEST_LIMIT`
/// says how many records of each are run, at most.
@Suite struct SQLLogicTests {
    /// How scripts are run; no result may depend on it.
    struct Configuration: CustomTestStringConvertible, Sendable {
        var route: QueryHint
        var vectorSize = 2_048
        var threadCount = 2
        var optimizes = true
        /// In bytes; nil for the engine's own.
        var memoryLimit: Int?
        /// Whether tables are mirrored from their CREATE on; otherwise they are loaded when a query names them.
        var isMirrored = false
        /// Whether the engine is closed and opened again before every record.
        var reopens = false
        /// SQLite does not know the extensions, and the columnar tables of their scripts end with their engine.
        var runsExtensions: Bool { route == .forceOlap && !reopens }
        var testDescription: String {
            "\(route), vectors of \(vectorSize), threads \(threadCount), optimizer \(optimizes)"
                + (memoryLimit.map { ", \($0 >> 20) MB" } ?? "") + (isMirrored ? ", mirrored" : "")
                + (reopens ? ", reopened" : "")
        }

        func engine(at path: String) async throws -> HtapEngine {
            var config = HtapConfig(databasePath: path)
            config.loadsOnDemand = true
            config.autoRegistration = isMirrored ? .createdTables : .none
            config.vectorSize = vectorSize
            config.threadCount = threadCount
            config.optimizes = optimizes
            config.memoryLimit = memoryLimit
            return try await HtapEngine(config)
        }
    }

    static let configurations = [
        Configuration(route: .forceOlap), Configuration(route: .forceOlap, threadCount: 1),
        Configuration(route: .forceOlap, vectorSize: 1),
        Configuration(route: .forceOlap, vectorSize: 3, threadCount: 1),
        Configuration(route: .forceOlap, optimizes: false), Configuration(route: .forceOlap, memoryLimit: 32 << 20),
        Configuration(route: .forceOlap, isMirrored: true),
        Configuration(route: .forceOlap, vectorSize: 3, optimizes: false, isMirrored: true),
        Configuration(route: .forceOlap, reopens: true), Configuration(route: .auto, isMirrored: true, reopens: true),
        Configuration(route: .auto), Configuration(route: .auto, isMirrored: true), Configuration(route: .forceOltp),
    ]

    private static func scripts(in folder: URL) -> [URL] {
        guard let values = try? folder.resourceValues(forKeys: [.isDirectoryKey]) else { return [] }
        guard values.isDirectory == true else { return [folder] }
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "test" }
            .sorted { $0.path < $1.path }
    }

    private func run(_ url: URL, _ configuration: Configuration, limit: Int = .max) async throws {
        let script = try SQLLogicScript(contentsOf: url)
        try #require(!script.records.isEmpty, "\(url.path) has no records")
        let folder = try TemporaryFolder()
        let path = folder.path("test.db")
        var engine = try await configuration.engine(at: path)
        var runner = SQLLogicRunner(engine, hint: configuration.route)
        for record in script.records.prefix(limit) {
            if configuration.reopens {
                await engine.shutdown()
                engine = try await configuration.engine(at: path)
                runner.engine = engine
            }
            if let failure = await runner.run(record) {
                Issue.record("\(url.lastPathComponent):\(record.line): \(failure)\n\(record.sql)")
            }
        }
        await engine.shutdown()
    }

    @Test(arguments: configurations)
    func `our own scripts give the values that stand in them`(_ configuration: Configuration) async throws {
        let scripts = Self.scripts(in: RepositoryFolder.url.appending(path: "Tests/SQLLogicTests"))
        try #require(!scripts.isEmpty)
        for script in scripts where configuration.runsExtensions || !Self.isExtension(script) {
            try await run(script, configuration)
        }
    }

    /// Whether a script says what SQLite does not understand.
    private static func isExtension(_ script: URL) -> Bool {
        script.deletingLastPathComponent().lastPathComponent == "extensions"
    }

    @Test(
        .enabled(if: ProcessInfo.processInfo.environment["RHEI_SQLLOGICTEST_PATH"] != nil), arguments: configurations)
    func `outside scripts give the values that stand in them`(_ configuration: Configuration) async throws {
        let environment = ProcessInfo.processInfo.environment
        let paths = try #require(environment["RHEI_SQLLOGICTEST_PATH"]).split(separator: " ").map(String.init)
        let limit = environment["RHEI_SQLLOGICTEST_LIMIT"].flatMap { Int($0) } ?? .max
        for script in paths.flatMap({ Self.scripts(in: URL(filePath: $0)) }) {
            try await run(script, configuration, limit: limit)
        }
    }

    @Test func `a script is read with conditions, sort modes, labels, hashes and CRLF`() throws {
        let script = SQLLogicScript(
            """
            # a comment\r
            hash-threshold 8\r
            statement ok\r
            CREATE TABLE t(a)\r
            \r
            onlyif mysql\r
            statement ok\r
            not for us\r
            \r
            skipif sqlite\r
            query I nosort\r
            SELECT 1\r
            ----\r
            1\r
            \r
            query IT rowsort label-1\r
            SELECT a,\r
                   b\r
            ----\r
            1\r
            x\r
            \r
            query I valuesort\r
            SELECT a\r
            ----\r
            30 values hashing to 0123456789abcdef0123456789abcdef\r
            \r
            statement error\r
            nonsense\r
            \r
            halt\r
            \r
            statement ok\r
            never read\r
            """.replacingOccurrences(of: "\r\n", with: "\n").replacingOccurrences(of: "\n", with: "\r\n"))
        try #require(script.records.count == 4)
        #expect(script.records.map(\.sql) == ["CREATE TABLE t(a)", "SELECT a,\n       b", "SELECT a", "nonsense"])
        guard case .query(let types, .rows, "label-1", .values(["1", "x"])) = script.records[1].kind else {
            Issue.record("\(script.records[1])")
            return
        }
        #expect(types == ["I", "T"])
        guard case .query(_, .values, nil, .hash(30, "0123456789abcdef0123456789abcdef")) = script.records[2].kind
        else {
            Issue.record("\(script.records[2])")
            return
        }
        guard case .statement(mayFail: true) = script.records[3].kind else {
            Issue.record("\(script.records[3])")
            return
        }
    }

    @Test func `values are written as sqllogictest writes them`() {
        #expect(SQLLogicRunner.show(.real(0.5), "I") == "0")
        #expect(SQLLogicRunner.show(.integer(3), "R") == "3.000")
        #expect(SQLLogicRunner.show(.real(3), "T") == "3.0")
        #expect(SQLLogicRunner.show(.text("12abc"), "I") == "12")
        #expect(SQLLogicRunner.show(.text(""), "T") == "(empty)")
        #expect(SQLLogicRunner.show(.text("é"), "T") == "@")
        #expect(SQLLogicRunner.show(.null, "R") == "NULL")
        #expect(MessageDigest5.hexadecimal(of: "") == "d41d8cd98f00b204e9800998ecf8427e")
        #expect(
            MessageDigest5.hexadecimal(of: String(repeating: "a", count: 100))
                == "36a92cc94a9e0fa21f625f8bfb007adf")
    }
}
