/// Statements other than queries that SQLite accepts over the tables of `schema`.
enum StatementCorpus {
    static let schema = """
        CREATE TABLE t(a INTEGER PRIMARY KEY, b, c); CREATE TABLE u(a, b, c); CREATE INDEX i ON t(b);
        CREATE VIEW v AS SELECT 1 AS a;
        CREATE TRIGGER g BEFORE INSERT ON u BEGIN SELECT 1; END;
        """

    static let statements = [
        "INSERT INTO t VALUES (1, 2, 3)", "INSERT INTO main.t AS x (a, b) SELECT a, b FROM u WHERE a > 1",
        "INSERT INTO t DEFAULT VALUES", "INSERT OR IGNORE INTO t(b) VALUES (1), (2) RETURNING a, b AS x",
        "REPLACE INTO t(a) VALUES (1)", "INSERT OR REPLACE INTO t(a) WITH q AS (SELECT 1) SELECT * FROM q",
        "INSERT INTO t(a) VALUES (1) ON CONFLICT DO NOTHING",
        "INSERT INTO t(a, b) SELECT a, b FROM u WHERE true ON CONFLICT (a) WHERE b > 1 DO UPDATE SET b = excluded.b,"
            + " (c) = (1) WHERE c IN (SELECT c FROM u) ON CONFLICT DO NOTHING RETURNING *",
        "UPDATE t SET b = 1",
        "UPDATE OR ROLLBACK main.t AS x NOT INDEXED SET b = 1, (a, c) = (SELECT a, c FROM u) WHERE a = 1",
        "UPDATE t INDEXED BY i SET b = u.b FROM u JOIN v USING (a) WHERE t.b = 1 RETURNING t.a",
        "UPDATE t SET b = 1 ORDER BY a LIMIT 1 OFFSET 2",
        "WITH q AS (SELECT 1 AS z) UPDATE t SET b = (SELECT z FROM q)",
        "DELETE FROM t", "DELETE FROM t AS x WHERE a IN (SELECT a FROM u) RETURNING a",
        "WITH q AS (SELECT * FROM u) DELETE FROM t WHERE a IN q LIMIT 1, 2",
        "CREATE TABLE n(a, b CHECK (a > (1)), PRIMARY KEY (a)) WITHOUT ROWID, STRICT",
        "CREATE TEMP TABLE IF NOT EXISTS n AS SELECT * FROM u", "CREATE TABLE temp.n(a)",
        "CREATE VIEW IF NOT EXISTS n(x, y) AS SELECT a, b FROM u UNION VALUES (1, 2)",
        "CREATE TEMPORARY VIEW n AS VALUES (1)",
        "CREATE UNIQUE INDEX IF NOT EXISTS n ON t(b, lower(c) DESC) WHERE b > 1", "CREATE INDEX main.n ON t(b)",
        "CREATE TRIGGER n AFTER UPDATE OF a, b ON t FOR EACH ROW WHEN new.a > 1 BEGIN"
            + " INSERT INTO u SELECT 1, 2, CASE WHEN 1 THEN 2 END; DELETE FROM u; SELECT RAISE(ABORT, 'no'); END",
        "CREATE TEMP TRIGGER IF NOT EXISTS n INSTEAD OF DELETE ON v BEGIN UPDATE t SET b = 'END;'; END",
        "DROP TABLE t", "DROP TABLE IF EXISTS main.missing", "DROP VIEW v", "DROP INDEX i", "DROP TRIGGER g",
        "ALTER TABLE t RENAME TO n", "ALTER TABLE t RENAME COLUMN b TO n", "ALTER TABLE t RENAME b TO n",
        "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT (1)", "ALTER TABLE main.t ADD n",
        "ALTER TABLE u DROP COLUMN c",
        "ALTER TABLE u DROP c", "BEGIN", "BEGIN TRANSACTION", "BEGIN IMMEDIATE", "BEGIN EXCLUSIVE TRANSACTION x",
        "COMMIT",
        "END", "END TRANSACTION", "ROLLBACK", "ROLLBACK TRANSACTION", "SAVEPOINT s", "RELEASE s", "RELEASE SAVEPOINT s",
        "ROLLBACK TO s", "ROLLBACK TRANSACTION TO SAVEPOINT s", "PRAGMA user_version", "PRAGMA main.user_version = 5",
        "PRAGMA table_info(t)", "PRAGMA cache_size = -2000", "PRAGMA foreign_keys = ON",
        "PRAGMA journal_mode = 'delete'",
        "ATTACH ':memory:' AS x", "DETACH DATABASE main", "VACUUM", "VACUUM main INTO 'x'", "ANALYZE", "ANALYZE main.t",
        "REINDEX", "REINDEX t", "EXPLAIN SELECT 1", "EXPLAIN QUERY PLAN DELETE FROM t", "EXPLAIN ANALYZE",
        "EXPLAIN ANALYZE t",
    ]
}
