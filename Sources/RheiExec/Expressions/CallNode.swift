import RheiCompute
import RheiCore

/// A call of a scalar function.
final class CallNode: ExpressionNode {
    private let name: String
    private let arguments: [ExpressionNode]
    private let buffer: VectorBuffer
    /// Made at the first evaluation, when the statement's time is known.
    private var call: ScalarFunctionCall?

    /// Throws `unknownName` or `typeMismatch` when there is no such function of so many arguments.
    init(_ name: String, _ arguments: [ExpressionNode], type: VectorType) throws {
        _ = try ScalarFunctionTable.find(name, argumentCount: arguments.count)
        self.name = name
        self.arguments = arguments
        buffer = VectorBuffer(type: type)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let vectors = try arguments.map { try $0.evaluate(frame, rows) }
        let call =
            try self.call
            ?? ScalarFunctionCall(
                name: name, argumentCount: arguments.count, statementTime: frame.statementTime)
        self.call = call
        return try call.evaluate(vectors, rows: rows, arena: frame.arena, into: buffer)
    }
}
