import RheiTestSupport
@testable import RheiCompute
import Testing

/// The matcher of short texts against the one of long texts, which is the plain form.
@Suite struct RegexMatcherTests {
    private func places(_ pattern: String, _ text: String, options: String = "") throws -> [Int]? {
        let matcher = RegexMatcher(try RegexProgram(Array(pattern.utf8), RegexOptions(Array(options.utf8))))
        return Array(text.utf8).withRun { matcher.find($0) }
    }

    @Test func `the leftmost match with the preferred alternatives is found`() throws {
        #expect(try places("b+", "aabbb") == [2, 5])
        #expect(try places("b+?", "aabbb") == [2, 3])
        #expect(try places("(a|ab)(c|bcd)", "abcd") == [0, 4, 0, 1, 1, 4])
        #expect(try places("(?:x(y)?)+", "xyx") == [0, 3, 1, 2])
        #expect(try places("^a", "ba") == nil)
        #expect(try places("a$", "ba") == [1, 2])
        #expect(try places("(a*)*", "aab") == [0, 2, 0, 2])
        #expect(try places("\\bé", "xé") == [1, 3])
        #expect(try places("^b", "a\nb", options: "m") == [2, 3])
    }

    @Test func `an endless choice of nothing ends`() throws {
        #expect(try places("(?:a|b|)*c", String(repeating: "ab", count: 400)) == nil)
        #expect(try places("(a?){30}a{30}", String(repeating: "a", count: 30)) == [0, 30, 0, 0])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `both ways of finding agree`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            let pattern = Self.pattern(depth: 3, &random)
            let options = random.chance(percent: 20) ? "ms" : ""
            let matcher = RegexMatcher(try RegexProgram(Array(pattern.utf8), RegexOptions(Array(options.utf8))))
            for _ in 0..<10 {
                // Among the characters, parts of some.
                let characters: [[UInt8]] = [[0x61], [0x62], [0x63], [0xC3, 0xA9], [0x0A], [0x20], [0x80], [0xC3]]
                let text = (0..<random.below(12)).flatMap { _ in random.pick(characters) }
                let isWhole = random.chance(percent: 30)
                let isAnchored = isWhole || random.chance(percent: 20)
                text.withRun { run in
                    let quick = matcher.find(run, isAnchored: isAnchored, isWhole: isWhole)
                    let plain = matcher.findByThreads(
                        run, from: 0, isAnchored: isAnchored, isWhole: isWhole, needsPlaces: true)
                    #expect(quick == plain, "seed \(seed): \(pattern) in \(text)")
                }
            }
        }
    }

    private static func pattern(depth: Int, _ random: inout SeededGenerator) -> String {
        guard depth > 0, !random.chance(percent: 20) else {
            return random.pick(["a", "b", "[ab]", "[^a]", ".", "\\w", "é", "^", "$", "\\b", "\\B", ""])
        }
        let inner = pattern(depth: depth - 1, &random)
        switch random.below(4) {
        case 0: return inner + pattern(depth: depth - 1, &random)
        case 1: return "(\(inner)|\(pattern(depth: depth - 1, &random)))"
        case 2: return "(\(inner))" + random.pick(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,3}"])
        default: return "(?:\(inner))" + random.pick(["*", "?", "+", ""])
        }
    }
}
