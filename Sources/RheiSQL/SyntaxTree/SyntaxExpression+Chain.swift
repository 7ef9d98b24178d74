extension SyntaxExpression {
    /// Returns the operands of a left-leaning chain such as `a OR b OR c`, in the order of the text; the expression
    /// itself if its operator is another.
    ///
    /// Chains may be a thousand operators long. Walking them this way takes no stack, recursion over `binary` would.
    package func chainOperands(of operation: BinaryOperator) -> [SyntaxExpression] {
        var operands: [SyntaxExpression] = []
        var rest = self
        while case .binary(operation, let left, let right) = rest.kind {
            operands.append(right)
            rest = left
        }
        operands.append(rest)
        operands.reverse()
        return operands
    }
}
