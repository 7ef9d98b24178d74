import RheiArrow
import RheiCompute
package import RheiCore
package import RheiPlan

/// Evaluates expressions that name no column, with the kernels that rows are evaluated with.
package enum ConstantEvaluator {
    /// Returns the value of an expression without columns; a `bool` is 0 or 1.
    ///
    /// - Throws: what the evaluation of a row would throw, and `unsupported` for text that is not valid UTF-8, which
    ///   the result could not hold bit for bit.
    package static func evaluate(_ expression: Expression) throws -> SQLValue {
        if case .literal(let value, _) = expression { return value }
        let evaluator = try ExpressionEvaluator([expression], layout: ColumnLayout([]))
        let arena = StringArena()
        defer { withExtendedLifetime((evaluator, arena)) {} }
        let vector = try evaluator.evaluate(VectorBatch(rowCount: 1), arena: arena, statementTime: StatementTime.now())[
            0]
        let value = vector.datum(0)
        if value.storageClass == .text {
            let isValid = unsafe value.string.withBytes { bytes in
                unsafe String(validating: bytes, as: UTF8.self) != nil
            }
            guard isValid else { throw EngineError.unsupported("constant text that is not valid UTF-8") }
        }
        return value.sqlValue
    }
}
