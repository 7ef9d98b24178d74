import Rhei
import RheiTestSupport
import Testing

/// Functions that SQLite 3.40 lacks: regular expressions, text and numbers.
@Suite struct ExtensionFunctionTests {
    /// Expressions and what they give.
    private static let cases: [(String, String)] = [
        (#"regexp_matches('abcde', 'b.d')"#, #"1"#),
        (#"regexp_matches('abcde', '^b')"#, #"0"#),
        (#"regexp_matches('ABC', 'b', 'i')"#, #"1"#),
        (#"regexp_matches('a'||chr(10)||'b', 'a.b')"#, #"0"#),
        (#"regexp_matches('a'||chr(10)||'b', 'a.b', 's')"#, #"1"#),
        (#"regexp_full_match('abc', 'a.c')"#, #"1"#),
        (#"regexp_full_match('abcd', 'a.c')"#, #"0"#),
        (#"regexp_full_match('ab', 'a|ab')"#, #"1"#),
        (#"regexp_extract('abc123def', '[0-9]+')"#, #"123"#),
        (#"regexp_extract('abc123def', '([a-z]+)([0-9]+)', 2)"#, #"123"#),
        (#"regexp_extract('abc', 'x')"#, #""#),
        (#"regexp_extract('2024-05-06', '(\d+)-(\d+)-(\d+)', 3)"#, #"06"#),
        (#"regexp_replace('hello', '[lo]', '-')"#, #"he-lo"#),
        (#"regexp_replace('hello', '[lo]', '-', 'g')"#, #"he---"#),
        (#"regexp_replace('hello world', '(\w+) (\w+)', '\2 \1')"#, #"world hello"#),
        (#"regexp_replace('aaa', 'a*', 'x', 'g')"#, #"x"#),
        (#"regexp_replace('baaac', 'a*', 'x', 'g')"#, #"xbxcx"#),
        (#"regexp_replace('abc', '', '-', 'g')"#, #"-a-b-c-"#),
        (#"regexp_replace('ABC', 'b', 'x', 'i')"#, #"AxC"#),
        (#"regexp_matches('foobar', 'o{2}b')"#, #"1"#),
        (#"regexp_matches('foobar', 'o{3}')"#, #"0"#),
        (#"regexp_matches('äöü', '^...$')"#, #"1"#),
        (#"regexp_matches('a.b', 'a\.b')"#, #"1"#),
        (#"regexp_matches('foo bar', '\bbar\b')"#, #"1"#),
        (#"regexp_extract('aaa bbb', 'a+?')"#, #"a"#),
        (#"regexp_extract('<a><b>', '<.*>')"#, #"<a><b>"#),
        (#"regexp_extract('<a><b>', '<.*?>')"#, #"<a>"#),
        (#"regexp_matches('x', '[^a-w]')"#, #"1"#),
        (#"regexp_matches('-', '[a-]')"#, #"1"#),
        (#"regexp_matches(']', '[]]')"#, #"1"#),
        (#"regexp_extract('foo=1;bar=22', 'bar=(\d+)', 1)"#, #"22"#),
        (#"regexp_extract('http://www.example.com/x/y', '^https?://(?:www\.)?([^/]+)/.*$', 1)"#, #"example.com"#),
        (#"regexp_replace('http://www.example.com/x/y', '^https?://(?:www\.)?([^/]+)/.*$', '\1')"#, #"example.com"#),
        (#"regexp_matches('abc', '(?i)ABC')"#, #"1"#),
        (#"regexp_matches('aXb', 'a(?i)x(?-i)b')"#, #"1"#),
        (#"regexp_matches('tel 555', '[[:digit:]]+')"#, #"1"#),
        (#"'abc' SIMILAR TO 'a.c'"#, #"1"#),
        (#"'abc' SIMILAR TO 'b'"#, #"0"#),
        (#"'abc' NOT SIMILAR TO 'b'"#, #"1"#),
        (#"NULL SIMILAR TO 'b'"#, #"null"#),
        (#"split_part('a,b,c', ',', 2)"#, #"b"#),
        (#"split_part('a,b,c', ',', -1)"#, #"c"#),
        (#"split_part('a,b,c', ',', 5)"#, #""#),
        (#"split_part('a--b', '--', 2)"#, #"b"#),
        (#"starts_with('abc', 'ab')"#, #"1"#),
        (#"ends_with('abc', 'bc')"#, #"1"#),
        (#"contains('abc', 'x')"#, #"0"#),
        (#"contains('abc', '')"#, #"1"#),
        (#"lpad('x', 5, 'ab')"#, #"ababx"#),
        (#"rpad('x', 5, 'ab')"#, #"xabab"#),
        (#"lpad('hello', 3, 'x')"#, #"hel"#),
        (#"rpad('hello', 3, 'x')"#, #"hel"#),
        (#"left('hello', 2)"#, #"he"#),
        (#"left('hello', -2)"#, #"hel"#),
        (#"right('hello', 2)"#, #"lo"#),
        (#"right('hello', -2)"#, #"llo"#),
        (#"right('hello', -9)"#, #""#),
        (#"left('äöü', 2)"#, #"äö"#),
        (#"reverse('abc')"#, #"cba"#),
        (#"repeat('ab', 3)"#, #"ababab"#),
        (#"repeat('ab', 0)"#, #""#),
        (#"concat('a', NULL, 'b', 1)"#, #"ab1"#),
        (#"concat_ws('-', 'a', NULL, 'b')"#, #"a-b"#),
        (#"concat_ws(NULL, 'a')"#, #"null"#),
        (#"strpos('hello', 'l')"#, #"3"#),
        (#"levenshtein('kitten', 'sitting')"#, #"3"#),
        (#"translate('hello', 'el', 'ip')"#, #"hippo"#),
        (#"translate('hello', 'l', '')"#, #"heo"#),
        (#"ascii('A')"#, #"65"#),
        (#"chr(65)"#, #"A"#),
        (#"length('äöü')"#, #"3"#),
        (#"greatest(1, 3, 2)"#, #"3"#),
        (#"greatest(1, NULL, 2)"#, #"2"#),
        (#"least('b', 'a')"#, #"a"#),
        (#"gcd(12, 18)"#, #"6"#),
        (#"lcm(4, 6)"#, #"12"#),
        (#"factorial(5)"#, #"120"#),
        (#"bit_count(7)"#, #"3"#),
        (#"xor(5, 3)"#, #"6"#),

        // Where other engines differ from one another.
        (#"split_part('abc', '', 1)"#, "abc"),
        (#"cbrt(8.0)"#, "2.0"),
        (#"typeof(greatest(1, 2.5)), greatest(1, 2.5), least('a', 5)"#, "real|2.5|5"),
        (#"regexp_count('a1b22c333', '[0-9]+')"#, "3"),
        (#"length(regexp_replace(hex(zeroblob(500)), '0', 'ab', 'g'))"#, "2000"),
        (#"char_length('äöü'), octet_length('äöü'), strlen('ab'), len('abc')"#, "3|6|2|3"),
        (#"'hello world' REGEXP 'o w'"#, "1"),
    ]

    private func row(_ engine: HtapEngine, _ expressions: String) async throws -> String {
        let rows = try await engine.query("SELECT \(expressions)", hint: .forceOlap).rows()
        return rows[0].map { value in
            switch value {
            case .null: "null"
            case .integer(let integer): "\(integer)"
            case .real(let real): "\(real)"
            case .text(let text): text
            case .blob: "blob"
            }
        }.joined(separator: "|")
    }

    @Test func `functions give what is written down`() async throws {
        try await withEngine { engine in
            for (expressions, expected) in Self.cases {
                let found = try await row(engine, expressions)
                #expect(found == expected, "\(expressions)")
            }
        }
    }

    private static let mistakes: [(String, String)] = [
        (#"regexp_matches('abc', 'a(b')"#, #"regular expression: "(" without ")""#),
        (#"regexp_matches('abc', 'ab)')"#, #"regular expression: ")" without "(""#),
        (#"regexp_matches('abc', '*a')"#, "regular expression: nothing stands before a repetition"),
        (#"regexp_matches('abc', '[b')"#, #"regular expression: "[" without "]""#),
        (#"regexp_matches('abab', '(ab)\1')"#, "regular expression: back references are not supported"),
        (#"regexp_matches('a', '(?=a)')"#, "regular expression: look-around and unknown flags are not supported"),
        (#"regexp_matches('a', 'a{2000}')"#, "regular expression: a repetition counts too far"),
        (#"regexp_matches('a', '((((a{900}){900}){900}){900})')"#, "regular expression: the pattern is too long"),
        (#"regexp_matches('abc', 'a**')"#, "regular expression: a repetition stands after a repetition"),
        (#"regexp_extract('a', '(a)', 2)"#, "the regular expression has 1 groups, not 2"),
        (#"regexp_matches('a', 'a', 'q')"#, "unknown option 'q' of a regular expression"),
        (#"factorial(21)"#, "integer overflow"),
        (#"lpad('a', 5, '')"#, "nothing to fill the text up with"),
        (#"repeat('a', 2000000000)"#, "string or blob too big"),
    ]

    @Test func `mistakes are errors that say so`() async throws {
        try await withEngine { engine in
            for (expression, message) in Self.mistakes {
                do {
                    let result = try await row(engine, expression)
                    Issue.record("\(expression) gave \(result)")
                } catch let error as EngineError {
                    #expect(error.message == message, "\(expression)")
                }
            }
        }
    }

    @Test func `a pattern that makes others backtrack takes linear time`() async throws {
        try await withEngine { engine in
            let sql =
                "SELECT regexp_matches(repeat('a', 20000), '(a*)*(a|aa)+$b'), regexp_matches(repeat('ab', 500), '(a?b?){50}c')"
            let found = try await engine.query(sql, hint: .forceOlap).rows()
            #expect(found == [[.integer(0), .integer(0)]])
        }
    }

    @Test func `functions read columns`() async throws {
        try await withEngine { engine in
            try await engine.execute("CREATE TABLE t(id INTEGER PRIMARY KEY, s TEXT)")
            try await engine.execute("INSERT INTO t VALUES (1, 'a1'), (2, NULL), (3, 'b22'), (4, ''), (5, 'é3')")
            try await engine.registerTable("t")
            let sql =
                "SELECT id, regexp_extract(s, '[0-9]+'), left(s, 1) FROM t WHERE s SIMILAR TO '.?[0-9]*' ORDER BY id"
            let rows = try await engine.query(sql, hint: .forceOlap).rows()
            #expect(
                rows == [
                    [.integer(1), .text("1"), .text("a")], [.integer(3), .text("22"), .text("b")],
                    [.integer(4), .text(""), .text("")], [.integer(5), .text("3"), .text("é")],
                ])
        }
    }
}
