/// Tables that come, change and go, and writes to whatever stands under their names: many of these statements fail.
extension RandomWork {
    mutating func schemaChange() -> String {
        let table = "d\(below(4))"
        let column = pick(["a", "b", "c", "d", "e"])
        switch below(16) {
        case 0...4: return creation(table)
        case 5: return "DROP TABLE IF EXISTS \(table)"
        case 6, 7:
            return
                "ALTER TABLE \(table) ADD COLUMN \(column) \(pick(["", "DEFAULT 7", "TEXT DEFAULT 'x' COLLATE NOCASE", "REAL", "NOT NULL DEFAULT 0.5"]))"
        case 8: return "ALTER TABLE \(table) DROP COLUMN \(column)"
        case 9: return "ALTER TABLE \(table) RENAME COLUMN \(column) TO \(pick(["a", "b", "c", "d", "e"]))"
        case 10: return "ALTER TABLE \(table) RENAME TO d\(below(4))"
        case 11:
            return
                "CREATE UNIQUE INDEX IF NOT EXISTS \(table)_\(column) ON \(table)(\(column))\(pick(["", " WHERE a > 5"]))"
        case 12: return "CREATE UNIQUE INDEX IF NOT EXISTS \(table)_lower ON \(table)(lower(\(column)), b)"
        case 13: return "DROP INDEX IF EXISTS \(table)_\(pick(["a", "b", "c", "lower"]))"
        case 14: return trigger(table)
        default: return "DROP TRIGGER IF EXISTS \(pick(triggerNames(table)))"
        }
    }

    /// `inserts` stands on one table at a time: two triggers that insert would run each other without end where a
    /// connection has triggers recurse, once columns are renamed, for SQLite bounds how deep they nest and not how
    /// often they run.
    private func triggerNames(_ table: String) -> [String] { ["\(table)_one", "\(table)_two", "inserts"] }

    private mutating func trigger(_ table: String) -> String {
        let name = pick(triggerNames(table))
        let insertion = name == "inserts" ? "INSERT OR IGNORE INTO \(table)(a, b) VALUES (3, NEW.b);" : ""
        return """
            CREATE TRIGGER IF NOT EXISTS \(name) AFTER INSERT ON \(table) WHEN NEW.a > 10 BEGIN \
            UPDATE OR REPLACE \(table) SET b = NEW.a WHERE a < 5; \(insertion) SELECT RAISE(IGNORE) WHERE NEW.a = 13; END
            """
    }

    private mutating func creation(_ table: String) -> String {
        switch below(7) {
        case 0: return "CREATE TABLE IF NOT EXISTS \(table)(a, b TEXT COLLATE NOCASE, c REAL DEFAULT 1.5)"
        case 1: return "CREATE TABLE IF NOT EXISTS \(table)(a INTEGER PRIMARY KEY, b UNIQUE, c)"
        case 2:
            return "CREATE TABLE IF NOT EXISTS \(table)(a TEXT, b, c, PRIMARY KEY(a COLLATE RTRIM, b)) WITHOUT ROWID"
        case 3: return "CREATE TABLE IF NOT EXISTS \(table)(a INT, b TEXT, c ANY, d BLOB) STRICT"
        case 4: return "CREATE TABLE IF NOT EXISTS \(table)(a, b, c AS (a || b) STORED, d AS (b) UNIQUE)"
        case 5:
            return
                "CREATE TABLE IF NOT EXISTS \(table)(a INT NOT NULL DEFAULT 4 UNIQUE ON CONFLICT REPLACE, b, c UNIQUE ON CONFLICT IGNORE)"
        default: return "CREATE TABLE IF NOT EXISTS \(table) AS SELECT id AS a, b, c FROM plain"
        }
    }

    mutating func changingTableWrite() -> String {
        let table = "d\(below(4))"
        let column = pick(["a", "a", "b", "c", "d", "e"])
        switch below(8) {
        case 0...2:
            return
                "INSERT \(clause()) INTO \(table)(a, b) VALUES (\(value("id")), \(value("c"))), (\(below(20)), \(below(9)))"
        case 3: return "INSERT \(clause()) INTO \(table)(\(column)) VALUES (\(value(column)))"
        case 4: return "UPDATE \(clause()) \(table) SET \(column) = \(value("c")) WHERE a % 4 = \(below(4))"
        case 5: return "UPDATE \(clause()) \(table) SET a = a + \(below(3))"
        case 6: return "DELETE FROM \(table) WHERE a % 7 = \(below(7)) OR typeof(a) <> 'integer'"
        default:
            return below(6) == 0
                ? "DELETE FROM \(table)" : "INSERT INTO \(table)(a, b) VALUES (\(below(30)), 1) ON CONFLICT DO NOTHING"
        }
    }
}
