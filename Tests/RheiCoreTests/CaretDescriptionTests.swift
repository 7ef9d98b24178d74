import RheiCore
import Testing

@Suite struct CaretDescriptionTests {
    private func describe(_ sql: String, _ range: SourceRange?, hint: String? = nil) -> [String] {
        let error = EngineError(.unknownName, "unknown column", at: range, hint: hint)
        return error.caretDescription(in: sql).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `the offending part is underlined on its line`() {
        #expect(
            describe("-- totals\nSELECT custmer FROM t\nWHERE 1", SourceRange(17, 24), hint: "did you mean customer?")
                == [
                    "error: unknown column at line 2, column 8",
                    "  2 | SELECT custmer FROM t",
                    "    |        ^^^^^^^",
                    "hint: did you mean customer?",
                ])
    }

    @Test func `the gutter grows with the line number`() {
        let sql = String(repeating: "\n", count: 11) + "ab"
        #expect(
            describe(sql, SourceRange(12, 13)) == [
                "error: unknown column at line 12, column 2", "  12 | ab", "     |  ^",
            ])
    }

    @Test func `an empty range gets one caret, also at the end of the text`() {
        #expect(
            describe("ab", SourceRange(1, 1)) == ["error: unknown column at line 1, column 2", "  1 | ab", "    |  ^"])
        #expect(
            describe("ab\n", SourceRange(3, 3)) == ["error: unknown column at line 2, column 1", "  2 | ", "    | ^"])
        #expect(describe("", SourceRange(0, 0)) == ["error: unknown column at line 1, column 1", "  1 | ", "    | ^"])
    }

    @Test func `tabs and characters of several bytes keep the carets in place`() {
        #expect(
            describe("\t\u{e9}\u{301}\tx", SourceRange(6, 7)) == [
                "error: unknown column at line 1, column 4", "  1 |     \u{e9}\u{301}    x", "    |          ^",
            ])
        #expect(
            describe("\u{65e5}\u{672c} x\u{8a9e}", SourceRange(7, 11)) == [
                "error: unknown column at line 1, column 4", "  1 | \u{65e5}\u{672c} x\u{8a9e}", "    |      ^^^",
            ])
    }

    @Test func `a range over several lines is marked on the first`() {
        #expect(
            describe("a bc\r\nd e", SourceRange(2, 8))
                == [
                    "error: unknown column at line 1, column 3", "  1 | a bc", "    |   ^^^",
                ].map { $0 == "  1 | a bc" ? "  1 | a bc " : $0 })
    }

    @Test func `long lines are cut around the carets`() {
        let sql = String(repeating: "a", count: 300) + "XYZ" + String(repeating: "b", count: 300)
        let lines = describe(sql, SourceRange(300, 303))
        #expect(lines[0] == "error: unknown column at line 1, column 301")
        let line = lines[1].dropFirst(6)
        let caretStart = lines[2].dropFirst(6).prefix { $0 == " " }.count
        #expect(line.count <= 122 && line.first == "…" && line.last == "…")
        #expect(line.dropFirst(caretStart).prefix(3) == "XYZ")
        #expect(lines[2].hasSuffix(" ^^^"))
    }

    @Test func `without a range in the text only the message is given`() {
        #expect(describe("ab", nil) == ["error: unknown column"])
        #expect(describe("ab", SourceRange(3, 4), hint: "x") == ["error: unknown column", "hint: x"])
        #expect(describe("ab", SourceRange(-1, 4)) == ["error: unknown column"])
        #expect(describe("ab", SourceRange(1, 99)).last == "    |  ^")
    }

    @Test func `ranges in the middle of a character do no harm`() {
        let sql = "\u{65e5}\u{672c}"
        for lower in 0...6 {
            for upper in lower...6 { #expect(describe(sql, SourceRange(lower, upper)).count == 3) }
        }
    }
}
