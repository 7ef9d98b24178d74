import RheiCompute
import RheiPlan

/// Minus and `~`.
final class UnaryNode: ExpressionNode {
    private let operation: UnaryArithmeticOperation
    private let operand: ExpressionNode
    private let buffer: VectorBuffer

    init(_ operation: UnaryArithmeticOperation, _ operand: ExpressionNode, type: VectorType) {
        self.operation = operation
        self.operand = operand
        buffer = VectorBuffer(type: type)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let input = try operand.evaluate(frame, rows)
        return try ArithmeticKernel.evaluate(operation, input, rows: rows, into: buffer)
    }
}

/// Arithmetic of two operands.
final class ArithmeticNode: ExpressionNode {
    private let operation: ArithmeticOperation
    private let left: ExpressionNode
    private let right: ExpressionNode
    private let buffer: VectorBuffer

    init(_ operation: ArithmeticOperation, _ left: ExpressionNode, _ right: ExpressionNode, type: VectorType) {
        self.operation = operation
        self.left = left
        self.right = right
        buffer = VectorBuffer(type: type)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let first = try left.evaluate(frame, rows)
        let second = try right.evaluate(frame, rows)
        return try ArithmeticKernel.evaluate(operation, first, second, rows: rows, into: buffer)
    }
}

/// `||`.
final class ConcatenateNode: ExpressionNode {
    private let left: ExpressionNode
    private let right: ExpressionNode
    private let buffer: VectorBuffer

    init(_ left: ExpressionNode, _ right: ExpressionNode, type: VectorType) {
        self.left = left
        self.right = right
        buffer = VectorBuffer(type: type)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let first = try left.evaluate(frame, rows)
        let second = try right.evaluate(frame, rows)
        return try ConcatenateKernel.concatenate(first, second, rows: rows, arena: frame.arena, into: buffer)
    }
}

/// A comparison as a value.
final class ComparisonNode: ExpressionNode {
    private let operation: CompareOperation
    private let left: ExpressionNode
    private let right: ExpressionNode
    private let collation: TextCollation
    private let buffer = VectorBuffer(type: .bool)

    init(
        _ operation: CompareOperation, _ left: ExpressionNode, _ right: ExpressionNode, collation: TextCollation
    ) {
        self.operation = operation
        self.left = left
        self.right = right
        self.collation = collation
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let first = try left.evaluate(frame, rows)
        let second = try right.evaluate(frame, rows)
        return ComparisonKernel.compare(operation, first, second, collation: collation, rows: rows, into: buffer)
    }
}

/// Any of the casts.
final class CastNode: ExpressionNode {
    private let conversion: CastConversion
    private let operand: ExpressionNode
    private let buffer: VectorBuffer

    init(_ conversion: CastConversion, _ operand: ExpressionNode, type: VectorType) {
        self.conversion = conversion
        self.operand = operand
        buffer = VectorBuffer(type: type)
    }

    override func evaluate(_ frame: EvaluationFrame, _ rows: SelectionVector) throws -> ColumnVector {
        let input = try operand.evaluate(frame, rows)
        switch conversion {
        case .represent: return try CastKernel.represent(input, rows: rows, into: buffer)
        case .explicit(let target):
            return try CastKernel.cast(input, to: target, rows: rows, arena: frame.arena, into: buffer)
        case .affinity(let target):
            return try CastKernel.applyAffinity(input, target, rows: rows, arena: frame.arena, into: buffer)
        case .arithmetic: return try CastKernel.arithmetic(input, rows: rows, into: buffer)
        case .truth: return CastKernel.truth(input, rows: rows, into: buffer)
        }
    }
}

/// A ``CastKind`` in the kernels' words.
enum CastConversion {
    case represent
    case explicit(CastTarget)
    case affinity(CastTarget)
    case arithmetic
    case truth
}
