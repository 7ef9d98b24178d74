import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct ArithmeticKernelTests {
    @Test(arguments: ArithmeticOperation.allCases)
    func `integers agree with the plain form and overflow is raised`(_ operation: ArithmeticOperation) {
        var random = SeededGenerator(seed: 61)
        let output = VectorBuffer(type: .int64)
        for shape in Shape.all {
            for _ in 0..<(shape.rowCount > 100 ? 2 : 10) {
                // Small numbers mostly, so that vectors without overflow occur.
                let isSmall = !random.chance(oneIn: 3)
                let make = { (random: inout SeededGenerator) -> Value in
                    .integer(isSmall ? Int64(random.below(2001) - 1000) : random.integer())
                }
                let left = shape.operand(.int64, isConstant: shape.isLeftConstant, &random, make)
                let right = shape.operand(.int64, isConstant: shape.isRightConstant, &random, make)
                let rows = shape.rows(&random)
                check(operation, left, right, rows.selection, output, "\(shape)")
            }
        }
    }

    @Test(arguments: ArithmeticOperation.allCases)
    func `reals agree with the plain form`(_ operation: ArithmeticOperation) {
        var random = SeededGenerator(seed: 62)
        let bits: [ArithmeticOperation] = [.bitwiseAnd, .bitwiseOr, .shiftLeft, .shiftRight]
        let output = VectorBuffer(type: bits.contains(operation) ? .int64 : .float64)
        for shape in Shape.all {
            let left = shape.operand(.float64, isConstant: shape.isLeftConstant, &random) { $0.value(.float64) }
            let right = shape.operand(.float64, isConstant: shape.isRightConstant, &random) { $0.value(.float64) }
            let rows = shape.rows(&random)
            check(operation, left, right, rows.selection, output, "\(shape)")
        }
    }

    private func check(
        _ operation: ArithmeticOperation, _ left: TestVector, _ right: TestVector, _ rows: SelectionVector,
        _ output: VectorBuffer, _ shape: String
    ) {
        let arena = StringArena()
        // A constant result is computed for an empty selection as well.
        let isConstant = left.vector.isConstant && right.vector.isConstant
        let wanted = (isConstant ? [0] : rows.rows).map { row in
            (row, Value(Datum.compute(operation, left[row].datum(arena), right[row].datum(arena))))
        }
        let leaves = output.type == .int64 && wanted.contains { if case .real = $0.1 { true } else { false } }
        do throws(EngineError) {
            let result = try ArithmeticKernel.evaluate(operation, left.vector, right.vector, rows: rows, into: output)
            #expect(!leaves, "\(shape): overflow went unnoticed")
            for (row, value) in wanted where !leaves {
                if !result.value(row).isSame(value) {
                    Issue.record(
                        "\(shape) row \(row): \(left[row]), \(right[row]) gives \(result.value(row)), not \(value)")
                    return
                }
            }
        } catch {
            #expect(leaves && error.code == .leavesInteger, "\(shape): \(error)")
        }
        withExtendedLifetime((left, right)) {}
    }

    @Test func `an overflow in a row that is null or not selected is none`() throws {
        let left = TestVector(.int64, [.integer(.max), .integer(1), .integer(.max), .integer(5)])
        let right = TestVector(.int64, [.null, .integer(2), .integer(.max), .integer(6)])
        let rows = TestRows([0, 1, 3], rowCount: 4)
        let output = VectorBuffer(type: .int64)
        let result = try ArithmeticKernel.evaluate(
            .add, left.vector, right.vector, rows: rows.selection, into: output)
        #expect([0, 1, 3].map { result.value($0) } == [.null, .integer(3), .integer(11)])
        withExtendedLifetime((left, right)) {}
    }

    @Test func `negation and complement`() throws {
        var random = SeededGenerator(seed: 63)
        let integers = VectorBuffer(type: .int64)
        let reals = VectorBuffer(type: .float64)
        for shape in Shape.all where !shape.isRightConstant {
            let whole = shape.operand(.int64, isConstant: shape.isLeftConstant, &random) { .integer($0.integer() | 1) }
            let real = shape.operand(.float64, isConstant: shape.isLeftConstant, &random) { $0.value(.float64) }
            let rows = shape.rows(&random)
            for row in rows.selection.rows {
                let complement = try ArithmeticKernel.evaluate(
                    .bitwiseNot, whole.vector, rows: rows.selection, into: integers)
                if case .integer(let value) = whole[row] { #expect(complement.value(row) == .integer(~value)) }
                let negated = try ArithmeticKernel.evaluate(.negate, whole.vector, rows: rows.selection, into: integers)
                if case .integer(let value) = whole[row] { #expect(negated.value(row) == .integer(-value)) }
                let opposite = try ArithmeticKernel.evaluate(.negate, real.vector, rows: rows.selection, into: reals)
                if case .real(let value) = real[row] { #expect(opposite.value(row) == .real(0 - value)) }
                if real[row].isNull { #expect(opposite.value(row) == .null) }
                break
            }
        }
        let smallest = TestVector(.int64, [.integer(.min)])
        #expect(throws: EngineError.self) {
            try ArithmeticKernel.evaluate(
                .negate, smallest.vector, rows: SelectionVector(all: 1), into: integers)
        }
    }
}
