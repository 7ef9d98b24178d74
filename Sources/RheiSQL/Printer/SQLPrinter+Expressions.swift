import RheiCore

extension SQLPrinter {
    private typealias Precedence = Parser.Precedence

    /// Writes an expression, in parentheses if an operator in it binds weaker than `minimum`.
    mutating func write(_ expression: SyntaxExpression, atLeast minimum: Int = 0) {
        let needsParentheses = precedence(of: expression) < minimum
        if needsParentheses { write("(") }
        writeBare(expression)
        if needsParentheses { write(")") }
    }

    private func precedence(of expression: SyntaxExpression) -> Int {
        switch expression.kind {
        case .binary(let operation, _, _): Self.precedence(of: operation)
        case .unary(let operation, _): operation == .not ? Precedence.not : Precedence.sign
        case .isNull, .pattern, .between, .inSet: Precedence.equality
        case .collate: Precedence.collate
        case .literal(.integer(.min)): Precedence.sign
        case .literal(.real(let value)) where value.sign == .minus: Precedence.sign
        default: .max
        }
    }

    private static func precedence(of operation: BinaryOperator) -> Int {
        switch operation {
        case .or: Precedence.or
        case .and: Precedence.and
        case .equal, .notEqual, .is, .isNot: Precedence.equality
        case .less, .lessOrEqual, .greater, .greaterOrEqual: Precedence.comparison
        case .bitwiseAnd, .bitwiseOr, .shiftLeft, .shiftRight: Precedence.bits
        case .add, .subtract: Precedence.sum
        case .multiply, .divide, .remainder: Precedence.product
        case .concatenate, .jsonExtract, .jsonExtractText: Precedence.concatenation
        }
    }

    private mutating func writeBare(_ expression: SyntaxExpression) {
        switch expression.kind {
        case .literal(let literal): write(literal)
        case .parameter(let parameter): write(parameter)
        case .column(let column): write(column)
        case .unary(let operation, let operand): write(operation, operand)
        case .binary(let operation, let left, let right):
            let precedence = Self.precedence(of: operation)
            write(left, atLeast: precedence)
            write(" \(operation.rawValue) ")
            write(right, atLeast: precedence + 1)
        case .isNull(let operand, let isNegated):
            write(operand, atLeast: Precedence.equality)
            write(isNegated ? " IS NOT NULL" : " IS NULL")
        case .pattern(let match): write(match)
        case .between(let value, let low, let high, let isNegated):
            write(value, atLeast: Precedence.equality)
            write(isNegated ? " NOT BETWEEN " : " BETWEEN ")
            write(low, atLeast: Precedence.equality)
            write(" AND ")
            write(high, atLeast: Precedence.comparison)
        case .inSet(let value, let source, let isNegated):
            write(value, atLeast: Precedence.equality)
            write(isNegated ? " NOT IN " : " IN ")
            write(source)
        case .exists(let select): writeEnclosed("EXISTS (", select)
        case .subquery(let select): writeEnclosed("(", select)
        case .row(let elements):
            write("(")
            write(elements)
            write(")")
        case .searchedCase(let expression): write(expression)
        case .cast(let operand, let type): write(operand, as: type)
        case .collate(let operand, let collation):
            write(operand, atLeast: Precedence.collate)
            write(" COLLATE ")
            write(collation)
        case .function(let call): write(call)
        case .raise(let action, let message):
            write("RAISE(\(action.rawValue)")
            if let message { write(", " + quoted(message, by: "'")) }
            write(")")
        case .extract(let field, let operand):
            write("EXTRACT(")
            write(field)
            write(" FROM ")
            write(operand)
            write(")")
        }
    }

    private mutating func writeEnclosed(_ opening: String, _ select: SelectStatement) {
        write(opening)
        write(select)
        write(")")
    }

    private mutating func write(_ column: ColumnReference) {
        for qualifier in [column.schema, column.table] {
            guard let qualifier else { continue }
            write(qualifier)
            write(".")
        }
        write(column.column)
    }

    private mutating func write(_ operation: UnaryOperator, _ operand: SyntaxExpression) {
        if operation == .not {
            write("NOT ")
            write(operand, atLeast: Precedence.not)
            return
        }
        var inner = SQLPrinter()
        inner.write(operand, atLeast: Precedence.sign)
        write(operation.rawValue)
        // Two minus signs would begin a comment; `-` before the digits of 2^63 would become one literal.
        if inner.output.utf8.first == UInt8(ascii: "-") { write(" ") }
        write(inner.output)
    }

    private mutating func write(_ match: PatternMatch) {
        write(match.value, atLeast: Precedence.equality)
        write(match.isNegated ? " NOT \(match.operation.rawValue) " : " \(match.operation.rawValue) ")
        write(match.pattern, atLeast: Precedence.comparison)
        if let escape = match.escape {
            write(" ESCAPE ")
            write(escape, atLeast: Precedence.comparison)
        }
    }

    private mutating func write(_ source: InSource) {
        switch source {
        case .list(let expressions):
            write("(")
            write(expressions)
            write(")")
        case .select(let select): writeEnclosed("(", select)
        case .table(let name): write(name)
        case .function(let name, let arguments):
            write(name)
            write("(")
            write(arguments)
            write(")")
        }
    }

    private mutating func write(_ expression: CaseExpression) {
        write("CASE")
        if let operand = expression.operand {
            write(" ")
            write(operand)
        }
        for branch in expression.branches {
            write(" WHEN ")
            write(branch.condition)
            write(" THEN ")
            write(branch.result)
        }
        if let otherwise = expression.otherwise {
            write(" ELSE ")
            write(otherwise)
        }
        write(" END")
    }

    private mutating func write(_ operand: SyntaxExpression, as type: TypeName) {
        write("CAST(")
        write(operand)
        write(" AS ")
        write(type)
        write(")")
    }

    /// Writes a type's words bare if each is a word of a type by itself, else the whole name in quotes.
    private mutating func write(_ type: TypeName) {
        let tokens = Lexer.tokens(of: Array(type.name.utf8) + [0]).dropLast()
        let isPlain = tokens.allSatisfy { $0.kind == .identifier || $0.kind.isFallbackKeyword }
        let hasSingleSpaces = tokens.reduce(0) { $0 + Int($1.end - $1.start) + 1 } == type.name.utf8.count + 1
        let isBare = type.name.isEmpty || (isPlain && hasSingleSpaces)
        write(isBare ? type.name : quoted(type.name, by: "\""))
        if !type.arguments.isEmpty { write("(" + type.arguments.joined(separator: ", ") + ")") }
    }
}
