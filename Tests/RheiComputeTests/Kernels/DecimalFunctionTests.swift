import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

/// Arithmetic on decimals in 64 and 128 bits against 128-bit integers.
@Suite struct DecimalFunctionTests {
    private static let greatest: Int64 = 999_999_999_999_999_999

    private func vector(_ type: VectorType, _ values: [Int64], _ buffer: VectorBuffer, isConstant: Bool) -> ColumnVector
    {
        let result = buffer.vector(isConstant: isConstant)
        for (row, value) in values.enumerated() {
            if type == .int64 {
                unsafe result.pointer(Int64.self)[row] = value
            } else {
                unsafe result.pointer(Int128.self)[row] = Int128(value)
            }
        }
        return result
    }

    private func values(_ vector: ColumnVector, _ count: Int) -> [Int128] {
        (0..<count).map { row in
            let row = vector.isConstant ? 0 : row
            return unsafe vector.type == .int64
                ? Int128(vector.pointer(Int64.self)[row]) : vector.pointer(Int128.self)[row]
        }
    }

    @Test(arguments: ["decimal_add", "decimal_subtract", "decimal_multiply"], [VectorType.int64, .int128])
    func `results are those of 128-bit integers`(_ name: String, _ left: VectorType) throws {
        var random = SeededGenerator(seed: 41)
        let limits: [Int64] = [1000, 1_000_000_000, Self.greatest]
        for right in [VectorType.int64, .int128] {
            for output in [VectorType.int64, .int128] {
                for limit in limits {
                    for constants in [(false, false), (true, false), (false, true), (true, true)] {
                        let first = (0..<200).map { _ in Int64.random(in: -limit...limit, using: &random) }
                        let second = (0..<200).map { _ in Int64.random(in: -limit...limit, using: &random) }
                        let buffers = [left, right, output].map { VectorBuffer(type: $0) }
                        let arguments = [
                            vector(left, first, buffers[0], isConstant: constants.0),
                            vector(right, second, buffers[1], isConstant: constants.1),
                        ]
                        let expected = (0..<200).map { row -> Int128 in
                            let a = Int128(constants.0 ? first[0] : first[row])
                            let b = Int128(constants.1 ? second[0] : second[row])
                            return name == "decimal_add" ? a + b : name == "decimal_subtract" ? a - b : a * b
                        }
                        let fits = output == .int128 || expected.allSatisfy { Int64(exactly: $0) != nil }
                        let call = try ScalarFunctionCall(name: name, argumentCount: 2)
                        let rows = SelectionVector(all: 200)
                        let arena = StringArena()
                        if fits {
                            let result = try call.evaluate(arguments, rows: rows, arena: arena, into: buffers[2])
                            #expect(result.type == output)
                            #expect(values(result, 200) == expected, "\(left) \(right) \(output) \(limit)")
                        } else {
                            #expect {
                                try call.evaluate(arguments, rows: rows, arena: arena, into: buffers[2])
                            } throws: {
                                ($0 as? EngineError)?.code == .overflow
                            }
                        }
                        withExtendedLifetime(buffers) {}
                    }
                }
            }
        }
    }

    @Test(arguments: [VectorType.int64, .int128], [VectorType.int64, .int128])
    func `a decimal with more digits behind the point is the same number`(
        _ input: VectorType, _ output: VectorType
    ) throws {
        let numbers: [Int64] = [0, 1, -1, 123_456, -99_999_999_999_999]
        let buffers = [input, .int64, output].map { VectorBuffer(type: $0) }
        let arguments = [
            vector(input, numbers, buffers[0], isConstant: false), vector(.int64, [3], buffers[1], isConstant: true),
        ]
        let call = try ScalarFunctionCall(name: "decimal_rescale", argumentCount: 2)
        let result = try call.evaluate(
            arguments, rows: SelectionVector(all: numbers.count), arena: StringArena(), into: buffers[2])
        #expect(values(result, numbers.count) == numbers.map { Int128($0) * 1000 })
        withExtendedLifetime(buffers) {}
    }
}
