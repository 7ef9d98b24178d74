package import RheiCompute
import RheiCore
package import RheiPlan

/// Computes several expressions over the batches of one worker; what they have in common is computed once per batch.
package final class ExpressionEvaluator {
    private let roots: [ExpressionNode]

    /// Throws `unsupported` for an expression that has no kernel.
    package init(_ expressions: [Expression], layout: ColumnLayout) throws {
        let compiler = ExpressionCompiler(layout: layout)
        roots = try expressions.map { try compiler.compile($0) }
    }

    /// Returns one vector per expression, right at the living rows of the batch; the other rows are unspecified but
    /// initialised. Vectors are valid until the next call and as long as the batch.
    package func evaluate(_ batch: VectorBatch, worker: WorkerContext) throws -> [ColumnVector] {
        try roots.map { try $0.evaluate(batch, worker) }
    }
}
