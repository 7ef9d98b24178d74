package import RheiCompute
package import RheiPlan

/// Narrows batches to the rows for which all of some conditions are true; null counts as false.
///
/// A condition is evaluated for the rows that those before it have left.
package final class PredicateEvaluator {
    private let conjuncts: [PredicateNode]
    private let frame = EvaluationFrame()

    /// Throws `unsupported` for a condition that has no kernel.
    package init(_ conjuncts: [Expression], layout: ColumnLayout) throws {
        let compiler = PredicateCompiler(ExpressionCompiler(layout: layout))
        self.conjuncts = try conjuncts.enumerated().map { index, conjunct in
            try compiler.compile(conjunct, isConditional: false)
        }
    }

    /// Narrows the batch's selection. The selection's memory belongs to this evaluator and is valid until the next
    /// call.
    package func narrow(_ batch: VectorBatch, worker: WorkerContext) throws {
        begin(batch)
        for index in conjuncts.indices {
            if batch.selectedCount == 0 { return }
            try narrow(batch, conjunct: index, worker: worker)
        }
    }

    /// Starts a batch whose conditions are applied one by one, in order.
    func begin(_ batch: VectorBatch) { frame.begin(batch) }

    func narrow(_ batch: VectorBatch, conjunct: Int, worker: WorkerContext) throws {
        frame.use(worker.arena, statementTime: worker.query.statementTime)
        batch.select(try conjuncts[conjunct].select(frame, batch.rows))
    }
}
