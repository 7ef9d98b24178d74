package import RheiCompute
package import RheiPlan

/// Computes several expressions over the batches of one worker; what they have in common is computed once per batch.
package final class ExpressionEvaluator {
    private let roots: [ExpressionNode]
    private let frame = EvaluationFrame()

    /// - Parameter types: the forms of the results, where they are wider than the expressions' own.
    /// - Throws: `unsupported` for an expression that has no kernel.
    package init(_ expressions: [Expression], layout: ColumnLayout, types: [VectorType]? = nil) throws {
        let compiler = ExpressionCompiler(layout: layout)
        roots = try expressions.enumerated().map { index, expression in
            if let types { return try compiler.compile(expression, as: types[index]) }
            return try compiler.compile(expression)
        }
    }

    /// Returns one vector per expression, right at the living rows of the batch; the other rows are unspecified but
    /// initialised. Vectors, which may be constants, are valid until the next call and as long as the batch.
    package func evaluate(_ batch: VectorBatch, worker: WorkerContext) throws -> [ColumnVector] {
        try evaluate(batch, arena: worker.arena, statementTime: worker.query.statementTime)
    }

    func evaluate(_ batch: VectorBatch, arena: StringArena, statementTime: Int64) throws -> [ColumnVector] {
        frame.begin(batch)
        frame.use(arena, statementTime: statementTime)
        let rows = batch.rows
        return try roots.map { try $0.evaluate(frame, rows) }
    }
}
