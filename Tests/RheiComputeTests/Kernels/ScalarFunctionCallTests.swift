import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

/// Functions over whole typed vectors agree with calls on single values.
@Suite struct ScalarFunctionCallTests {
    struct Case: Sendable, CustomStringConvertible {
        var name: String
        var types: [VectorType]
        /// Arguments that are the same for all rows.
        var constants: [SQLValue]
        var constantsComeFirst = false
        var description: String { "\(name) of \(types) and \(constants)" }
    }

    static let cases: [Case] = [
        Case(name: "length", types: [.text], constants: []), Case(name: "length", types: [.blob], constants: []),
        Case(name: "length", types: [.int64], constants: []), Case(name: "length", types: [.any], constants: []),
        Case(name: "substr", types: [.text], constants: [2, 3]), Case(name: "substr", types: [.text], constants: [-4]),
        Case(name: "substr", types: [.text], constants: [1, 20]), Case(name: "substr", types: [.blob], constants: [2]),
        Case(name: "substr", types: [.text, .int64], constants: []), Case(name: "lower", types: [.text], constants: []),
        Case(name: "upper", types: [.text], constants: []), Case(name: "upper", types: [.any], constants: []),
        Case(name: "abs", types: [.float64], constants: []), Case(name: "abs", types: [.int32], constants: []),
        Case(name: "round", types: [.float64], constants: []), Case(name: "round", types: [.float64], constants: [2]),
        Case(name: "coalesce", types: [.int64, .int64], constants: []),
        Case(name: "coalesce", types: [.text, .int64], constants: []),
        Case(name: "max", types: [.int64, .int64], constants: [7]), Case(name: "hex", types: [.blob], constants: []),
        Case(name: "like", types: [.text], constants: ["%a%"], constantsComeFirst: true),
        Case(name: "like", types: [.text], constants: ["a_c%"], constantsComeFirst: true),
        Case(name: "glob", types: [.text], constants: ["*[0-9]*"], constantsComeFirst: true),
        Case(name: "like", types: [.any], constants: ["1%"], constantsComeFirst: true),
        Case(name: "typeof", types: [.any], constants: []), Case(name: "date", types: [.text], constants: []),
        Case(name: "strftime", types: [.text], constants: ["%Y-%m"], constantsComeFirst: true),
        Case(name: "trunc", types: [.float64], constants: []),
        Case(name: "replace", types: [.text], constants: ["a", "bb"]),
    ]

    @Test(arguments: cases)
    func `vectors agree with single values`(_ function: Case) throws {
        var random = SeededGenerator(seed: 111)
        for shape in Shape.all where !shape.isRightConstant && shape.rowCount < 2048 {
            let arena = StringArena()
            let varying = function.types.map { type in
                shape.operand(type, isConstant: shape.isLeftConstant, &random) { $0.value(type) }
            }
            let fixed = function.constants.map { constant in
                TestVector(.any, [Value(Datum(constant, arena: arena))], isConstant: true)
            }
            let operands = function.constantsComeFirst ? fixed + varying : varying + fixed
            let call = try ScalarFunctionCall(name: function.name, argumentCount: operands.count)
            let single = try ScalarFunctionCall(name: function.name, argumentCount: operands.count)
            let output = VectorBuffer(type: call.result.vectorType(for: operands.map { $0.vector.type }))
            let rows = shape.rows(&random)
            let result = try call.evaluate(
                operands.map(\.vector), rows: rows.selection, arena: arena, into: output)
            for row in rows.selection.rows {
                let datums = operands.map { $0[row].datum(arena) }
                let wanted = Value(try single.evaluate(datums, arena: arena))
                if !result.value(row).isSame(wanted) {
                    Issue.record("\(function), \(shape) row \(row): \(datums.map { Value($0) }): \(result.value(row))")
                    return
                }
            }
            withExtendedLifetime((operands, arena)) {}
        }
    }

    @Test func `truths can be written as bool`() throws {
        let input = TestVector(.text, [.string("abc"), .null, .string("xyz")])
        let pattern = TestVector(.text, [.string("a%")], isConstant: true)
        let output = VectorBuffer(type: .bool)
        let call = try ScalarFunctionCall(name: "like", argumentCount: 2)
        let result = try call.evaluate(
            [pattern.vector, input.vector], rows: SelectionVector(all: 3), arena: StringArena(), into: output)
        #expect(result.type == .bool)
        #expect((0..<3).map { result.value($0) } == [.integer(1), .null, .integer(0)])
        withExtendedLifetime((input, pattern)) {}
    }

    @Test func `unknown functions and wrong numbers of arguments are refused by name`() {
        #expect(throws: EngineError.self) { try ScalarFunctionCall(name: "no_such", argumentCount: 1) }
        #expect(throws: EngineError.self) { try ScalarFunctionCall(name: "abs", argumentCount: 2) }
    }

    @Test func `abs of the smallest integer overflows only where it is selected`() throws {
        let input = TestVector(.int64, [.integer(.min), .integer(-5)])
        let call = try ScalarFunctionCall(name: "abs", argumentCount: 1)
        let output = VectorBuffer(type: .int64)
        let rows = TestRows([1], rowCount: 2)
        let result = try call.evaluate([input.vector], rows: rows.selection, arena: StringArena(), into: output)
        #expect(result.value(1) == .integer(5))
        #expect(throws: EngineError.self) {
            try call.evaluate([input.vector], rows: SelectionVector(all: 2), arena: StringArena(), into: output)
        }
        withExtendedLifetime(input) {}
    }
}
