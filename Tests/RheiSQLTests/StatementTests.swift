import RheiCore
import RheiSQL
import Testing

/// Statements other than queries, scripts, and limits.
@Suite struct StatementTests {
    @Test(arguments: StatementCorpus.statements)
    func `statements that SQLite prepares parse as a whole`(sql: String) throws {
        let oracle = SQLiteOracle(schema: StatementCorpus.schema)
        if case .syntaxError(let message) = oracle.verdict(on: sql) { Issue.record("SQLite: \(message)") }
        #expect(slice(sql, try SQLParser.parseStatement(sql).range) == sql)
        #expect(slice(sql, try SQLParser.parseStatement(sql + " ;").range) == sql)
        let script = try SQLParser.parseScript("SELECT 1; \(sql);\(sql) ; -- end\n;SELECT 2")
        #expect(script.count == 4)
        #expect(script[1] == script[2])
    }

    private func change(_ sql: String) throws -> DataChangeStatement {
        guard case .dataChange(let change) = try SQLParser.parseStatement(sql) else {
            throw EngineError(.syntax, "no data change: \(sql)")
        }
        return change
    }

    @Test func `data changes know their target and what they read`() throws {
        let insert = try change(
            "WITH q AS (SELECT * FROM a) INSERT INTO main.t SELECT * FROM q, b WHERE true ON CONFLICT DO UPDATE SET x = (SELECT"
                + " 1 FROM c) RETURNING (SELECT 1 FROM d)")
        #expect(insert.kind == .insert && insert.target.schema?.name == "main" && insert.target.name.name == "t")
        #expect(insert.hasReturning && insert.tablesRead.map(\.name.name) == ["a", "b", "c", "d"])
        let update = try change(
            "UPDATE t SET x = (SELECT 1 FROM a) FROM b, c WHERE y IN d ORDER BY (SELECT 1 FROM e) LIMIT 1")
        #expect(update.kind == .update && !update.hasReturning)
        #expect(update.tablesRead.map(\.name.name) == ["a", "b", "c", "d", "e"])
        let delete = try change("DELETE FROM t WHERE EXISTS (SELECT 1 FROM t)")
        #expect(delete.kind == .delete && delete.tablesRead.map(\.name.name) == ["t"])
        #expect(try change("REPLACE INTO t VALUES (1)").kind == .replace)
    }

    @Test func `schema statements keep names and queries`() throws {
        guard
            case .create(let view) = try SQLParser.parseStatement(
                "CREATE TEMP VIEW IF NOT EXISTS v(x) AS SELECT 1 FROM t"),
            case .view(let columns, let select) = view.object,
            case .create(let trigger) = try SQLParser.parseStatement(
                "CREATE TRIGGER g DELETE ON m.t BEGIN SELECT 1; END"),
            case .trigger(let table) = trigger.object,
            case .create(let copy) = try SQLParser.parseStatement("CREATE TABLE m.n AS SELECT * FROM u"),
            case .table(.some) = copy.object,
            case .create(let index) = try SQLParser.parseStatement("CREATE UNIQUE INDEX i ON t(a)"),
            case .index(let indexed, let isUnique) = index.object,
            case .create(let virtual) = try SQLParser.parseStatement("CREATE VIRTUAL TABLE f USING fts5(a, b, 'x;y')"),
            case .virtualTable(let module) = virtual.object
        else {
            Issue.record("other shapes")
            return
        }
        #expect(view.isTemporary && view.ifNotExists && columns.map(\.name) == ["x"])
        #expect(select.tablesRead.map(\.name.name) == ["t"] && table.name.name == "t" && table.schema?.name == "m")
        #expect(copy.name.schema?.name == "m" && indexed.name == "t" && isUnique && module.name == "fts5")
        guard case .drop(let drop) = try SQLParser.parseStatement("DROP VIEW IF EXISTS m.v"),
            case .alterTable(let rename) = try SQLParser.parseStatement("ALTER TABLE t RENAME COLUMN a TO b"),
            case .renameColumn(let old, let new) = rename.action
        else {
            Issue.record("other shapes")
            return
        }
        #expect(drop.kind == .view && drop.ifExists && drop.name.name.name == "v" && old.name == "a" && new.name == "b")
    }

    @Test(arguments: [
        ("EXPLAIN SELECT 1", ExplainStatement.Kind.plan), ("EXPLAIN QUERY PLAN SELECT 1", .queryPlan),
        ("EXPLAIN ANALYZE SELECT 1", .analyze), ("EXPLAIN ANALYZE WITH q AS (SELECT 1) SELECT 1", .analyze),
        ("EXPLAIN ANALYZE VALUES (1)", .analyze),
    ])
    func `EXPLAIN holds the statement it explains`(sql: String, kind: ExplainStatement.Kind) throws {
        guard case .explain(let explain) = try SQLParser.parseStatement(sql), case .select = explain.statement else {
            Issue.record("other shape")
            return
        }
        #expect(explain.kind == kind)
    }

    @Test func `pragmas keep their values`() throws {
        func value(_ sql: String) throws -> String? {
            if case .pragma(let pragma) = try SQLParser.parseStatement(sql) { pragma.value } else { "?" }
        }
        #expect(try value("PRAGMA x") == nil)
        #expect(try value("PRAGMA x = on") == "on")
        #expect(try value("PRAGMA x(-5)") == "-5")
        #expect(try value("PRAGMA m.x = +1.5") == "1.5")
        #expect(try value("PRAGMA x('a b')") == "a b")
    }

    @Test func `a trigger ends at END after a semicolon`() throws {
        let script = try SQLParser.parseScript(
            "CREATE TRIGGER g INSERT ON t BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 'END;'; END; SELECT 1")
        #expect(script.count == 2)
        #expect(syntaxError("CREATE TRIGGER g INSERT ON t BEGIN SELECT 1 END;") != nil)
        #expect(syntaxError("CREATE TRIGGER g INSERT ON t BEGIN SELECT 1;") != nil)
        #expect(syntaxError("CREATE TRIGGER g INSERT ON t BEGIN END") != nil)
    }

    @Test func `a script may be empty and a statement may not`() throws {
        #expect(try SQLParser.parseScript("").isEmpty)
        #expect(try SQLParser.parseScript(" ; -- x\n;/* */").isEmpty)
        #expect(throws: EngineError.self) { try SQLParser.parseStatement(" ; -- x") }
        #expect(throws: EngineError.self) { try SQLParser.parseStatement("SELECT 1; SELECT 2") }
        #expect(throws: EngineError.self) { try SQLParser.parseExpression("1 2") }
    }
}
