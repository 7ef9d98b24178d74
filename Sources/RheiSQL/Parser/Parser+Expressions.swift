import RheiCore

/// Operators: precedence climbing over the operators of SQLite's grammar.
extension Parser {
    /// Levels of precedence, from weak to strong. All operators of a level lean to the left.
    enum Precedence {
        static let or = 1
        static let and = 2
        static let not = 3
        static let equality = 4
        static let comparison = 5
        static let bits = 6
        static let sum = 7
        static let product = 8
        static let concatenation = 9
        static let collate = 10
        static let sign = 11
        static let cast = 12
    }

    mutating func parseExpression() throws(EngineError) -> SyntaxExpression {
        try parseExpression(above: Precedence.or)
    }

    /// Parses the longest expression whose operators have at least the precedence `minimum`.
    ///
    /// A prefix operator may begin any operand and then takes operands by its own precedence, so that
    /// `1 + NOT 2 = 3` is `1 + (NOT (2 = 3))`, as SQLite's table-driven parser reads it.
    mutating func parseExpression(above minimum: Int) throws(EngineError) -> SyntaxExpression {
        try enter()
        let start = self.start
        var left = try parsePrefix()
        while try parseSuffix(of: &left, from: start, above: minimum) {}
        depth -= 1
        return left
    }

    /// Parses one operator with its right operand, if one of sufficient precedence follows.
    private mutating func parseSuffix(
        of left: inout SyntaxExpression, from start: Int, above minimum: Int
    ) throws(EngineError) -> Bool {
        if try parseNestedAccess(of: &left, from: start) { return true }
        if let (operation, precedence) = Self.binaryOperator(kind) {
            guard precedence >= minimum else { return false }
            let leftHeight = height
            advance()
            let right = try parseExpression(above: precedence + 1)
            try setHeight(above: max(leftHeight, height))
            left = SyntaxExpression(.binary(operation, left, right), range: range(from: start))
            return true
        }
        switch kind {
        case .is, .isNull, .notNull, .not, .like, .glob, .regexp, .match, .between, .in:
            guard Precedence.equality >= minimum else { return false }
            return try parseEqualityLevel(of: &left, from: start)
        case .collate:
            guard Precedence.collate >= minimum else { return false }
            advance()
            let collation = try parseIdentifierOrString("a collation")
            try setHeight(above: height)
            left = SyntaxExpression(.collate(left, collation), range: range(from: start))
            return true
        case .doubleColon:
            advance()
            let leftHeight = height
            let type = try parseShortTypeName()
            try setHeight(above: leftHeight)
            left = SyntaxExpression(.cast(left, type), range: range(from: start))
            return true
        default:
            let isPattern = (isWord("similar") && peek() == .to) || (isWord("ilike") && beginsExpression(at: 1))
            guard isPattern, Precedence.equality >= minimum else { return false }
            return try parseEqualityLevel(of: &left, from: start)
        }
    }

    /// The binary operators that are one token and take any expression.
    private static func binaryOperator(_ kind: TokenKind) -> (BinaryOperator, Int)? {
        switch kind {
        case .or: (.or, Precedence.or)
        case .and: (.and, Precedence.and)
        case .equals: (.equal, Precedence.equality)
        case .notEquals: (.notEqual, Precedence.equality)
        case .less: (.less, Precedence.comparison)
        case .lessOrEqual: (.lessOrEqual, Precedence.comparison)
        case .greater: (.greater, Precedence.comparison)
        case .greaterOrEqual: (.greaterOrEqual, Precedence.comparison)
        case .ampersand: (.bitwiseAnd, Precedence.bits)
        case .pipe: (.bitwiseOr, Precedence.bits)
        case .shiftLeft: (.shiftLeft, Precedence.bits)
        case .shiftRight: (.shiftRight, Precedence.bits)
        case .plus: (.add, Precedence.sum)
        case .minus: (.subtract, Precedence.sum)
        case .star: (.multiply, Precedence.product)
        case .slash: (.divide, Precedence.product)
        case .percent: (.remainder, Precedence.product)
        case .concatenate: (.concatenate, Precedence.concatenation)
        case .arrow: (.jsonExtract, Precedence.concatenation)
        case .doubleArrow: (.jsonExtractText, Precedence.concatenation)
        default: nil
        }
    }

    // MARK: Prefix operators

