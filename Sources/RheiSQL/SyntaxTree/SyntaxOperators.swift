/// An operator before its operand.
package enum UnaryOperator: String, Sendable, Equatable, CaseIterable {
    case minus = "-"
    case plus = "+"
    case bitwiseNot = "~"
    case not = "NOT"
}

/// An operator between two operands; the raw value is its canonical spelling.
package enum BinaryOperator: String, Sendable, Equatable, CaseIterable {
    case or = "OR"
    case and = "AND"
    /// `=` and `==`
    case equal = "="
    /// `<>` and `!=`
    case notEqual = "<>"
    /// `IS` and `IS NOT DISTINCT FROM`
    case `is` = "IS"
    /// `IS NOT` and `IS DISTINCT FROM`
    case isNot = "IS NOT"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case bitwiseAnd = "&"
    case bitwiseOr = "|"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case concatenate = "||"
    case jsonExtract = "->"
    case jsonExtractText = "->>"
}

/// A matching operator; each is a call of the function of its name with the pattern as first argument.
package enum PatternOperator: String, Sendable, Equatable, CaseIterable {
    case like = "LIKE"
    case glob = "GLOB"
    case regexp = "REGEXP"
    /// An extension: the whole text matches a regular expression.
    case similar = "SIMILAR TO"
    case match = "MATCH"
    /// An extension: LIKE that takes upper and lower case letters of all alphabets for the same.
    case insensitiveLike = "ILIKE"
}
