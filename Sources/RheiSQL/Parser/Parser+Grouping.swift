import RheiCore

/// `GROUP BY` with its extensions.
extension Parser {
    mutating func parseOptionalGroupBy() throws(EngineError) -> [GroupingElement] {
        guard accept(.group) else { return [] }
        try expect(.by, "BY")
        if accept(.all) { return [.all] }
        var elements: [GroupingElement] = []
        repeat {
            if let set = try parseOptionalGroupingSet() {
                elements.append(set)
            } else {
                elements.append(.expression(try parseExpression()))
            }
        } while accept(.comma)
        return elements
    }

    /// Parses `ROLLUP (…)`, `CUBE (…)` or `GROUPING SETS (…)` if one of them follows.
    private mutating func parseOptionalGroupingSet() throws(EngineError) -> GroupingElement? {
        if isWord("rollup"), peek() == .leftParenthesis {
            advance()
            return .rollup(try parseGroupingElements())
        }
        if isWord("cube"), peek() == .leftParenthesis {
            advance()
            return .cube(try parseGroupingElements())
        }
        if isWord("grouping"), isWord("sets", at: 1), peek(2) == .leftParenthesis {
            advance()
            advance()
            return .groupingSets(try parseGroupingElements())
        }
        return nil
    }

    private mutating func parseGroupingElements() throws(EngineError) -> [GroupingElement] {
        try enter()
        try expect(.leftParenthesis, "\"(\"")
        var elements: [GroupingElement] = []
        repeat {
            if let set = try parseOptionalGroupingSet() {
                elements.append(set)
            } else {
                elements.append(try parseGroupingOperand())
            }
        } while accept(.comma)
        try expect(.rightParenthesis, "\",\" or \")\"")
        depth -= 1
        return elements
    }

    /// Parses an expression or a set of expressions in parentheses.
    ///
    /// `(a, b)` and `()` are sets; `(a)` is the expression, which means the same.
    private mutating func parseGroupingOperand() throws(EngineError) -> GroupingElement {
        if kind == .leftParenthesis, peek() == .rightParenthesis {
            advance()
            advance()
            return .set([])
        }
        let expression = try parseExpression()
        if case .row(let elements) = expression.kind { return .set(elements) }
        return .expression(expression)
    }
}
