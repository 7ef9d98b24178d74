import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct InListKernelTests {
    @Test func `membership agrees with comparing each constant`() {
        var random = SeededGenerator(seed: 91)
        let output = VectorBuffer(type: .bool)
        let selected = SelectionBuffer()
        let types: [VectorType] = [.int16, .int32, .int64, .float64, .text, .blob, .any]
        for shape in Shape.all where !shape.isRightConstant && shape.rowCount < 2048 {
            for type in types {
                let collation = random.pick(TextCollation.allCases)
                let operand = shape.operand(type, isConstant: shape.isLeftConstant, &random) { $0.value(type) }
                let constants = constants(&random, type, operand)
                let kernel = InListKernel(constants, collation: collation)
                let rows = shape.rows(&random)
                let arena = StringArena()
                let result = kernel.evaluate(operand.vector, rows: rows.selection, into: output)
                let all = rows.selection.rows
                let wanted = all.map { expected(operand[$0], constants, collation, arena) }
                for (row, answer) in zip(all, wanted) {
                    #expect(
                        result.value(row) == (answer.map { .integer($0 ? 1 : 0) } ?? .null),
                        "\(shape) \(type): \(operand[row]) in \(constants)")
                }
                for negated in [false, true] {
                    let survivors = kernel.select(
                        operand.vector, negated: negated, rows: rows.selection, into: selected)
                    #expect(survivors.rows == zip(all, wanted).filter { $0.1 == !negated }.map { $0.0 })
                }
                withExtendedLifetime(operand) {}
            }
        }
    }

    private func constants(_ random: inout SeededGenerator, _ type: VectorType, _ operand: TestVector) -> [SQLValue] {
        let count = random.pick([0, 1, 3, 6, 20])
        let arena = StringArena()
        return (0..<count).map { _ in
            if random.chance(oneIn: 25) { return .null }
            if random.chance(oneIn: 2), !operand.values.isEmpty {
                return random.pick(operand.values).datum(arena).sqlValue
            }
            return random.value(type).datum(arena).sqlValue
        }
    }

    private func expected(
        _ value: Value, _ constants: [SQLValue], _ collation: TextCollation, _ arena: StringArena
    ) -> Bool? {
        if constants.isEmpty { return false }
        if value.isNull { return nil }
        let datum = value.datum(arena)
        for constant in constants where constant != .null {
            if Datum.compare(Datum(constant, arena: arena), datum, collation) == 0 { return true }
        }
        return constants.contains(.null) ? nil : false
    }
}
