import RheiArrow
import RheiCore
import RheiSQL

extension Binder {
    func bindUnary(
        _ op: RheiSQL.UnaryOperator, _ operand: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        if op == .minus, let number = negatedLiteral(operand) { return number }
        let value = try bind(operand, context)
        switch op {
        case .plus:
            // A plus takes the affinity away and keeps value and collation.
            var result = value
            result.affinity = nil
            result.otherAffinities = []
            result.columnName = nil
            result.declaredType = nil
            return result
        case .not:
            return BoundExpression(.not(truth(of: value))).propagatingCollation(of: [value])
        case .bitwiseNot:
            return BoundExpression(.unary(.bitwiseNot, Self.integer(value), .int64)).propagatingCollation(of: [value])
        case .minus:
            if value.isExplicit { return BoundExpression(try Self.explicitNegation(value.expression)) }
            var result = Self.negate(widened(value)).propagatingCollation(of: [value])
            result.typedReading = try value.typedReading.map(Self.explicitNegation)
            return result
        }
    }

    /// An integer operand in `any` where arithmetic may leave 64 bits, so that its result does.
    private func widened(_ value: BoundExpression, under op: RheiSQL.BinaryOperator = .subtract) -> BoundExpression {
        guard widensArithmetic, !value.isExplicit, value.data.type == .int64 else { return value }
        switch op {
        case .add, .subtract, .multiply, .divide:
            var result = value
            result.expression = value.data.represented(as: .any)
            return result
        default: return value
        }
    }

    private func negatedLiteral(_ operand: SyntaxExpression) -> BoundExpression? {
        guard case .literal(let literal) = operand.kind else { return nil }
        switch literal {
        case .integer(let value):
            if value == .min { return BoundExpression(.literal(.real(9_223_372_036_854_775_808.0), .float64)) }
            return BoundExpression(.literal(.integer(-value), .int64))
        case .real(let value):
            if value == 9_223_372_036_854_775_808.0, sourceText(operand.range) == "9223372036854775808" {
                return BoundExpression(.literal(.integer(.min), .int64))
            }
            var bound = BoundExpression(.literal(.real(-value), .float64))
            bound.typedReading = DecimalConstant("-" + (sourceText(operand.range) ?? "\(value)"))?.literal
            return bound
        default: return nil
        }
    }

    private static func negate(_ value: BoundExpression) -> BoundExpression {
        let operand = value.data
        switch operand.type {
        case .null: return BoundExpression(.literal(.null, .null))
        case .int64, .float64: return BoundExpression(.unary(.negate, operand, operand.type))
        default:
            return BoundExpression(
                .binary(.subtract, .literal(.integer(0), .any), operand.represented(as: .any), .any))
        }
    }

    /// The operand of a bit operator: an integer by the rules of CAST.
    private static func integer(_ value: BoundExpression) -> Expression { cast(value.data, to: .integer) }

    func bindBinary(
        _ op: RheiSQL.BinaryOperator, _ left: SyntaxExpression, _ right: SyntaxExpression, _ syntax: SyntaxExpression,
        _ context: ExpressionContext
    ) throws -> BoundExpression {
        switch op {
        case .and, .or: return try bindLogic(op, syntax, context)
        case .equal: return try bindComparison(.equal, left, right, context)
        case .notEqual: return try bindComparison(.notEqual, left, right, context)
        case .less: return try bindComparison(.less, left, right, context)
        case .lessOrEqual: return try bindComparison(.lessOrEqual, left, right, context)
        case .greater: return try bindComparison(.greater, left, right, context)
        case .greaterOrEqual: return try bindComparison(.greaterOrEqual, left, right, context)
        case .is: return try bindIs(left, right, isNegated: false, context)
        case .isNot: return try bindIs(left, right, isNegated: true, context)
        case .jsonExtract, .jsonExtractText:
            return bindJSONOperator(op, try bind(left, context), try bind(right, context))
        default:
            let leftValue = widened(try bind(left, context), under: op)
            let rightValue = try bind(right, context)
            do {
                return try Self.typedArithmetic(op, leftValue, rightValue)
                    .propagatingCollation(of: [leftValue, rightValue])
            } catch { throw error.placed(at: position(syntax.range)) }
        }
    }

