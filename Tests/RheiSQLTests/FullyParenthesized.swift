import RheiSQL

/// Writes expressions with parentheses around every operation, so that no precedence matters.
enum FullyParenthesized {
    static func text(of expression: SyntaxExpression) -> String {
        switch expression.kind {
        case .unary(let operation, let operand): "(\(operation.rawValue) \(text(of: operand)))"
        case .binary(let operation, let left, let right): "(\(text(of: left)) \(operation.rawValue) \(text(of: right)))"
        case .isNull(let operand, let isNegated): "(\(text(of: operand)) \(isNegated ? "NOTNULL" : "ISNULL"))"
        case .pattern(let match):
            "(\(text(of: match.value)) \(match.isNegated ? "NOT " : "")\(match.operation.rawValue) "
                + text(of: match.pattern) + (match.escape.map { " ESCAPE \(text(of: $0))" } ?? "") + ")"
        case .between(let value, let low, let high, let isNegated):
            "(\(text(of: value)) \(isNegated ? "NOT " : "")BETWEEN \(text(of: low)) AND \(text(of: high)))"
        case .inSet(let value, .list(let list), let isNegated):
            "(\(text(of: value)) \(isNegated ? "NOT " : "")IN (\(list.map { text(of: $0) }.joined(separator: ", "))))"
        case .collate(let operand, let collation): "(\(text(of: operand)) COLLATE \(collation.name))"
        default: "(\(SQLPrinter.text(of: expression)))"
        }
    }
}
