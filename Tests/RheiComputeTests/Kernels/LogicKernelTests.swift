import RheiTestSupport
import RheiArrow
import RheiCompute
import Testing

@Suite struct LogicKernelTests {
    private func truth(_ value: Value) -> Bool? {
        if case .integer(let integer) = value { integer != 0 } else { nil }
    }

    private func value(_ truth: Bool?) -> Value { truth.map { .integer($0 ? 1 : 0) } ?? .null }

    @Test func `and, or and not in three-valued logic`() {
        var random = SeededGenerator(seed: 71)
        let output = VectorBuffer(type: .bool)
        for shape in Shape.all {
            let left = shape.operand(.bool, isConstant: shape.isLeftConstant, &random) { $0.value(.bool) }
            let right = shape.operand(.bool, isConstant: shape.isRightConstant, &random) { $0.value(.bool) }
            let rows = shape.rows(&random)
            let and = LogicKernel.and(left.vector, right.vector, rows: rows.selection, into: output)
            for row in rows.selection.rows {
                let first = truth(left[row])
                let second = truth(right[row])
                let wanted: Bool? =
                    first == false || second == false ? false : first == nil || second == nil ? nil : true
                #expect(and.value(row) == value(wanted), "\(shape)")
            }
            let or = LogicKernel.or(left.vector, right.vector, rows: rows.selection, into: output)
            for row in rows.selection.rows {
                let first = truth(left[row])
                let second = truth(right[row])
                let wanted: Bool? = first == true || second == true ? true : first == nil || second == nil ? nil : false
                #expect(or.value(row) == value(wanted), "\(shape)")
            }
            let not = LogicKernel.not(left.vector, rows: rows.selection, into: output)
            for row in rows.selection.rows { #expect(not.value(row) == value(truth(left[row]).map { !$0 })) }
            withExtendedLifetime((left, right)) {}
        }
    }

    @Test func `selections by truth and by null`() {
        var random = SeededGenerator(seed: 72)
        let output = VectorBuffer(type: .bool)
        let selected = SelectionBuffer()
        for shape in Shape.all {
            let operand = shape.operand(.bool, isConstant: shape.isLeftConstant, &random) { $0.value(.bool) }
            let rows = shape.rows(&random)
            let all = rows.selection.rows
            func check(_ result: SelectionVector, _ keep: (Bool?) -> Bool) {
                #expect(result.rows == all.filter { keep(truth(operand[$0])) }, "\(shape)")
            }
            check(LogicKernel.selectTrue(operand.vector, rows: rows.selection, into: selected)) { $0 == true }
            check(LogicKernel.selectNotTrue(operand.vector, rows: rows.selection, into: selected)) { $0 != true }
            check(LogicKernel.selectNotFalse(operand.vector, rows: rows.selection, into: selected)) { $0 != false }
            check(LogicKernel.selectNull(operand.vector, rows: rows.selection, into: selected)) { $0 == nil }
            check(LogicKernel.selectNull(operand.vector, negated: true, rows: rows.selection, into: selected)) {
                $0 != nil
            }
            let isNull = LogicKernel.isNull(operand.vector, rows: rows.selection, into: output)
            for row in all { #expect(isNull.value(row) == .integer(operand[row].isNull ? 1 : 0)) }
        }
    }

    @Test func `sets of rows`() {
        var random = SeededGenerator(seed: 73)
        let selected = SelectionBuffer()
        for rowCount in [0, 1, 64, 65, 2048] {
            let rows = (0..<rowCount).filter { _ in random.chance(oneIn: 2) }
            let part = rows.filter { _ in random.chance(oneIn: 3) }
            let other = (0..<rowCount).filter { _ in random.chance(oneIn: 2) }
            let first = TestRows(rows, rowCount: rowCount)
            let second = TestRows(part, rowCount: rowCount)
            let third = TestRows(other, rowCount: rowCount)
            let rest = selected.select(first.selection, without: second.selection)
            #expect(rest.rows == rows.filter { !part.contains($0) })
            let shared = selected.select(first.selection, intersecting: third.selection)
            #expect(shared.rows == rows.filter { other.contains($0) })
        }
    }

    @Test(arguments: [VectorType.bool, .int16, .int32, .int64, .int128, .float64, .text, .any])
    func `branches merge into one vector`(_ type: VectorType) {
        var random = SeededGenerator(seed: 74)
        for rowCount in [1, 63, 64, 65, 2048] {
            let merger = VectorMerger(type: type)
            let shape = Shape(
                rowCount: rowCount, hasNulls: true, isLeftConstant: false, isRightConstant: false, selects: nil)
            let first = shape.operand(type, isConstant: false, &random) { $0.value(type) }
            let second = shape.operand(type, isConstant: true, &random) { $0.value(type) }
            let branches = (0..<rowCount).map { _ in random.below(3) }
            merger.start(rowCount: rowCount)
            for (branch, piece) in [first, second].enumerated() {
                let rows = TestRows(branches.indices.filter { branches[$0] == branch }, rowCount: rowCount)
                merger.write(piece.vector, rows: rows.selection)
            }
            for row in 0..<rowCount {
                let wanted: Value = branches[row] == 0 ? first[row] : branches[row] == 1 ? second[row] : .null
                #expect(merger.vector.value(row) == wanted)
            }
            withExtendedLifetime((first, second)) {}
        }
    }

    @Test func `operands of AND are merged for undecided rows`() {
        let merger = VectorMerger(type: .bool)
        let first = TestVector(.bool, [.integer(1), .integer(0), .null, .integer(1), .null])
        let second = TestVector(.bool, [.integer(1), .integer(1), .integer(0), .null, .integer(1)])
        let all = SelectionVector(all: 5)
        merger.start(rowCount: 5)
        merger.write(first.vector, rows: all)
        let undecided = LogicKernel.selectNotFalse(merger.vector, rows: all, into: SelectionBuffer())
        #expect(undecided.count == 4)
        let rows = TestRows([0, 2, 3, 4], rowCount: 5)
        merger.formConjunction(second.vector, rows: rows.selection)
        #expect((0..<5).map { merger.vector.value($0) } == [.integer(1), .integer(0), .integer(0), .null, .null])
        withExtendedLifetime((first, second)) {}
    }
}
