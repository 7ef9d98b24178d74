import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

/// Texts of numbers and printf are SQLite's byte for byte.
@Suite struct FormatOracleTests {
    @Test func `reals become text`() {
        let oracle = SQLiteOracle()
        var random = SeededGenerator(seed: 31)
        let arena = StringArena()
        for _ in 0..<60000 {
            let value = Value.real(random.chance(oneIn: 2) ? random.real() : Double(bitPattern: random.next()))
            if case .real(let real) = value, real.isNaN { continue }
            let found = Value(value.datum(arena).cast(to: .text, arena: arena))
            let expected = oracle.evaluate("CAST(?1 AS TEXT)", [value])
            #expect(expected == .value(found), "\(value)")
            arena.reset()
        }
    }

    @Test func `text becomes reals and integers`() {
        let oracle = SQLiteOracle()
        var random = SeededGenerator(seed: 32)
        let arena = StringArena()
        for _ in 0..<60000 {
            let value = Value.text(numberText(&random))
            let datum = value.datum(arena)
            #expect(oracle.evaluate("CAST(?1 AS REAL)", [value]) == .value(.real(datum.realValue)), "\(value)")
            #expect(oracle.evaluate("CAST(?1 AS INTEGER)", [value]) == .value(.integer(datum.integerValue)), "\(value)")
            arena.reset()
        }
    }

    /// Digits with signs, points, exponents and spaces in likely and unlikely places.
    private func numberText(_ random: inout SeededGenerator) -> [UInt8] {
        func digits(_ limit: Int, _ random: inout SeededGenerator) -> String {
            (0..<random.below(limit)).map { _ in "\(random.below(10))" }.joined()
        }
        var text = random.pick(["", "", " ", "\n\t"]) + random.pick(["", "", "-", "+"]) + digits(25, &random)
        if random.chance(oneIn: 2) { text += "." + digits(25, &random) }
        if random.chance(oneIn: 3) {
            text += random.pick(["e", "E"]) + random.pick(["", "-", "+"]) + digits(4, &random)
        }
        return Array((text + random.pick(["", "", " ", "x", "."])).utf8)
    }

    @Test func `printf with random conversions`() throws {
        let oracle = SQLiteOracle()
        var random = SeededGenerator(seed: 33)
        for round in 0..<60000 {
            let format = randomFormat(&random)
            let isStarred = format.contains("*")
            let arguments =
                [.string(format)]
                + (0..<random.below(4)).map { _ in
                    // A width is one of the arguments then, and should not make a text of a gigabyte.
                    isStarred ? Value.integer(Int64(random.below(100) - 50)) : random.value()
                }
            let parameters = (1...arguments.count).map { "?\($0)" }.joined(separator: ", ")
            let expected = oracle.evaluate("printf(\(parameters))", arguments)
            let call = try ScalarFunctionCall(name: "printf", argumentCount: arguments.count)
            let arena = StringArena()
            let found = Value(try call.evaluate(arguments.map { $0.datum(arena) }, arena: arena))
            guard expected == .value(found) else {
                Issue.record("seed 33 round \(round): \(arguments): \(found), SQLite \(expected)")
                return
            }
        }
    }

    private func randomFormat(_ random: inout SeededGenerator) -> String {
        var format = ""
        for _ in 0..<random.below(4) {
            format += random.pick(["", "a", "é "]) + "%"
            for _ in 0..<random.below(3) { format += random.pick(["-", "+", " ", "#", "!", "0", ","]) }
            if random.chance(oneIn: 2) { format += random.pick(["1", "5", "12", "30", "*"]) }
            if random.chance(oneIn: 2) { format += random.pick([".0", ".1", ".3", ".15", ".20", ".", ".*"]) }
            if random.chance(oneIn: 6) { format += random.pick(["l", "ll"]) }
            format += random.pick(
                [
                    "d", "i", "u", "x", "X", "o", "f", "e", "E", "g", "G", "s", "z", "q", "Q", "w", "c", "%", "r", "p",
                    "n", "T", "k",
                ])
        }
        return format
    }
}
