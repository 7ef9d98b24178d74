/// The binary operators that make a number of two numbers.
package enum ArithmeticOperation: UInt8, Sendable, CaseIterable {
    case add, subtract, multiply
    /// `/`: integers divide toward zero; null for a zero divisor.
    case divide
    /// `%`: of integers; reals are truncated first; null for a zero divisor.
    case remainder
    case bitwiseAnd, bitwiseOr, shiftLeft, shiftRight
}

package enum UnaryArithmeticOperation: UInt8, Sendable, CaseIterable {
    case negate
    /// `~`: of integers; other operands are cast to integers first.
    case bitwiseNot
}
