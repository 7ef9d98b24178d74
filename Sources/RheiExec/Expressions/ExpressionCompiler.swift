import RheiArrow
import RheiCompute
import RheiCore
import RheiPlan

/// Turns expressions over one layout into nodes.
///
/// Equal subexpressions that every row evaluates become one node. Lazy branches use such nodes where they were
/// compiled, and therefore evaluated, before them; else they get nodes of their own.
final class ExpressionCompiler {
    private let layout: ColumnLayout
    private var shared: [Expression: ExpressionNode] = [:]

    init(layout: ColumnLayout) { self.layout = layout }

    /// Compiles an expression into a node that yields vectors of its type.
    ///
    /// - Parameter isConditional: whether only some rows evaluate it.
    func compile(_ expression: Expression, isConditional: Bool = false) throws -> ExpressionNode {
        switch expression {
        case .column(let id, _): return ColumnNode(slot: try layout.slot(of: id))
        case .literal(let value, let type): return try LiteralNode(value, type: vectorType(of: type))
        default: break
        }
        if let known = shared[expression] { return known }
        let node = try makeNode(expression, isConditional)
        let type = try vectorType(of: expression.type)
        if expression.isConstant { return ConstantNode(node, type: type) }
        if isConditional { return node }
        let result = SharedNode(node)
        shared[expression] = result
        return result
    }

    /// Compiles an expression into a node that yields vectors of `type`.
    func compile(_ expression: Expression, as type: VectorType, isConditional: Bool = false) throws -> ExpressionNode {
        if case .literal(.null, _) = expression { return try LiteralNode(.null, type: type) }
        let node = try compile(expression, isConditional: isConditional)
        if try vectorType(of: expression.type) == type { return node }
        return CastNode(.represent, node, type: type)
    }

    private func makeNode(_ expression: Expression, _ isConditional: Bool) throws -> ExpressionNode {
        switch expression {
        case .literal, .column: throw EngineError(.invariant, "a leaf has no node of its own")
        case .unary(let operation, let operand, let type):
            let input = try compile(operand, isConditional: isConditional)
            return UnaryNode(operation == .negate ? .negate : .bitwiseNot, input, type: try vectorType(of: type))
        case .binary(let operation, let left, let right, let type):
            let first = try compile(left, isConditional: isConditional)
            let second = try compile(right, isConditional: isConditional)
            let type = try vectorType(of: type)
            guard let arithmetic = operation.arithmetic else { return ConcatenateNode(first, second, type: type) }
            return ArithmeticNode(arithmetic, first, second, type: type)
        case .comparison(let operation, let left, let right, let collation):
            let first = try compile(left, isConditional: isConditional)
            let second = try compile(right, isConditional: isConditional)
            return ComparisonNode(operation.kernel, first, second, collation: collation.kernel)
        case .and(let operands): return try connect(.and, operands, isConditional)
        case .or(let operands): return try connect(.or, operands, isConditional)
        case .not(let operand): return NotNode(try compile(operand, as: .bool, isConditional: isConditional))
        case .isNull(let operand): return IsNullNode(try compile(operand, isConditional: isConditional))
        case .conditional(let branches, let otherwise, let type):
            return try choose(branches, otherwise, try vectorType(of: type), isConditional)
        case .inList(let operand, let values, let collation):
            let input = try compile(operand, isConditional: isConditional)
            if let list = InListKernel(literals: values, collation) { return InListNode(input, list) }
            let constants = try values.map { try compile($0, isConditional: true) }
            return EqualAnyNode(input, constants, collation: collation.kernel)
        case .call(let name, let arguments, let type):
            let nodes = try arguments.map { try compile($0, isConditional: isConditional) }
            return try CallNode(name, nodes, type: vectorType(of: type))
        case .cast(let operand, let kind, let type):
            let input = try compile(operand, isConditional: isConditional)
            return CastNode(try kind.conversion(to: type), input, type: try vectorType(of: type))
        }
    }

    private func connect(
        _ connective: LogicNode.Connective, _ operands: [Expression], _ isConditional: Bool
    ) throws -> ExpressionNode {
        guard !operands.isEmpty else { return try LiteralNode(connective == .and ? 1 : 0, type: .bool) }
        let nodes = try operands.enumerated().map { index, operand in
            try compile(operand, as: .bool, isConditional: isConditional || index > 0)
        }
        return LogicNode(connective, nodes)
    }

    private func choose(
        _ branches: [Expression.ConditionalBranch], _ otherwise: Expression?, _ type: VectorType, _ isConditional: Bool
    ) throws -> ExpressionNode {
        let compiled = try branches.enumerated().map { index, branch in
            let condition = try compile(branch.condition, as: .bool, isConditional: isConditional || index > 0)
            return ConditionalNode.Branch(
                condition: condition, result: try compile(branch.result, as: type, isConditional: true))
        }
        let last = try otherwise.map { try compile($0, as: type, isConditional: true) }
        return ConditionalNode(compiled, otherwise: last, type: type)
    }
}

extension Expression {
    /// Whether the expression names no column and gives the same value each time.
    var isConstant: Bool {
        switch self {
        case .column: false
        case .call(let name, let arguments, _):
            ScalarFunctionTable.isDeterministic(name, argumentCount: arguments.count)
                && arguments.allSatisfy(\.isConstant)
        default: children.allSatisfy(\.isConstant)
        }
    }
}

extension ScalarFunctionTable {
    /// Whether all calls of the function with equal arguments agree within a statement.
    fileprivate static func isDeterministic(_ name: String, argumentCount: Int) -> Bool {
        (try? find(name, argumentCount: argumentCount))?.isDeterministic ?? false
    }
}

extension InListKernel {
    /// Prepares a list; nil when a value is no literal.
    convenience init?(literals values: [Expression], _ collation: Collation) {
        var constants: [SQLValue] = []
        for value in values {
            guard case .literal(let constant, _) = value else { return nil }
            constants.append(constant)
        }
        self.init(constants, collation: collation.kernel)
    }
}

extension BinaryOperator {
    /// The kernel's operation; nil for `||`.
    var arithmetic: ArithmeticOperation? {
        switch self {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .bitwiseAnd: .bitwiseAnd
        case .bitwiseOr: .bitwiseOr
        case .shiftLeft: .shiftLeft
        case .shiftRight: .shiftRight
        case .concatenate: nil
        }
    }
}

extension ComparisonOperator {
    var kernel: CompareOperation {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        case .isNotDistinct: .isNotDistinct
        case .isDistinct: .isDistinct
        }
    }
}

extension Collation {
    var kernel: TextCollation {
        switch self {
        case .binary: .binary
        case .noCase: .noCase
        case .rightTrim: .rightTrim
        }
    }
}

extension CastKind {
    func conversion(to type: DataType) throws -> CastConversion {
        switch self {
        case .represent: return .represent
        case .arithmetic: return .arithmetic
        case .truth: return .truth
        case .affinity(let affinity):
            switch affinity {
            case .none: return .represent
            case .text: return .affinity(.text)
            case .numeric: return .affinity(.numeric)
            case .integer: return .affinity(.integer)
            case .real: return .affinity(.real)
            }
        case .explicit:
            switch type {
            case .int64: return .explicit(.integer)
            case .float64: return .explicit(.real)
            case .utf8View: return .explicit(.text)
            case .binaryView: return .explicit(.blob)
            case .any: return .explicit(.numeric)
            default: throw EngineError.unsupported("CAST to \(type)")
            }
        }
    }
}
