import RheiTestSupport

/// What kinds of values a column holds or an expression has.
enum Content: CaseIterable, Sendable {
    /// Small integers, quarters and 0 or 1: sums of them are exact in any order.
    case integers, quarters, flags
    case bigIntegers, decimals, wildReals
    case words, numberTexts, oddTexts, dates, documents
    case blobs
    case mixed

    /// Whether sums of the values are exact whatever their order.
    var isSummable: Bool { self == .integers || self == .quarters || self == .flags }

    /// Whether a RANGE frame with an offset makes sense of the values.
    var isNumber: Bool {
        switch self {
        case .integers, .quarters, .flags, .bigIntegers, .decimals, .wildReals: true
        default: false
        }
    }

    var isText: Bool {
        switch self {
        case .words, .numberTexts, .oddTexts, .dates, .documents: true
        default: false
        }
    }
}

/// Literals of every content, the ordinary and the awkward.
enum ValueSource {
    private static let integers = [
        "0", "1", "1", "2", "2", "3", "4", "5", "7", "10", "12", "-1", "-2", "-3", "40", "99",
    ]
    private static let bigIntegers = [
        "9223372036854775807", "-9223372036854775807", "-9223372036854775808", "9007199254740992", "9007199254740993",
        "-9007199254740993", "4294967296", "2147483647", "-2147483648", "4611686018427387904", "3037000500",
        "1000000000000000", "1000000000000000000", "0", "1", "-1", "255", "256", "65536",
    ]
    private static let quarters = ["0.0", "0.25", "0.5", "1.0", "1.5", "-2.25", "3.0", "10.0", "-0.5", "2.75", "100.0"]
    private static let decimals = ["0.1", "0.2", "1.1", "2.35", "-7.77", "19.99", "123.456", "1000.01", "0.3", "-0.7"]
    private static let wildReals = [
        "-0.0", "1e18", "1e300", "-1e300", "1e-300", "9e999", "-9e999", "1e15", "1e16", "9007199254740992.0",
        "9007199254740994.0", "5e-324", "1.7976931348623157e308", "0.1", "123456789.123", "9223372036854775807.0",
        "-9223372036854775808.0", "-1e-7", "12345678901234567.0", "0.5", "1.0", "2.5", "-2.5",
    ]
    private static let words = [
        "'a'", "'b'", "'A'", "'B'", "'c'", "'abc'", "'ABC'", "'ab'", "'Ab'", "''", "'apple'", "'Banana'", "'cherry'",
        "'abcdefghijkl'", "'abcdefghijklm'", "'abcdefghijklmnop'", "'abcdefghijklmnoq'", "'ABCDEFGHIJKLMNOP'",
    ]
    private static let numberTexts = [
        "'1'", "'2'", "'0'", "'01'", "' 1 '", "'1.0'", "'1.5'", "'1e2'", "'-1'", "'+1'", "'0x10'", "'12abc'", "'.5'",
        "'5.'", "'1e'", "'1e+'", "'9223372036854775807'", "'9223372036854775808'", "'-9223372036854775808'", "'-0'",
        "'1e400'", "'-1e400'", "'-'", "'.'", "'inf'", "'nan'", "'9007199254740993.0'", "'3.0e0'", "'00'", "'10'",
    ]
    private static let oddTexts = [
        "'%'", "'_'", "'a%b'", "'a_b'", "'a\\b'", "'[a]'", "'*'", "'?'", "'a*'", "'é'", "'É'", "'ß'", "'漢字'", "'😀'",
        "'NULL'", "'it''s'", "'\"'", "'a '", "'b  '", "' a'", "'a\nb'", "'Ω'", "'true'", "']'", "'[^a]'", "'a-c'",
        "'^'",
        "'a\tb'", "'zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz'", "''",
    ]
    private static let dates = [
        "'2024-01-15'", "'2024-02-29'", "'2023-12-31'", "'2024-02-29 12:34:56'", "'2023-12-31T23:59:59.999'", "'12:00'",
        "'2024-01-31'", "'1999-12-31 23:59:59'", "'2000-01-01'", "'2024-06-30 00:00'", "'1970-01-01'", "'2024-02-30'",
        "'0000-01-01'", "'9999-12-31'", "'2024-01-15 12:00:00+05:30'", "'2024-13-01'", "'2024-1-5'",
    ]
    private static let documents = [
        "'{\"a\":1,\"b\":[1,2,3]}'", "'{\"a\":\"x\",\"b\":null}'", "'[1,2.5,\"z\",null,true]'", "'{}'", "'[]'",
        "'{\"a\":{\"b\":[{\"c\":7}]},\"k\":false}'", "'3'", "'\"text\"'", "'null'", "'[[1],[2,3]]'",
        "'{\"a\":1.5,\"a\":2}'", "' { \"b\" : [ ] } '", "'{\"a b\":\"q\\\"\\u00e9\"}'", "'[9223372036854775808,1e5]'",
    ]
    private static let blobs = [
        "x''", "x'00'", "x'61'", "x'31'", "x'ff'", "x'616263'", "x'41'", "x'312e35'", "x'6100'",
    ]

    /// Contents that a column of mixed content takes its values from.
    private static let mixture: [Content] = [
        .integers, .integers, .quarters, .words, .numberTexts, .bigIntegers, .wildReals, .oddTexts, .blobs, .decimals,
    ]

    /// A literal other than NULL.
    static func literal(_ content: Content, _ random: inout SeededGenerator) -> String {
        switch content {
        case .integers: random.pick(integers)
        case .flags: random.pick(["0", "1"])
        case .bigIntegers: random.pick(bigIntegers)
        case .quarters: random.pick(quarters)
        case .decimals: random.pick(decimals)
        case .wildReals: random.pick(wildReals)
        case .words: random.pick(words)
        case .numberTexts: random.pick(numberTexts)
        case .oddTexts: random.pick(oddTexts)
        case .dates: random.pick(dates)
        case .documents: random.pick(documents)
        case .blobs: random.pick(blobs)
        case .mixed: literal(random.pick(mixture), &random)
        }
    }
}
