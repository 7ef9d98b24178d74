import RheiTestSupport
import RheiCore
import RheiSQL
import Testing

/// The real SQLite decides what parses.
@Suite struct AcceptanceTests {
    @Test(arguments: Corpus.queries)
    func `SQLite accepts the corpus`(sql: String) {
        let oracle = SQLiteOracle(schema: Corpus.schema)
        guard case .accepted = oracle.verdict(on: sql) else {
            Issue.record("\(oracle.verdict(on: sql))")
            return
        }
    }

    @Test(arguments: ExtensionCorpus.queries)
    func `extensions begin where SQLite reports an error`(sql: String) {
        let oracle = SQLiteOracle(schema: Corpus.schema)
        guard case .accepted = oracle.verdict(on: sql) else { return }
        Issue.record("SQLite accepts \(sql)")
    }

    /// Places where a name may stand, `@` for the name.
    private static let namePlaces = [
        "select 1 as @", "select 1 @", "select @ from (select 1)", "select 1 from (select 1) @", "select @(1)",
        "select 1 collate @", "select 1 from @", "select @.a from b", "select a.@ from b", "select a.b.@ from b",
        "with @ as (select 1) select 1", "with x(@) as (select 1) select 1", "select 1 from (select 1) as @",
        "select @.* from b", "select 1 from a join b using(@)", "select 1 from a.@", "select 1 from @.a",
        "select f(1) over @", "select f(1) over (@)", "select f(1) over (@ order by 1)", "select 1 in @",
        "select cast(1 as @)", "select cast(1 as int @)", "select 1 window @ as ()", "select a order by @",
        "select f(@)", "select (@)", "select 1 where @", "select 1 from t @ join u", "select 1 from f(1) @",
        "select case @ when @ then @ else @ end", "select 1 from t indexed by @", "select 1 @ from t",
        "select (1) @", "select (1) @ x", "select (1) @ (x)", "select 1 @ x as (y)", "select 1 from t @ as x",
        "select 1 group by @", "select 1 limit @", "select 1 limit 1 offset @", "select 1 order by 1 @",
        "select 1 order by 1 nulls @", "select @ a", "select 1 @ 1", "select @ 1", "select not @", "select @ 'x'",
        "insert into @ select 1", "insert into t(@) select 1", "update @ set a = 1", "update t set @ = 1",
        "delete from @", "select 1 from t as @ where 1", "values (@)", "select f(distinct @)", "select 1, @",
        "savepoint @", "release @", "pragma @", "pragma x = @", "pragma x(@)", "drop table @", "begin @",
        "select f(1) over (rows @ preceding)", "select f(1) over (rows between 1 preceding and @ row)",
        "select 1 from t @ 2", "select 1 @ select 2", "explain @ select 1", "@ 1", "@", "create view @ as select 1",
        "create view x(@) as select 1", "create table @ as select 1",
    ]

    @Test(arguments: namePlaces)
    func `every keyword is a name exactly where it is one for SQLite`(place: String) {
        let oracle = SQLiteOracle()
        for keyword in Keywords.all + ["plain", "\"q\"", "'s'", "[b]", "`t`", "\u{e9}", "1", "?", "x'00'", "1.5"] {
            let sql = place.split(separator: "@", omittingEmptySubsequences: false).joined(separator: keyword)
            expectAgreement(on: sql, oracle)
        }
    }

    /// Pairs of keywords in a row, where one token of lookahead decides.
    @Test(arguments: Keywords.all)
    func `keywords in pairs are read as SQLite reads them`(first: String) {
        let oracle = SQLiteOracle()
        for second in Keywords.all {
            expectAgreement(on: "select a \(first) \(second) from t", oracle)
            expectAgreement(on: "select a from t \(first) \(second) b", oracle)
            expectAgreement(on: "select f(a) \(first) \(second) (b)", oracle)
        }
    }

