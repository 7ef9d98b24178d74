package import RheiCompute
import RheiCore
package import RheiPlan

/// Narrows batches to the rows for which all of some conditions are true; null counts as false.
package final class PredicateEvaluator {
    private let conjuncts: [ExpressionNode]

    /// Throws `unsupported` for a condition that has no kernel.
    package init(_ conjuncts: [Expression], layout: ColumnLayout) throws {
        let compiler = ExpressionCompiler(layout: layout)
        self.conjuncts = try conjuncts.map { try compiler.compile($0) }
    }

    /// Narrows the batch's selection. The selection's memory belongs to this evaluator and is valid until the next
    /// call.
    package func narrow(_ batch: VectorBatch, worker: WorkerContext) throws {
        guard conjuncts.isEmpty else { throw EngineError.unsupported("conditions") }
    }
}
