import RheiTestSupport

/// A table of a random database: its declaration and rows, and what a query generator needs to know of it.
struct RandomTable {
    /// What kinds of values a column holds.
    enum Content: CaseIterable {
        case integers, quarters, words, numberTexts, blobs, wild
    }

    struct Column {
        var name: String
        var content: Content

        /// Whether sums of the values are exact whatever their order.
        var isSummable: Bool { content == .integers || content == .quarters }
    }

    var name: String
    var columns: [Column]
    /// CREATE and INSERT statements.
    var statements: [String]

    init(number: Int, _ random: inout SeededGenerator) {
        name = "t\(number)"
        columns = []
        var declarations: [String] = []
        let withoutRowID = random.chance(percent: 12)
        var names = ["a", "b", "c", "d", "e", "f"]
        names.shuffle(using: &random)
        for position in 0..<Int.random(in: 2...5, using: &random) {
            let content = random.chance(percent: 40) ? random.pick([.integers, .words]) : random.pick(Content.allCases)
            var declaration = "\(names[position]) \(Self.declaredType(of: content, &random))"
            if position == 0, withoutRowID || random.chance(percent: 30) {
                declaration = withoutRowID ? declaration + " PRIMARY KEY" : "\(names[position]) INTEGER PRIMARY KEY"
                columns.append(Column(name: names[position], content: withoutRowID ? content : .integers))
            } else {
                if content == .words, random.chance(percent: 25) { declaration += " COLLATE NOCASE" }
                columns.append(Column(name: names[position], content: content))
            }
            declarations.append(declaration)
        }
        statements = [
            "CREATE TABLE \(name)(\(declarations.joined(separator: ", ")))" + (withoutRowID ? " WITHOUT ROWID" : "")
        ]
        for _ in 0..<random.pick([0, 1, 3, 7, 12, 20]) {
            let values = columns.map { RandomValue.literal($0.content, &random) }
            statements.append("INSERT OR IGNORE INTO \(name) VALUES (\(values.joined(separator: ", ")))")
        }
    }

    private static func declaredType(of content: Content, _ random: inout SeededGenerator) -> String {
        switch content {
        case .integers: random.pick(["INT", "INTEGER", "BIGINT", "NUMERIC"])
        case .quarters: random.pick(["REAL", "DOUBLE"])
        case .words, .numberTexts: random.pick(["TEXT", "VARCHAR(9)", "TEXT", ""])
        case .blobs: random.pick(["BLOB", ""])
        case .wild: random.pick(["INT", "REAL", "TEXT", "NUMERIC", "BLOB", ""])
        }
    }
}

/// Literals of all kinds, the ordinary and the awkward.
enum RandomValue {
    private static let small = ["0", "1", "1", "2", "3", "-1", "-2", "5", "7", "10"]
    private static let large = [
        "9223372036854775807", "-9223372036854775807", "9007199254740993", "4294967296", "2147483647", "-2147483648",
    ]
    private static let quarters = ["0.0", "0.25", "0.5", "1.0", "1.5", "-2.25", "3.0", "10.0", "-0.5"]
    private static let reals = ["0.1", "1e300", "-1e300", "9e999", "-9e999", "1e18", "1e-300", "123456789.123", "1e15"]
    private static let words = [
        "''", "'a'", "'b'", "'A'", "'B'", "'abc'", "'ABC'", "'ab'", "'a '", "'abcdefghijklm'", "'abcdefghijklmnop'",
        "'a%b'", "'_'", "'é'", "'É'", "'漢字'", "'it''s'", "'[a]'",
    ]
    private static let numberTexts = [
        "'1'", "'2'", "'01'", "' 1 '", "'1.0'", "'1.5'", "'1e2'", "'-1'", "'+1'", "'0x10'", "'12abc'", "'.5'", "'5.'",
        "'1e'", "'9223372036854775807'", "'9223372036854775808'", "'-0'", "'1e400'", "'-'",
    ]
    private static let blobs = ["x''", "x'00'", "x'61'", "x'31'", "x'ff'", "x'616263'", "x'312e35'"]

    static func literal(_ content: RandomTable.Content, _ random: inout SeededGenerator) -> String {
        if random.chance(percent: 12) { return "NULL" }
        switch content {
        case .integers: return random.pick(random.chance(percent: 4) ? large : small)
        case .quarters: return random.pick(quarters)
        case .words: return random.pick(words)
        case .numberTexts: return random.pick(numberTexts)
        case .blobs: return random.pick(blobs)
        case .wild: return random.pick(random.pick([small, small, large, quarters, reals, words, numberTexts, blobs]))
        }
    }
}
