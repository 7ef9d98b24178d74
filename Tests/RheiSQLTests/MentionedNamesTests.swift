import Testing

@testable import RheiSQL

@Suite struct MentionedNamesTests {
    @Test(arguments: [
        "SELECT * FROM t", "SELECT a, * FROM t", "SELECT DISTINCT * FROM t", "SELECT t.* FROM t",
        "SELECT a FROM t NATURAL JOIN u", "SELECT a IN u FROM t", "SELECT a FROM t WHERE b NOT IN \"u\"",
    ])
    func `texts that read columns without naming them want everything`(_ sql: String) {
        #expect(MentionedNames(in: sql) == .everything)
    }

    @Test func `words are folded and quotes undone`() {
        #expect(
            MentionedNames(in: "SELECT count(*), A*2, [b c], \"d\"\"e\", `f` FROM tt")
                == .words(["select", "count", "a", "b c", "d\"e", "f", "from", "tt"]))
    }

    @Test func `a name that is also a keyword counts`() {
        guard case .words(let words) = MentionedNames(in: "SELECT key FROM t") else {
            Issue.record("everything")
            return
        }
        #expect(words.contains("key"))
    }

    @Test(arguments: ["", "t", "SELECT 'x", "SELECT \"", "SELECT a FROM t -- c"])
    func `any text is read to its end`(_ sql: String) {
        #expect(MentionedNames(in: sql) != .everything)
    }
}
