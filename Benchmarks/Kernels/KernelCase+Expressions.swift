import RheiCompute
import RheiCore
import RheiTestSupport

extension KernelCase {
    /// Kernels of expressions and filters, over one batch again and again.
    static func expressions() throws -> [KernelCase] { arithmetic() + comparisons() + (try texts()) }

    private static var batch: SelectionVector { SelectionVector(all: VectorBatch.capacity) }

    private static func arithmetic() -> [KernelCase] {
        let integers = KernelVector(.int64) { .integer(Int64($0)) }
        let reals = KernelVector(.float64) { .real(Double($0) / 3) }
        let (sum, product, cast) = (
            VectorBuffer(type: .int64), VectorBuffer(type: .float64), VectorBuffer(type: .float64)
        )
        let arena = StringArena()
        let half = SelectionBuffer()
        let middle = KernelVector(.int64, [.integer(Int64(VectorBatch.capacity / 2))], isConstant: true)
        let selected = ComparisonKernel.select(.less, integers.vector, middle.vector, rows: batch, into: half)
        return [
            KernelCase(name: "INTEGER + INTEGER", rowCount: batch.count) {
                _ = try ArithmeticKernel.evaluate(.add, integers.vector, integers.vector, rows: batch, into: sum)
            },
            KernelCase(name: "INTEGER + INTEGER, half of the rows", rowCount: selected.count) {
                _ = try ArithmeticKernel.evaluate(.add, integers.vector, integers.vector, rows: selected, into: sum)
            },
            KernelCase(name: "REAL * REAL", rowCount: batch.count) {
                _ = try ArithmeticKernel.evaluate(.multiply, reals.vector, reals.vector, rows: batch, into: product)
            },
            KernelCase(name: "CAST(INTEGER AS REAL)", rowCount: batch.count) {
                _ = try CastKernel.cast(integers.vector, to: .real, rows: batch, arena: arena, into: cast)
                withExtendedLifetime(half) {}
            },
        ]
    }

    private static func comparisons() -> [KernelCase] {
        var random = SeededGenerator(seed: 1)
        let integers = KernelVector(.int64) { _ in .integer(Int64.random(in: 0..<1000, using: &random)) }
        let middle = KernelVector(.int64, [.integer(500)], isConstant: true)
        let words = KernelVector(.text) { .text("word \($0 % 16)") }
        let word = KernelVector(.text, [.text("word 7")], isConstant: true)
        let selection = SelectionBuffer()
        return [
            KernelCase(name: "INTEGER < constant, half of the rows remain", rowCount: batch.count) {
                _ = ComparisonKernel.select(.less, integers.vector, middle.vector, rows: batch, into: selection)
            },
            KernelCase(name: "TEXT = constant of six bytes", rowCount: batch.count) {
                _ = ComparisonKernel.select(.equal, words.vector, word.vector, rows: batch, into: selection)
            },
        ]
    }

    private static func texts() throws -> [KernelCase] {
        let lines = KernelVector(.text) { .text("line \($0) of a text without anything in it, or a needle \($0 % 7)") }
        let pattern = KernelVector(.text, [.text("%needle 3%")], isConstant: true)
        let call = try ScalarFunctionCall(name: "like", argumentCount: 2)
        let (arena, output) = (StringArena(), VectorBuffer(type: .bool))
        return [
            KernelCase(name: "TEXT of 58 bytes LIKE '%needle 3%'", rowCount: batch.count) {
                _ = try call.evaluate([pattern.vector, lines.vector], rows: batch, arena: arena, into: output)
            }
        ]
    }
}