    private mutating func parsePrefix() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        let operation: UnaryOperator
        switch kind {
        case .not: operation = .not
        case .minus: operation = .minus
        case .plus: operation = .plus
        case .tilde: operation = .bitwiseNot
        default: return try parsePrimary()
        }
        advance()
        let operand = try parseExpression(above: operation == .not ? Precedence.not : Precedence.sign)
        try setHeight(above: height)
        if operation == .minus, let folded = try negatedInteger(operand, from: start) { return folded }
        return SyntaxExpression(.unary(operation, operand), range: range(from: start))
    }

    /// Makes the smallest integer of `-9223372036854775808`, whose digits alone are too large for an integer.
    private func negatedInteger(_ operand: SyntaxExpression, from start: Int) throws(EngineError) -> SyntaxExpression? {
        switch operand.kind {
        case .literal(.real) where isSmallestIntegerMagnitude(operand.range):
            return SyntaxExpression(.literal(.integer(.min)), range: range(from: start))
        case .literal(.integer(.min)) where bytes[operand.range.lowerBound] == UInt8(ascii: "0"):
            throw EngineError(.syntax, "the hexadecimal literal is too large to negate", at: range(from: start))
        default:
            return nil
        }
    }

    // MARK: IS, LIKE, BETWEEN, IN

    /// Parses one operator of the precedence of `=` that is not a plain binary one.
    ///
    /// - Returns: false if `NOT` follows that belongs to none of them.
    private mutating func parseEqualityLevel(
        of left: inout SyntaxExpression, from start: Int
    ) throws(EngineError) -> Bool {
        let leftHeight = height
        var isNegated = false
        if kind == .not {
            switch peek() {
            case .null, .like, .glob, .regexp, .match, .between, .in: break
            case .identifier where isWord("ilike", at: 1): break
            default: guard peek().isName, peek(2) == .to else { return false }
            }
            advance()
            if kind.isName, peek() == .to, !isWord("similar") { throw unexpected("SIMILAR TO") }
            isNegated = true
        }
        let result: SyntaxExpression.Kind
        switch kind {
        case .is: result = try parseIs(left)
        case .isNull: result = parseNullTest(left, isNegated: false)
        case .notNull: result = parseNullTest(left, isNegated: true)
        case .null: result = parseNullTest(left, isNegated: true)
        case .between: result = try parseBetween(left, isNegated: isNegated)
        case .in: result = try parseIn(left, isNegated: isNegated)
        default: result = try parsePattern(left, isNegated: isNegated)
        }
        try setHeight(above: max(leftHeight, height))
        left = SyntaxExpression(result, range: range(from: start))
        return true
    }

    private mutating func parseNullTest(_ left: SyntaxExpression, isNegated: Bool) -> SyntaxExpression.Kind {
        advance()
        return .isNull(left, isNegated: isNegated)
    }

    private mutating func parseIs(_ left: SyntaxExpression) throws(EngineError) -> SyntaxExpression.Kind {
        advance()
        var isNegated = accept(.not)
        if accept(.distinct) {
            try expect(.from, "FROM")
            isNegated.toggle()
        }
        let right = try parseExpression(above: Precedence.equality + 1)
        if case .literal(.null) = right.kind { return .isNull(left, isNegated: isNegated) }
        return .binary(isNegated ? .isNot : .is, left, right)
    }

    private mutating func parsePattern(
        _ left: SyntaxExpression, isNegated: Bool
    ) throws(EngineError) -> SyntaxExpression.Kind {
        let operation: PatternOperator =
            switch kind {
            case .like: .like
            case .glob: .glob
            case .regexp: .regexp
            case .match: .match
            default: isWord("ilike") ? .insensitiveLike : .similar
            }
        advance()
        if operation == .similar { advance() }
        let pattern = try parseExpression(above: Precedence.equality + 1)
        var escape: SyntaxExpression?
        if accept(.escape) {
            let patternHeight = height
            escape = try parseExpression(above: Precedence.equality + 1)
            height = max(height, patternHeight)
        }
        return .pattern(
            PatternMatch(operation: operation, isNegated: isNegated, value: left, pattern: pattern, escape: escape))
    }

    private mutating func parseBetween(
        _ left: SyntaxExpression, isNegated: Bool
    ) throws(EngineError) -> SyntaxExpression.Kind {
        advance()
        let low = try parseExpression(above: Precedence.not)
        let lowHeight = height
        try expect(.and, "AND")
        let high = try parseExpression(above: Precedence.equality + 1)
        height = max(height, lowHeight)
        return .between(left, low: low, high: high, isNegated: isNegated)
    }

    private mutating func parseIn(
        _ left: SyntaxExpression, isNegated: Bool
    ) throws(EngineError) -> SyntaxExpression.Kind {
        advance()
        try enter(cost: 2)
        let source: InSource
        if accept(.leftParenthesis) {
            if kind.beginsSelect {
                source = .select(try parseSubselect())
            } else {
                source = .list(try parseExpressionList(until: .rightParenthesis))
            }
            try expect(.rightParenthesis, "\")\"")
        } else {
            let name = try parseQualifiedName("\"(\" or a table name")
            height = 0
            if accept(.leftParenthesis) {
                source = .function(name, arguments: try parseExpressionList(until: .rightParenthesis))
                try expect(.rightParenthesis, "\")\"")
            } else {
                source = .table(name)
            }
        }
        depth -= 2
        return .inSet(left, source, isNegated: isNegated)
    }

    // MARK: Lists and subqueries

    /// Parses expressions separated by commas, none if `terminator` follows; `height` becomes that of the tallest.
    mutating func parseExpressionList(until terminator: TokenKind) throws(EngineError) -> [SyntaxExpression] {
        height = 0
        if kind == terminator { return [] }
        return try parseExpressionList()
    }

    /// Parses one or more expressions separated by commas; `height` becomes that of the tallest.
    mutating func parseExpressionList() throws(EngineError) -> [SyntaxExpression] {
        var expressions: [SyntaxExpression] = []
        var tallest = 0
        repeat {
            expressions.append(try parseExpression())
            tallest = max(tallest, height)
        } while accept(.comma)
        height = tallest
        return expressions
    }

    /// Parses a query inside an expression; `height` becomes that of its tallest expression.
    mutating func parseSubselect() throws(EngineError) -> SelectStatement {
        let outer = deepestHeight
        deepestHeight = 0
        let select = try parseSelect()
        height = deepestHeight
        deepestHeight = max(outer, height)
        return select
    }
}
