import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

/// Random patterns, dates and numbers give a value or an error, never a trap.
@Suite struct HostileTextTests {
    private func call(_ name: String, _ arguments: [Value], type: VectorType = .any) throws {
        let operands = arguments.map { TestVector(.any, [$0], isConstant: true) }
        let output = VectorBuffer(type: type)
        let arena = StringArena()
        defer { withExtendedLifetime((operands, arena, output)) {} }
        let call = try ScalarFunctionCall(name: name, argumentCount: arguments.count)
        do {
            _ = try call.evaluate(operands.map(\.vector), rows: SelectionVector(all: 1), arena: arena, into: output)
        } catch let error as EngineError {
            #expect(error.code != .invariant)
        }
    }

    private func text(_ alphabet: String, _ random: inout SeededGenerator, _ length: Int) -> Value {
        let letters = Array(alphabet.utf8) + [0xC3, 0xA9, 0xFF, 0x00]
        return .text((0..<random.below(length)).map { _ in letters[random.below(letters.count)] })
    }

    @Test func `regular expressions`() throws {
        var random = SeededGenerator(seed: 51)
        for _ in 0..<20_000 {
            let pattern = text("ab.*+?|()[]{}^$\\d0129,-:=<>Pix", &random, 14)
            let subject = text("ab019 ", &random, 12)
            try call("regexp_matches", [subject, pattern])
            try call("regexp_replace", [subject, pattern, text("x\\019", &random, 5), .text(Array("g".utf8))])
        }
    }

    @Test func `deeply nested and endlessly repeated patterns`() throws {
        for pattern in [
            String(repeating: "(", count: 100_000), String(repeating: "(a", count: 100_000),
            "a" + String(repeating: "*", count: 100_000), String(repeating: "(?i)", count: 100_000),
            String(repeating: "a|", count: 100_000), String(repeating: "[", count: 100_000),
            String(repeating: "(a{100}){100}", count: 100),
        ] {
            try call("regexp_matches", [.text(Array("aaa".utf8)), .text(Array(pattern.utf8))])
        }
    }

    @Test func `dates, times and decimals`() throws {
        var random = SeededGenerator(seed: 52)
        for _ in 0..<30_000 {
            let value = text("0123456789--::. TZ+e", &random, 45)
            try call("date_of_text", [value])
            try call("time_of_text", [value])
            try call("timestamp_of_text", [value])
            let scale = random.below(39)
            try call("decimal_of", [value, .integer(38), .integer(Int64(scale))], type: .int128)
        }
        let largest = "170141183460469231731687303715884105727.9"
        try call("decimal_of", [.text(Array(largest.utf8)), .integer(38), .integer(0)], type: .int128)
    }
}
