import RheiTestSupport
import RheiArrow
import RheiCompute
import Testing

@Suite struct ComparisonKernelTests {
    private static let pairs: [(VectorType, VectorType)] = [
        (.bool, .bool), (.int8, .int8), (.int16, .int16), (.int32, .int32), (.int64, .int64), (.int128, .int128),
        (.float32, .float32), (.float64, .float64), (.text, .text), (.blob, .blob), (.any, .any), (.int32, .int64),
        (.int64, .int8), (.int64, .float64), (.float64, .int64), (.float64, .int16), (.float32, .float64),
        (.int128, .int64), (.any, .int64), (.text, .any), (.float64, .any), (.int64, .text), (.text, .blob),
        (.bool, .int64),
    ]

    /// The plain form: one row, values of any class.
    private func expected(
        _ operation: CompareOperation, _ left: Value, _ right: Value, _ collation: TextCollation, _ arena: StringArena
    ) -> Bool? {
        if left.isNull || right.isNull {
            guard operation.isNullSafe else { return nil }
            return (left.isNull == right.isNull) == (operation == .isNotDistinct)
        }
        return operation.holds(Datum.compare(left.datum(arena), right.datum(arena), collation))
    }

    @Test(arguments: CompareOperation.allCases)
    func `a bool vector and a selection agree with the plain form`(_ operation: CompareOperation) {
        var random = SeededGenerator(seed: 51)
        let output = VectorBuffer(type: .bool)
        let selected = SelectionBuffer()
        for shape in Shape.all {
            for (leftType, rightType) in Self.pairs where shape.rowCount < 2048 || random.chance(oneIn: 4) {
                let collation = random.pick(TextCollation.allCases)
                let left = shape.operand(leftType, isConstant: shape.isLeftConstant, &random) { $0.value(leftType) }
                let right = shape.operand(rightType, isConstant: shape.isRightConstant, &random) {
                    $0.value(rightType)
                }
                let rows = shape.rows(&random)
                let arena = StringArena()
                let result = ComparisonKernel.compare(
                    operation, left.vector, right.vector, collation: collation, rows: rows.selection, into: output)
                let survivors = ComparisonKernel.select(
                    operation, left.vector, right.vector, collation: collation, rows: rows.selection, into: selected)
                var wanted: [Int] = []
                for row in rows.selection.rows {
                    let answer = expected(operation, left[row], right[row], collation, arena)
                    let value: Value = answer.map { .integer($0 ? 1 : 0) } ?? .null
                    if answer == true { wanted.append(row) }
                    if result.value(row) != value {
                        Issue.record("\(shape) \(leftType) \(rightType) row \(row): \(left[row]) \(right[row])")
                        return
                    }
                }
                #expect(survivors.rows == wanted, "\(shape) \(leftType) \(rightType)")
                withExtendedLifetime((left, right)) {}
            }
        }
    }

    @Test func `a selection may be narrowed in place`() {
        var random = SeededGenerator(seed: 52)
        let selected = SelectionBuffer()
        let left = TestVector(.int64, (0..<2000).map { _ in .integer(Int64(random.below(100))) })
        let right = TestVector(
            .text, (0..<2000).map { _ in random.chance(oneIn: 9) ? .null : .string("\(random.below(9))") })
        let bound = TestVector(.int64, [.integer(50)], isConstant: true)
        let word = TestVector(.text, [.string("5")], isConstant: true)
        let first = ComparisonKernel.select(
            .less, left.vector, bound.vector, rows: SelectionVector(all: 2000), into: selected)
        let second = ComparisonKernel.select(.greaterOrEqual, right.vector, word.vector, rows: first, into: selected)
        let wanted = (0..<2000).filter { row in
            guard case .integer(let value) = left[row], value < 50, case .text(let text) = right[row] else {
                return false
            }
            return text[0] >= 0x35
        }
        #expect(second.rows == wanted)
        withExtendedLifetime((left, right, bound, word)) {}
    }

    @Test func `all surviving rows need no indices`() {
        let values = TestVector(.int32, (0..<100).map { .integer(Int64($0)) })
        let bound = TestVector(.int32, [.integer(-1)], isConstant: true)
        let selected = SelectionBuffer()
        let result = ComparisonKernel.select(
            .greater, values.vector, bound.vector, rows: SelectionVector(all: 100), into: selected)
        #expect(unsafe result.indices == nil)
        #expect(result.count == 100)
        withExtendedLifetime((values, bound)) {}
    }
}
