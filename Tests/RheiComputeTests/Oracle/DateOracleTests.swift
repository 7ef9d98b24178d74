import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

/// Date and time functions give what SQLite's give.
@Suite struct DateOracleTests {
    @Test(arguments: ["date", "time", "datetime", "julianday", "unixepoch", "strftime"])
    func `random times and modifiers`(_ name: String) throws {
        let oracle = SQLiteOracle()
        var random = SeededGenerator(seed: 41)
        for round in 0..<30000 {
            var arguments: [Value] = name == "strftime" ? [.string(randomFormat(&random))] : []
            arguments.append(randomTime(&random))
            for _ in 0..<random.pick([0, 0, 1, 1, 2, 3]) { arguments.append(.string(randomModifier(&random))) }
            let parameters = (1...arguments.count).map { "?\($0)" }.joined(separator: ", ")
            let expected = oracle.evaluate("\(name)(\(parameters))", arguments)
            let call = try ScalarFunctionCall(name: name, argumentCount: arguments.count)
            let arena = StringArena()
            let found = Value(try call.evaluate(arguments.map { $0.datum(arena) }, arena: arena))
            guard case .value(let value) = expected, value.isSame(found) else {
                Issue.record("seed 41 round \(round): \(name) of \(arguments): \(found), SQLite \(expected)")
                return
            }
        }
    }

    @Test(arguments: ["date", "time", "datetime", "%Y", "%Y-%m", "%m/%d/%Y %H:%M:%S", "%Y%%%H"])
    func `columns of times`(_ format: String) throws {
        let oracle = SQLiteOracle()
        var random = SeededGenerator(seed: 42)
        let isFunction = !format.contains("%")
        let values: [Value] = (0..<2000).map { _ in
            if random.chance(oneIn: 10) { return .null }
            if random.chance(oneIn: 2) {
                return .string("\(1900 + random.below(200))-0\(1 + random.below(9))-1\(random.below(10))")
            }
            guard case .text(let bytes) = randomTime(&random) else { return .string("2024-01-02 03:04:05") }
            return .text(bytes)
        }
        let input = TestVector(.text, values)
        let constant = TestVector(.text, [.string(format)], isConstant: true)
        let arguments = isFunction ? [input.vector] : [constant.vector, input.vector]
        let call = try ScalarFunctionCall(name: isFunction ? format : "strftime", argumentCount: arguments.count)
        let arena = StringArena()
        let output = VectorBuffer(type: .text)
        let result = try call.evaluate(arguments, rows: SelectionVector(all: 2000), arena: arena, into: output)
        for row in 0..<2000 {
            let sql = isFunction ? "\(format)(?1)" : "strftime('\(format)', ?1)"
            #expect(oracle.evaluate(sql, [values[row]]) == .value(result.value(row)), "\(values[row])")
        }
        withExtendedLifetime((input, constant, arena)) {}
    }

    private func two(_ limit: Int, _ random: inout SeededGenerator) -> String {
        let value = random.below(limit)
        return value < 10 ? "0\(value)" : "\(value)"
    }

    private func randomTime(_ random: inout SeededGenerator) -> Value {
        switch random.below(12) {
        case 0: return .real(random.real())
        case 1: return .integer(Int64(random.below(3_000_000)))
        case 2: return .integer(Int64(random.below(2_000_000_000)))
        case 3: return .text(random.text())
        case 4: return .real(Double(random.below(5_373_500)) + Double(random.below(1000)) / 1000)
        case 5: return .string("\(two(26, &random)):\(two(62, &random))")
        default:
            let year = random.chance(oneIn: 8) ? random.below(10000) : 1960 + random.below(100)
            let digits = "\(year)"
            let padded = String(repeating: "0", count: 4 - digits.count) + digits
            var text = (random.chance(oneIn: 20) ? "-" : "") + "\(padded)-\(two(14, &random))-\(two(33, &random))"
            if random.chance(oneIn: 2) {
                text += random.pick([" ", "T", "  "]) + "\(two(25, &random)):\(two(61, &random))"
                if random.chance(oneIn: 2) {
                    text += ":\(two(61, &random))" + random.pick(["", ".5", ".9996", ".123456", "."])
                }
                text += random.pick(["", "", "", "Z", "+01:00", "-05:30", " +14:00", "+15:00"])
            }
            return .string(text)
        }
    }

    private func randomModifier(_ random: inout SeededGenerator) -> String {
        let amount = random.pick(["1", "10", "0.5", "100", "1.5", "12", "400", "1e3", "00:30", "12:34:56.789", "99999"])
        let unit = random.pick([
            "days", "day", "months", "month", "year", "years", "hours", "minute", "second", "seconds", "weeks",
        ])
        switch random.below(8) {
        case 0:
            return random.pick(["start of month", "start of year", "start of day", "START OF DAY", "start of week"])
        case 1: return "weekday \(random.pick(["0", "1", "3", "6", "7", "1.5", "-1"]))"
        case 2: return random.pick(["unixepoch", "julianday", "auto", "utc", "localtime", "UnixEpoch"])
        case 3: return random.pick(["+", "-", ""]) + "\(random.pick(["01:30", "23:59:59", "00:00:00.5", "1:30"]))"
        default: return random.pick(["+", "-", ""]) + amount + random.pick([" ", " ", "  ", ""]) + unit
        }
    }

    private func randomFormat(_ random: inout SeededGenerator) -> String {
        (0..<random.below(4)).map { _ in
            random.pick([
                "%d", "%f", "%H", "%j", "%J", "%m", "%M", "%s", "%S", "%w", "%W", "%Y", "%%", "-", "é", "%k", "%",
            ])
        }.joined()
    }
}
