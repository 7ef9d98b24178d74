import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

/// JSON functions give what SQLite's give on random documents, whole and damaged.
@Suite struct JSONOracleTests {
    private static let paths = [
        "$", "$.a", "$.b", "$.a.b", "$[0]", "$[1]", "$[0].a", "$.a[0]", "$.a[#-1]", "$[#]", "$[#-2]", "$.\"a b\"",
        "$.a.b.c", "$.c[0][1]", "$.é", "$[2].b[0]", "$..a", "$.", "$[", "$[x]", "$[#-]", "a", "", "$a", "$.\"a",
        "$[1", "$[00]", "$[99999999999]",
    ]

    @Test func `reading and changing random documents`() throws {
        let seed: UInt64 = 41
        var random = SeededGenerator(seed: seed)
        let oracle = SQLiteOracle()
        for round in 0..<20_000 {
            let arguments = [document(&random), path(&random), path(&random), document(&random)]
            let calls: [(name: String, arguments: [Value], sql: String)] = [
                ("json_valid", [arguments[0]], "json_valid(?1)"),
                ("json", [arguments[0]], "json(?1)"),
                ("json_type", [arguments[0], arguments[1]], "json_type(?1, ?2)"),
                ("json_array_length", [arguments[0], arguments[1]], "json_array_length(?1, ?2)"),
                ("json_extract", [arguments[0], arguments[1]], "json_extract(?1, ?2)"),
                ("json_extract", Array(arguments[..<3]), "json_extract(?1, ?2, ?3)"),
                ("->", [arguments[0], arguments[1]], "?1 -> ?2"),
                ("->>", [arguments[0], arguments[1]], "?1 ->> ?2"),
                ("json_remove", Array(arguments[..<3]), "json_remove(?1, ?2, ?3)"),
                ("json_patch", [arguments[0], arguments[3]], "json_patch(?1, ?4)"),
                ("json_set", [arguments[0], arguments[1], .text(Array("7".utf8))], "json_set(?1, ?2, 7)"),
                (
                    "json_set", [arguments[0], arguments[1], .text(Array("1".utf8)), arguments[2], .null],
                    "json_set(?1, ?2, 1, ?3, NULL)"
                ),
                (
                    "json_insert", [arguments[0], arguments[1], .text(Array("1".utf8)), arguments[2], .null],
                    "json_insert(?1, ?2, 1, ?3, NULL)"
                ),
                (
                    "json_replace", [arguments[0], arguments[1], .text(Array("1".utf8)), arguments[2], .null],
                    "json_replace(?1, ?2, 1, ?3, NULL)"
                ),
            ]
            let call = calls[random.below(calls.count)]
            let found = try evaluate(call.name, call.arguments)
            // What leaves the static type is left to SQLite.
            guard let found else { continue }
            let expected = oracle.evaluate(call.sql, arguments)
            if !agree(expected, found) {
                Issue.record("seed \(seed) round \(round): \(call): \(found), SQLite \(expected)")
                return
            }
        }
    }

    @Test func `depth is limited as in SQLite`() throws {
        let oracle = SQLiteOracle()
        for depth in [1, 1999, 2000, 2001, 100_000] {
            let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let value = Value.text(Array(text.utf8))
            for name in ["json_valid", "json"] {
                let found = try #require(try evaluate(name, [value]))
                #expect(agree(oracle.evaluate("\(name)(?1)", [value]), found), "depth \(depth)")
            }
        }
    }

    private func agree(_ expected: SQLiteOracle.Outcome, _ found: SQLiteOracle.Outcome) -> Bool {
        if case .value(let left) = expected, case .value(let right) = found { return left.isSame(right) }
        return expected == found
    }

    /// The outcome of a call, nil where it leaves its static type.
    private func evaluate(_ name: String, _ arguments: [Value]) throws -> SQLiteOracle.Outcome? {
        let operands = arguments.map { TestVector(.any, [$0], isConstant: false) }
        let output = VectorBuffer(type: .any)
        let arena = StringArena()
        let call = try ScalarFunctionCall(name: name, argumentCount: arguments.count)
        defer { withExtendedLifetime((operands, arena, output)) {} }
        do {
            let result = try call.evaluate(
                operands.map(\.vector), rows: SelectionVector(all: 1), arena: arena, into: output)
            return .value(result.value(0))
        } catch let error as EngineError {
            return error.code == .leavesStaticType ? nil : .error(error.message)
        }
    }

    private func path(_ random: inout SeededGenerator) -> Value {
        if random.chance(oneIn: 40) { return .null }
        return .text(Array(Self.paths[random.below(Self.paths.count)].utf8))
    }

    private func document(_ random: inout SeededGenerator) -> Value {
        if random.chance(oneIn: 50) { return .null }
        var bytes: [UInt8] = []
        append(&random, depth: 0, to: &bytes)
        if random.chance(oneIn: 6), !bytes.isEmpty {
            let place = random.below(bytes.count)
            let noise = Array("[]{},:\"\\0-+.eEtfnu x\t\u{1}".utf8) + [0xC3, 0xFF]
            switch random.below(3) {
            case 0: bytes.remove(at: place)
            case 1: bytes[place] = noise[random.below(noise.count)]
            default: bytes.insert(noise[random.below(noise.count)], at: place)
            }
        }
        return .text(bytes)
    }

    private func append(_ random: inout SeededGenerator, depth: Int, to bytes: inout [UInt8]) {
        if random.chance(oneIn: 8) { bytes += Array(" \n".utf8) }
        switch random.below(depth > 3 ? 6 : 10) {
        case 0: bytes += "null".utf8
        case 1: bytes += random.chance(oneIn: 2) ? Array("true".utf8) : Array("false".utf8)
        case 2: bytes += "\(random.below(2000) - 1000)".utf8
        case 3:
            let numbers = ["1.50", "-0", "1e5", "2E-3", "9223372036854775807", "9223372036854775808", "-0.0", "1e999"]
            bytes += numbers[random.below(numbers.count)].utf8
        case 4, 5:
            let texts = ["a", "é", "", "\\u0041\\n", "\\ud83d\\ude00", "it's", "\\\\\\\"", "\\u0000x", "a b"]
            bytes += "\"\(texts[random.below(texts.count)])\"".utf8
        case 6, 7:
            bytes.append(0x5B)
            for index in 0..<random.below(4) {
                if index > 0 { bytes.append(0x2C) }
                append(&random, depth: depth + 1, to: &bytes)
            }
            bytes.append(0x5D)
        default:
            bytes.append(0x7B)
            for index in 0..<random.below(4) {
                if index > 0 { bytes.append(0x2C) }
                let labels = ["a", "b", "c", "a b", "é", "\\u0061", ""]
                bytes += "\"\(labels[random.below(labels.count)])\":".utf8
                append(&random, depth: depth + 1, to: &bytes)
            }
            bytes.append(0x7D)
        }
    }
}
