/// Makes random statements that write to two tables, the same for the same seed.
///
/// `t` has an integer key and a second unique column, so that REPLACE removes rows over another index than the key;
/// `w` has a composite text key and no rowid. Values are of every storage class, whatever the column declares.
struct RandomWrites {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    static let schema = """
        CREATE TABLE t (k INTEGER PRIMARY KEY, u TEXT UNIQUE, g INTEGER, v REAL, x);
        CREATE TABLE w (a TEXT, b INTEGER, note TEXT, PRIMARY KEY (a, b)) WITHOUT ROWID;
        """

    static let everything = "SELECT * FROM t ORDER BY k;\nSELECT * FROM w ORDER BY a, b;"

    /// Returns one statement without its semicolon. It may break no constraint that it does not handle.
    mutating func statement() -> String {
        switch number(below: 12) {
        case 0, 1, 2: "INSERT OR IGNORE INTO t VALUES (\(key()), \(unique()), \(value()), \(value()), \(value()))"
        case 3, 4: "REPLACE INTO t VALUES (\(key()), \(unique()), \(value()), \(value()), \(value()))"
        case 5: "UPDATE t SET g = \(value()), x = \(value()) WHERE k % 7 = \(number(below: 7))"
        case 6: "UPDATE OR REPLACE t SET k = \(key()), u = \(unique()) WHERE k = \(key())"
        case 7: "DELETE FROM t WHERE k = \(key()) OR g = \(number(below: 50))"
        case 8: "REPLACE INTO w VALUES (\(word()), \(number(below: 9)), \(value()))"
        case 9:
            "INSERT INTO w VALUES (\(word()), \(number(below: 9)), 'new') ON CONFLICT DO UPDATE SET note = \(value())"
        case 10: "UPDATE OR REPLACE w SET a = \(word()) WHERE a = \(word())"
        default: "DELETE FROM w WHERE b = \(number(below: 9)) AND a > \(word())"
        }
    }

    /// Returns a number from 0 up to, but not including, `bound`.
    mutating func number(below bound: Int) -> Int {
        // Knuth's MMIX generator (TAOCP volume 2, section 3.3.4); its high bits are the random ones.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    private mutating func key() -> String {
        number(below: 40) == 0 ? "-9223372036854775808" : String(number(below: 300))
    }

    private mutating func unique() -> String {
        number(below: 6) == 0 ? "NULL" : "'u\(number(below: 250))'"
    }

    private mutating func word() -> String {
        ["'a'", "'A'", "'ä'", "''", "'it''s'", "'z z'"][number(below: 6)]
    }

    private mutating func value() -> String {
        switch number(below: 40) {
        case 0...3: "NULL"
        case 4...18: String(number(below: 50))
        case 19...26: "\(number(below: 1000)).\(number(below: 1000))"
        case 27...30: "'text \(number(below: 100))'"
        case 31: "'longer text than fits inline: \(number(below: 100)) — ÄÖÜ'"
        case 32: "x'00ff\(10 + number(below: 90))'"
        case 33: "9223372036854775807"
        case 34: "-0.0"
        case 35: "9e999"
        case 36: "''"
        default: "-\(number(below: 50))"
        }
    }
}
