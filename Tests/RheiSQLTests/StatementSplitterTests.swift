import RheiTestSupport
import RheiSQL
import Testing

@Suite struct StatementSplitterTests {
    /// The statements of a text that is fed at once, and the rest.
    private func split(_ text: String) -> (statements: [String], rest: String?) {
        var splitter = StatementSplitter()
        let statements = splitter.feed(text)
        return (statements, splitter.finish())
    }

    @Test(
        arguments: [
            ("", [], nil), (" \n-- c\n/* ; */ ", [], nil), (";;", [], nil), ("a", [], "a"), (" a ;", ["a ;"], nil),
            ("a;b;c", ["a;", "b;"], "c"), ("';';b", ["';';"], "b"), ("'it''s;';", ["'it''s;';"], nil),
            ("\";\" [;] `;`;", ["\";\" [;] `;`;"], nil), ("--;\n;a--;\n;", ["a--;\n;"], nil),
            ("/*;*/a/*;**/;", ["a/*;**/;"], nil),
            ("a - b / c;", ["a - b / c;"], nil), ("a -", [], "a -"), ("-", [], "-"), ("/", [], "/"),
            ("- -;", ["- -;"], nil),
            ("'open;", [], "'open;"), ("/* open;", [], nil), ("a /* open;", [], "a /* open;"),
            ("create trigger t begin a; b; end; c;", ["create trigger t begin a; b; end;", "c;"], nil),
            ("CREATE TEMP TRIGGER t BEGIN a; END x; END;c", ["CREATE TEMP TRIGGER t BEGIN a; END x; END;"], "c"),
            (
                "explain create temporary trigger t begin a; end ; c;",
                ["explain create temporary trigger t begin a; end ;", "c;"], nil
            ),
            ("create table trigger(a); b;", ["create table trigger(a);", "b;"], nil),
            ("create/**/trigger t begin a;--x\n/* */end\n;", ["create/**/trigger t begin a;--x\n/* */end\n;"], nil),
            ("creates trigger a; end;", ["creates trigger a;", "end;"], nil),
            ("\u{e9};\u{65e5}", ["\u{e9};"], "\u{65e5}"),
        ] as [(String, [String], String?)])
    func `statements end at semicolons outside quotes, comments and triggers`(
        text: String, statements: [String], rest: String?
    ) {
        let result = split(text)
        #expect(result.statements == statements)
        #expect(result.rest == rest)
    }

    private static let pieces = [
        "create ", "trigger ", "temp ", "explain ", "end", ";", ";", ";", " ", "\n", "a", "'", "\"", "`", "[", "]",
        "--", "/*",
        "*/", "-", "/", "*", "(", "begin ", "\u{e9}", "''",
    ]

    @Test func `random texts end where sqlite3_complete finds an end`() {
        let seed: UInt64 = 22_360_679
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<20_000 {
            let text = (0..<Int.random(in: 1...14, using: &generator)).map { _ in generator.pick(Self.pieces) }.joined()
            var splitter = StatementSplitter()
            let statements = splitter.feed(text)
            guard splitter.openConstruct == nil else { continue }
            // sqlite3_complete wants one statement at least, and an empty one is enough.
            let endsWell = SQLiteOracle.isComplete(text + "\n")
            if endsWell {
                #expect(splitter.isBlank, "seed \(seed): \(text)")
            } else if !statements.isEmpty {
                #expect(!splitter.isBlank, "seed \(seed): \(text)")
            }
        }
    }

    @Test func `the way a text is cut does not matter`() {
        let seed: UInt64 = 24_494_897
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<5_000 {
            let pieces = (0..<Int.random(in: 1...14, using: &generator)).map { _ in generator.pick(Self.pieces) }
            let whole = split(pieces.joined())
            var splitter = StatementSplitter()
            var statements: [String] = []
            for scalar in pieces.joined().unicodeScalars { statements += splitter.feed(String(scalar)) }
            #expect(statements == whole.statements, "seed \(seed): \(pieces)")
            #expect(splitter.finish() == whole.rest, "seed \(seed): \(pieces)")
        }
    }

    @Test func `a shell learns what is open`() {
        var splitter = StatementSplitter()
        #expect(splitter.feed("SELECT 'a\n").isEmpty)
        #expect(splitter.openConstruct == .quotes("'") && !splitter.isBlank)
        #expect(splitter.feed("b'; /* c\n") == ["SELECT 'a\nb';"])
        #expect(splitter.openConstruct == .comment && splitter.isBlank)
        #expect(splitter.feed("*/ [x").isEmpty)
        #expect(splitter.openConstruct == .quotes("]"))
        #expect(splitter.feed("] ;\n") == ["[x] ;"])
        #expect(splitter.openConstruct == nil && splitter.isBlank && splitter.finish() == nil)
    }

    @Test(arguments: Corpus.queries)
    func `every query of the corpus is one statement`(sql: String) {
        let result = split(sql + (sql.contains("never closed") ? "*/" : "\n") + ";")
        #expect(result.statements.count == 1 && result.rest == nil)
    }
}
