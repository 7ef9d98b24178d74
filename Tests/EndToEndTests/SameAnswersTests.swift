import Foundation
import RheiTestSupport
import Testing

/// Every question of the fixtures, answered from columns and by `sqlite3`, compared value by value.
@Suite struct SameAnswersTests {
    @Test func `the demo's questions get sqlite3's answers and leave the file as it was`() throws {
        let folder = try TemporaryFolder()
        let database = folder.path("flights.sqlite")
        try FlightsDatabase.build(at: database)
        let questions = try questionFiles(in: "Fixtures/demo").filter { !$0.hasSuffix("insert.sql") }
        #expect(questions.count == 6)
        let result = try compare(["--unchanged"], database, questions)
        #expect(result.status == 0, "\(result.standardOutput)")
        #expect(result.standardOutput.hasSuffix("7 passed, 0 failed\n"))
    }

    @Test func `the demo's answers are the same after a write through the engine`() throws {
        let folder = try TemporaryFolder()
        let database = folder.path("flights.sqlite")
        try FlightsDatabase.build(at: database)
        #expect(try RHCommand.run(["attach", database]).status == 0)
        let insert = RepositoryFolder.url.appending(path: "Fixtures/demo/insert.sql").path
        let session = try RHCommand.shell(
            database, "--target", "olap",
            script: """
                .bail on
                .mode list
                .headers off
                SELECT count(*), count(dep_time), max(time_hour) FROM flights;
                .read \(insert)
                SELECT count(*), count(dep_time), max(time_hour) FROM flights;
                """)
        #expect(session.standardError == "")
        #expect(
            session.standardOutput == """
                166158|161275|2013-07-01T03:00:00Z
                166161|161277|2013-07-01T22:00:00Z

                """)
        let questions = try questionFiles(in: "Fixtures/demo").filter { !$0.hasSuffix("insert.sql") }
        let result = try compare([], database, questions)
        #expect(result.status == 0, "\(result.standardOutput)")
    }

    @Test(arguments: ["olap", "auto"])
    func `a shop of odd values gets sqlite3's answers or a refusal`(target: String) throws {
        let folder = try TemporaryFolder()
        let database = folder.path("shop.sqlite")
        try SQLiteShell.run(database, ".read \(RepositoryFolder.url.path)/Fixtures/shop/shop.sql")
        let refusals = target == "olap" ? ["--may-refuse"] : []
        let result = try compare(
            ["--unchanged", "--target", target] + refusals, database,
            [RepositoryFolder.url.appending(path: "Fixtures/shop/questions.sql").path])
        #expect(result.status == 0, "\(result.standardOutput)")
        #expect(result.standardOutput.hasSuffix("19 passed, 0 failed\n"))
    }

    private func compare(
        _ options: [String], _ database: String, _ questions: [String]
    ) throws -> Subprocess.Result {
        let script = RepositoryFolder.url.appending(path: "Fixtures/checks/same-answers.sh").path
        return try Subprocess.run(script, options + [try RHCommand.path, database] + questions)
    }

    private func questionFiles(in folder: String) throws -> [String] {
        let url = RepositoryFolder.url.appending(path: folder)
        return try FileManager.default.contentsOfDirectory(atPath: url.path).filter { $0.hasSuffix(".sql") }.sorted()
            .map { url.appending(path: $0).path }
    }
}
