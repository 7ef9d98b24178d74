/// Makes random statements of all forms that change rows, for seven tables of different kinds.
package struct RandomWork {
    package static let schema = """
        CREATE TABLE plain(id INTEGER PRIMARY KEY, a INTEGER, b TEXT COLLATE NOCASE UNIQUE, c);
        CREATE TABLE hidden(a NUMERIC, b REAL, c BLOB);
        CREATE TABLE keyed(k TEXT PRIMARY KEY COLLATE NOCASE, v, w UNIQUE);
        CREATE TABLE composite(a, b, v, u UNIQUE, PRIMARY KEY(b, a)) WITHOUT ROWID;
        CREATE TABLE folded(k TEXT COLLATE RTRIM, n REAL, v, PRIMARY KEY(k COLLATE NOCASE, n)) WITHOUT ROWID;
        CREATE TABLE partial(id INTEGER PRIMARY KEY, a, b, g AS (a || b));
        CREATE UNIQUE INDEX partial_index ON partial(a) WHERE b > 2;
        CREATE UNIQUE INDEX expression_index ON partial(lower(a), b);
        CREATE TABLE child(id INTEGER PRIMARY KEY, p REFERENCES plain(id) ON DELETE CASCADE ON UPDATE CASCADE, v);
        """

    /// With it every write has to run triggers; without it the engine's own transactions report their rows.
    package static let trigger = """
        CREATE TRIGGER moves AFTER INSERT ON hidden WHEN NEW.rowid % 7 = 0 BEGIN
            UPDATE hidden SET b = NEW.rowid WHERE rowid = NEW.rowid - 1;
            INSERT OR REPLACE INTO plain(b, c) VALUES ('moved' || (NEW.rowid % 5), NEW.a);
        END;
        """

    /// Triggers that change rows while a statement is about to take them, or has just taken them.
    package static let nestedTriggers = """
        CREATE TRIGGER takes BEFORE INSERT ON plain WHEN NEW.a % 5 = 0 BEGIN
            UPDATE OR REPLACE plain SET b = NEW.b WHERE id % 9 = NEW.a % 9;
        END;
        CREATE TRIGGER gives AFTER INSERT ON plain WHEN NEW.a % 4 = 1 BEGIN
            UPDATE OR REPLACE plain SET b = NEW.b || 'g' WHERE id = NEW.id;
            INSERT OR IGNORE INTO plain(a, b) VALUES (2, NEW.b);
        END;
        CREATE TRIGGER echoes AFTER UPDATE OF b ON plain WHEN NEW.a % 3 = 1 BEGIN
            INSERT OR REPLACE INTO plain(a, b, c) VALUES (2, OLD.b, 1);
            DELETE FROM plain WHERE id = NEW.id + 1;
        END;
        CREATE TRIGGER again AFTER INSERT ON keyed WHEN length(NEW.k) % 4 = 1 BEGIN
            UPDATE OR REPLACE keyed SET w = NEW.k WHERE k = NEW.k;
            INSERT OR REPLACE INTO keyed VALUES (NEW.w, 1, NEW.k);
            DELETE FROM keyed WHERE k = NEW.k AND typeof(NEW.w) = 'integer';
        END;
        CREATE TRIGGER skips BEFORE UPDATE ON composite WHEN NEW.v = 3 BEGIN
            DELETE FROM composite WHERE u = NEW.u;
            SELECT RAISE(IGNORE) WHERE NEW.a = 5;
        END;
        """

    var random: SeededGenerator
    /// The tables that are written to; often written ones come several times.
    private let tables: [String]
    private let vacuums: Bool
    /// Whether statements of ``RandomWork/schemaChange()`` and writes to the tables they make are among the statements.
    private let changesSchema: Bool

    /// - Parameters:
    ///   - tables: nil for all seven.
    ///   - vacuums: whether VACUUM is among the statements.
    ///   - changesSchema: whether tables come, change and go.
    package init(seed: UInt64, tables: [String]? = nil, vacuums: Bool = true, changesSchema: Bool = false) {
        self.changesSchema = changesSchema
        random = SeededGenerator(seed: seed)
        self.tables =
            tables ?? ["plain", "plain", "hidden", "hidden", "keyed", "composite", "folded", "partial", "child"]
        self.vacuums = vacuums
    }

    package mutating func below(_ bound: Int) -> Int { random.below(bound) }

    /// One of the columns that tables of ``RandomWork/schemaChange()`` may have.
    package mutating func pickColumn() -> String { pick(["a", "b", "c", "d", "e"]) }

    mutating func pick(_ choices: [String]) -> String { random.pick(choices) }

    package mutating func statements(count: Int) -> [String] { (0..<count).map { _ in statement() } }

    private mutating func statement() -> String {
        if changesSchema, below(8) == 0 { return below(6) == 0 ? schemaChange() : changingTableWrite() }
        let change = change()
        // SQLite has RETURNING for changes alone.
        return below(25) == 0 && !change.hasPrefix("SELECT") && change != "VACUUM" ? change + " RETURNING *" : change
    }

    /// Puts parts of a script into savepoints, some of which are rolled back.
    package mutating func withSavepoints(_ script: [String]) -> [String] {
        var result: [String] = []
        for statement in script {
            switch below(12) {
            case 0: result.append("SAVEPOINT s\(below(2))")
            case 1: result.append("ROLLBACK TO s\(below(2))")
            case 2: result.append("RELEASE s\(below(2))")
            default: break
            }
            result.append(statement)
        }
        return result
    }

    private mutating func change() -> String {
        let table = pick(tables)
        switch below(20) {
        case 0...8: return insert(table)
        case 9...13: return update(table)
        case 14...16: return "DELETE FROM \(table) WHERE \(condition(table))"
        case 17: return upsert(table)
        case 18: return keyChange(table)
        default: return rare(table)
        }
    }

    package static let columns: [String: [String]] = [
        "plain": ["id", "a", "b", "c"], "hidden": ["a", "b", "c"], "keyed": ["k", "v", "w"],
        "composite": ["a", "b", "v", "u"], "folded": ["k", "n", "v"], "partial": ["id", "a", "b"],
        "child": ["id", "p", "v"],
    ]

    mutating func value(_ column: String) -> String {
        switch column {
        case "id", "p":
            return pick(["\(below(150))", "NULL", "\(below(150))", "\(below(1_000_000_000) - 500_000_000)"])
        case "k", "u", "w":
            return pick([
                "'\(pick(["a", "A", "b ", "B", "ß", "x  "]))\(below(30))'", "\(below(30))", "NULL", "x'0\(below(9))'",
            ])
        default: break
        }
        return pick([
            "\(below(20))", "\(below(20)).0", "\(below(9)).25", "'\(pick(["x", "X", "y", "z  "]))\(below(9))'", "NULL",
            "x'00\(below(9))f'", "1e999", "-1e999", "-0.0", "9223372036854775807", "-9223372036854775808",
            "CAST(x'61ff00\(below(9))2' AS TEXT)", "'a' || char(0) || 'b'",
            "'\(String(repeating: "long text ", count: below(20)))'",
            "zeroblob(\(below(40)))",
        ])
    }

    mutating func clause() -> String {
        pick(["", "", "OR REPLACE", "OR REPLACE", "OR IGNORE", "OR FAIL", "OR ROLLBACK"])
    }

    private mutating func row(_ table: String) -> String {
        let columns = Self.columns[table] ?? []
        return "(" + columns.map { value($0) }.joined(separator: ", ") + ")"
    }

    private mutating func insert(_ table: String) -> String {
        let columns = (Self.columns[table] ?? []).joined(separator: ", ")
        let rows = (0...below(4)).map { _ in row(table) }.joined(separator: ", ")
        return "INSERT \(clause()) INTO \(table)(\(columns)) VALUES \(rows)"
    }

    /// A condition that about one row in `count` meets; the same rows for the same seed, unlike SQLite's `random()`.
    private mutating func chance(_ count: Int, _ column: String) -> String {
        let digit = "coalesce(unicode(substr(hex(\(column)), \(2 * below(6) + 2), 1)), 0)"
        return "(length(hex(\(column))) * 5 + \(digit) + \(below(count))) % \(count) = 0"
    }

    private mutating func condition(_ table: String) -> String {
        let column = pick(Self.columns[table] ?? [])
        switch below(5) {
        case 0: return "\(column) = \(value(column))"
        case 1: return "\(column) > \(value(column)) AND \(chance(4, column))"
        case 2: return "\(column) IS NULL AND \(chance(3, pick(Self.columns[table] ?? [])))"
        case 3: return "typeof(\(column)) = '\(pick(["text", "blob", "real", "integer"]))' AND \(chance(6, column))"
        default: return chance(15, column)
        }
    }

    private mutating func update(_ table: String) -> String {
        let column = pick(Self.columns[table] ?? [])
        return "UPDATE \(clause()) \(table) SET \(column) = \(value(column)) WHERE \(condition(table))"
    }

    private mutating func upsert(_ table: String) -> String {
        let columns = Self.columns[table] ?? []
        let column = pick(columns)
        return "INSERT INTO \(table)(\(columns.joined(separator: ", "))) VALUES \(row(table))"
            + " ON CONFLICT DO UPDATE SET \(column) = \(value(column))"
    }

    private mutating func keyChange(_ table: String) -> String {
        switch table {
        case "composite": return "UPDATE \(clause()) composite SET a = b, b = a WHERE \(condition(table))"
        case "folded":
            return "UPDATE \(clause()) folded SET k = upper(k) || ' ', n = n + \(below(2)) WHERE \(condition(table))"
        case "keyed":
            return
                "UPDATE \(clause()) keyed SET k = \(pick(["upper(k)", "lower(k)", "k || '1'"])) WHERE \(condition(table))"
        default: return "UPDATE \(clause()) \(table) SET rowid = rowid + \(below(5) - 2) WHERE \(condition(table))"
        }
    }

    private mutating func rare(_ table: String) -> String {
        switch below(30) {
        case 0: return "DELETE FROM \(table)"
        case 1: return vacuums ? "VACUUM" : "DELETE FROM \(table) WHERE \(condition(table))"
        case 2...12: return "INSERT \(clause()) INTO \(table) SELECT * FROM \(table) WHERE \(condition(table))"
        default: return "SELECT 1"
        }
    }
}