    @Test(arguments: [
        "", ";", "SELECT", "SELECT 1 2", "SELECT 1,", "SELECT , 1", "SELECT (1", "SELECT 1)", "SELECT 1 FROM",
        "SELECT * FROM t WHERE", "SELECT * FROM t GROUP a", "SELECT * FROM t ORDER a", "SELECT * FROM t LIMIT",
        "SELECT * FROM t JOIN", "SELECT * FROM t LEFT u", "SELECT * FROM t INNER LEFT JOIN u",
        "SELECT * FROM t OUTER JOIN u", "SELECT * FROM t NATURAL JOIN u ON 1", "SELECT * FROM t ON 1",
        "SELECT * FROM t JOIN u USING ()", "SELECT * FROM t JOIN u USING a", "SELECT 1 UNION", "SELECT 1 UNION ALL",
        "SELECT 1 ORDER BY 1 UNION SELECT 2", "SELECT 1 LIMIT 1 UNION SELECT 2", "VALUES (1) ORDER BY 1",
        "VALUES (1) LIMIT 1", "VALUES ()", "VALUES (1), (2, 3)", "SELECT CASE END", "SELECT CASE 1 END",
        "SELECT CASE WHEN 1 END", "SELECT CASE WHEN 1 THEN 2", "SELECT CAST(1 TEXT)", "SELECT CAST(1 AS TEXT(a))",
        "SELECT 1 BETWEEN 2", "SELECT 1 BETWEEN 2 OR 3 AND 4", "SELECT 1 IN", "SELECT 1 IN 2", "SELECT 1 NOT 2",
        "SELECT a.b.c.d", "SELECT a.*.b", "SELECT 1.*", "SELECT main.t.* FROM t", "SELECT f(*, 1)", "SELECT f(1, *)",
        "SELECT f(1,)", "SELECT 'abc", "SELECT \"abc", "SELECT [abc", "SELECT `abc", "SELECT x'0'", "SELECT x'0g'",
        "SELECT 1a", "SELECT 0x", "SELECT 0xg", "SELECT 0x12345678901234567", "SELECT 1e", "SELECT 1.2.3",
        "SELECT ?0", "SELECT ?99999999999999999999", "SELECT :", "SELECT $", "SELECT @", "SELECT #1", "SELECT !1",
        "SELECT 1 ! 2", "SELECT 1 = = 2", "SELECT \\", "SELECT ^", "SELECT {}", "SELECT 1 FROM t t2 t3",
        "SELECT sum(a) OVER (ROWS)", "SELECT sum(a) OVER (ROWS 1)",
        "SELECT sum(a) OVER (ROWS BETWEEN 1 PRECEDING)", "SELECT sum(a) OVER (ROWS UNBOUNDED FOLLOWING)",
        "SELECT sum(a) OVER (ROWS BETWEEN CURRENT ROW AND 1 PRECEDING)", "SELECT sum(a) OVER (ROWS 1 FOLLOWING)",
        "SELECT sum(a) FILTER (a > 1)", "SELECT EXISTS 1", "SELECT EXISTS (1)", "SELECT RAISE(x)", "WITH SELECT 1",
        "WITH a SELECT 1", "WITH a AS SELECT 1", "WITH a AS (SELECT 1)", "WITH a() AS (SELECT 1) SELECT 1",
        "WITH a(x COLLATE nocase) AS (SELECT 1) SELECT 1", "(SELECT 1)", "FROM t SELECT 1",
        "SELECT -0x8000000000000000", "SELECT * FROM t INDEXED t_b", "SELECT * FROM t NOT NULL", "SELECT 1; SELECT 2",
        "SELECT DISTINCT ALL 1", "SELECT ALL DISTINCT 1", "SELECT\u{b}1",
    ])
    func `what SQLite rejects is rejected`(sql: String) {
        let oracle = SQLiteOracle(schema: Corpus.schema)
        if case .accepted(let end) = oracle.verdict(on: sql) {
            #expect(end < sql.utf8.count, "SQLite accepts the text")
        }
        #expect(throws: EngineError.self) { try SQLParser.parseStatement(sql) }
    }

    @Test func `a seeded mutation of the corpus parses exactly where it does for SQLite`() {
        let seed: UInt64 = 31_415_926
        var mutator = Mutator(seed: seed)
        let oracle = SQLiteOracle(schema: Corpus.schema)
        for _ in 0..<20_000 {
            expectAgreement(on: mutator.mutate(mutator.pick(Corpus.queries)), oracle)
        }
    }

    @Test func `a seeded mutation of other statements parses where it does for SQLite`() {
        let seed: UInt64 = 26_457_513
        var mutator = Mutator(seed: seed)
        let oracle = SQLiteOracle(schema: StatementCorpus.schema)
        for _ in 0..<20_000 {
            expectAgreement(on: mutator.mutate(mutator.pick(StatementCorpus.statements)), oracle)
        }
    }

    @Test func `mutated extensions give a tree that prints or an error`() throws {
        let seed: UInt64 = 27_182_818
        var mutator = Mutator(seed: seed)
        for _ in 0..<10_000 {
            let sql = mutator.mutate(mutator.pick(ExtensionCorpus.queries))
            guard let select = try? parseSelect(sql) else { continue }
            let printed = SQLPrinter.text(of: select)
            let isEqual = try parseSelect(printed) == select
            #expect(isEqual, "seed \(seed): \(sql) => \(printed)")
        }
    }

    @Test func `any bytes give a tree or an error`() {
        let seed: UInt64 = 16_180_339
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                UInt8(truncatingIfNeeded: generator.next())
            }
            _ = try? SQLParser.parseScript("SELECT " + String(decoding: bytes, as: UTF8.self))
        }
    }

    /// Expects that the parser accepts the first statement of a text if SQLite does, rejects it if SQLite finds a
    /// syntax error (unless an extension is used), and that what it reads prints to an equal tree.
    private func expectAgreement(on sql: String, _ oracle: SQLiteOracle) {
        switch oracle.verdict(on: sql) {
        case .accepted(let end):
            let first = slice(sql, SourceRange(0, end))
            do {
                let statement = try SQLParser.parseStatement(first)
                guard case .select(let select) = statement else { return }
                let printed = SQLPrinter.text(of: select)
                let isEqual = try parseSelect(printed) == select
                #expect(isEqual, "\(sql) => \(printed)")
            } catch {
                Issue.record("SQLite accepts \(sql): \(error)")
            }
        case .syntaxError(let message):
            guard let statement = try? SQLParser.parseScript(sql).first, case .select = statement else { return }
            let usesExtension = ExtensionFinder.usesExtension(statement) || sql.contains("::")
            #expect(usesExtension, "SQLite rejects \(sql): \(message)")
        case .empty, .otherError:
            return
        }
    }
}