    /// Binds a chain of AND or OR as one node, so that long chains do not nest.
    private func bindLogic(
        _ op: RheiSQL.BinaryOperator, _ syntax: SyntaxExpression, _ context: ExpressionContext
    ) throws -> BoundExpression {
        var operands: [SyntaxExpression] = []
        Self.collectOperands(of: op, syntax, into: &operands)
        let values = try operands.map { try bind($0, context) }
        let conditions = values.map(truth)
        return BoundExpression(op == .and ? .and(conditions) : .or(conditions)).propagatingCollation(of: values)
    }

    /// Gathers the operands of a left-leaning chain of one operator.
    static func collectOperands(
        of op: RheiSQL.BinaryOperator, _ syntax: SyntaxExpression, into operands: inout [SyntaxExpression]
    ) {
        var reversed: [SyntaxExpression] = []
        var current = syntax
        while case .binary(op, let left, let right) = current.kind {
            reversed.append(right)
            current = left
        }
        reversed.append(current)
        for operand in reversed.reversed() {
            if case .binary(op, _, _) = operand.kind {
                collectOperands(of: op, operand, into: &operands)
            } else {
                operands.append(operand)
            }
        }
    }

    /// Binds arithmetic of which an operand may have a type that SQLite lacks.
    static func typedArithmetic(
        _ op: RheiSQL.BinaryOperator, _ left: BoundExpression, _ right: BoundExpression
    ) throws -> BoundExpression {
        if left.isExplicit || right.isExplicit {
            return BoundExpression(try explicitArithmetic(op, left.explicitReading, right.explicitReading))
        }
        var result = arithmetic(op, left, right)
        if left.typedReading != nil || right.typedReading != nil,
            let reading = try? explicitArithmetic(op, left.explicitReading, right.explicitReading),
            reading.type.isExplicit
        {
            result.typedReading = reading
        }
        return result
    }

    /// Binds arithmetic, bit operators and `||`: the operands are brought to the type in which SQLite computes.
    static func arithmetic(
        _ op: RheiSQL.BinaryOperator, _ left: BoundExpression, _ right: BoundExpression
    ) -> BoundExpression {
        switch op {
        case .bitwiseAnd: return bitOperation(.bitwiseAnd, left, right)
        case .bitwiseOr: return bitOperation(.bitwiseOr, left, right)
        case .shiftLeft: return bitOperation(.shiftLeft, left, right)
        case .shiftRight: return bitOperation(.shiftRight, left, right)
        case .concatenate:
            let operands = (cast(left.data, to: .text), cast(right.data, to: .text))
            return BoundExpression(.binary(.concatenate, operands.0, operands.1, .utf8View))
        case .add: return calculation(.add, left, right)
        case .subtract: return calculation(.subtract, left, right)
        case .multiply: return calculation(.multiply, left, right)
        case .divide: return calculation(.divide, left, right)
        default: return calculation(.remainder, left, right)
        }
    }

    private static func bitOperation(
        _ op: BinaryOperator, _ left: BoundExpression, _ right: BoundExpression
    ) -> BoundExpression {
        BoundExpression(.binary(op, integer(left), integer(right), .int64))
    }

    private static func calculation(
        _ op: BinaryOperator, _ left: BoundExpression, _ right: BoundExpression
    ) -> BoundExpression {
        let (first, second) = (left.data, right.data)
        switch (first.type, second.type) {
        case (.null, _), (_, .null): return BoundExpression(.literal(.null, .null))
        case (.int64, .int64): return BoundExpression(.binary(op, first, second, .int64))
        case (.float64, .float64): return BoundExpression(.binary(op, first, second, .float64))
        case (.int64, .float64), (.float64, .int64):
            if op == .remainder {
                // Both operands are truncated to integers, and the result is a real.
                let integers = Expression.binary(op, cast(first, to: .integer), cast(second, to: .integer), .int64)
                return BoundExpression(integers.represented(as: .float64))
            }
            return BoundExpression(
                .binary(op, first.represented(as: .float64), second.represented(as: .float64), .float64))
        case (.float64, _) where op != .remainder, (_, .float64) where op != .remainder:
            return BoundExpression(.binary(op, real(first), real(second), .float64))
        default:
            return BoundExpression(
                .binary(op, first.represented(as: .any), second.represented(as: .any), .any))
        }
    }

    /// The number that arithmetic makes of an operand, where the other operand is a real.
    private static func real(_ operand: Expression) -> Expression {
        switch operand.type {
        case .float64: operand
        case .int64: operand.represented(as: .float64)
        default: .cast(operand, .arithmetic, .float64)
        }
    }
}
