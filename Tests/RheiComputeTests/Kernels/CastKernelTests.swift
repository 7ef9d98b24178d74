import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct CastKernelTests {
    @Test func `typed casts agree with casts of single values`() throws {
        var random = SeededGenerator(seed: 81)
        let targets: [(CastTarget, VectorType)] = [
            (.integer, .int64), (.real, .float64), (.text, .text), (.blob, .blob), (.numeric, .any),
        ]
        let sources: [VectorType] = [.bool, .int8, .int16, .int32, .int64, .float32, .float64, .text, .blob, .any]
        for shape in Shape.all where !shape.isRightConstant && shape.rowCount < 2048 {
            for (target, type) in targets {
                let output = VectorBuffer(type: type)
                for source in sources {
                    let input = shape.operand(source, isConstant: shape.isLeftConstant, &random) { $0.value(source) }
                    let rows = shape.rows(&random)
                    let arena = StringArena()
                    let result = try CastKernel.cast(
                        input.vector, to: target, rows: rows.selection, arena: arena, into: output)
                    for row in rows.selection.rows {
                        let wanted = Value(input[row].datum(arena).cast(to: target, arena: arena))
                        #expect(result.value(row).isSame(wanted), "\(shape) \(source) to \(target): \(input[row])")
                    }
                    withExtendedLifetime((input, arena)) {}
                }
            }
        }
    }

    @Test func `represent keeps the value`() throws {
        var random = SeededGenerator(seed: 82)
        let pairs: [(VectorType, VectorType)] = [
            (.bool, .int64), (.int8, .int64), (.int16, .int64), (.int32, .int64), (.int32, .int128), (.int64, .float64),
            (.float32, .float64), (.int64, .any), (.float64, .any), (.text, .any), (.blob, .any), (.bool, .any),
            (.int64, .int64), (.any, .text), (.any, .int64),
        ]
        for shape in Shape.all where !shape.isRightConstant && shape.rowCount < 2048 {
            for (source, target) in pairs {
                let output = VectorBuffer(type: target)
                let input = shape.operand(source, isConstant: shape.isLeftConstant, &random) {
                    $0.value(source == .any ? target : source)
                }
                let rows = shape.rows(&random)
                let result = try CastKernel.represent(input.vector, rows: rows.selection, into: output)
                #expect(result.type == target)
                for row in rows.selection.rows {
                    var wanted = input[row]
                    if target == .float64, case .integer(let value) = wanted { wanted = .real(Double(value)) }
                    #expect(result.value(row).isSame(wanted), "\(source) to \(target)")
                }
                withExtendedLifetime(input) {}
            }
        }
    }

    @Test func `a value without a place in the type is refused`() {
        let input = TestVector(.any, [.integer(1), .string("x")])
        let output = VectorBuffer(type: .int64)
        #expect(throws: EngineError.self) {
            try CastKernel.represent(input.vector, rows: SelectionVector(all: 2), into: output)
        }
    }
}
