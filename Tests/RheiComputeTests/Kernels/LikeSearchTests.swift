import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

/// LIKE with literals between `%` against a plain form, on vectors.
@Suite struct LikeSearchTests {
    /// Whether a text matches a pattern of literals and `%`, character by character.
    private func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        if first == UInt8(ascii: "%") {
            return matches(text, pattern.dropFirst()) || (!text.isEmpty && matches(text.dropFirst(), pattern))
        }
        guard let character = text.first else { return false }
        return folded(character) == folded(first) && matches(text.dropFirst(), pattern.dropFirst())
    }

    private func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    static let patterns = [
        "%", "", "a", "%a", "a%", "%a%", "ab%", "%ab", "%abcab%", "ab%ca", "%ab%ca%", "%abcabcabc%", "abcabcab%b",
        "%bca%abc",
        "%a[@{`b%", "%ABCABC%", "%b%b%b%b%", "abcab%%abcab",
    ]

    @Test(arguments: patterns)
    func `a vector of texts matches as each text does`(_ pattern: String) throws {
        var random = SeededGenerator(seed: UInt64(pattern.utf8.count))
        let alphabet = Array("aabbccABC@[`{".utf8)
        let texts = (0..<1500).map { index -> [UInt8] in
            let length = index % 5 == 0 ? Int.random(in: 0...8, using: &random) : Int.random(in: 0...70, using: &random)
            // Runs of the pattern's own letters, so that much matches and more nearly does.
            return (0..<length).map { place in
                Int.random(in: 0..<6, using: &random) == 0
                    ? alphabet[Int.random(in: 0..<alphabet.count, using: &random)] : Array("abc".utf8)[place % 3]
            }
        }
        let column = OperatorColumn(.text, texts.map { .text(String(decoding: $0, as: UTF8.self)) })
        let constant = OperatorColumn(.text, [.text(pattern)])
        var first = constant.vector
        first.isConstant = true
        let output = VectorBuffer(type: .bool)
        let call = try ScalarFunctionCall(name: "like", argumentCount: 2)
        let result = try call.evaluate(
            [first, column.vector], rows: SelectionVector(all: texts.count), arena: StringArena(), into: output)
        for (row, text) in texts.enumerated() {
            let expected = matches(text[...], Array(pattern.utf8)[...])
            #expect(
                unsafe result.pointer(UInt8.self)[row] == (expected ? 1 : 0),
                "\(String(decoding: text, as: UTF8.self)) LIKE \(pattern)")
        }
        withExtendedLifetime((column, constant, output)) {}
    }
}
