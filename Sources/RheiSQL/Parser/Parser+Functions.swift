import RheiCore

/// Function calls and windows.
extension Parser {
    mutating func parseFunctionCall() throws(EngineError) -> SyntaxExpression {
        let start = self.start
        try enter(cost: 2)
        var call = FunctionCall(name: takeIdentifier())
        advance()
        var tallest = try parseArguments(of: &call)
        try expect(.rightParenthesis, call.isStar ? "\")\"" : "\",\" or \")\"")
        if isWord("within"), peek() == .group {
            advance()
            advance()
            try expect(.leftParenthesis, "\"(\"")
            call.withinGroup = try parseOptionalOrderBy()
            guard !call.withinGroup.isEmpty else { throw unexpected("ORDER BY") }
            tallest = max(tallest, height)
            try expect(.rightParenthesis, "\")\"")
        }
        if peek() == .nulls, kind == .ignore || isWord("respect") {
            call.nullTreatment = kind == .ignore ? .ignoreNulls : .respectNulls
            advance()
            advance()
        }
        if accept(.filter) {
            try expect(.leftParenthesis, "\"(\"")
            try expect(.where, "WHERE")
            call.filter = try parseExpression()
            tallest = max(tallest, height)
            try expect(.rightParenthesis, "\")\"")
        }
        if accept(.over) {
            call.over = try parseWindowReference()
            tallest = max(tallest, height)
        }
        try setHeight(above: tallest)
        depth -= 2
        return SyntaxExpression(.function(call), range: range(from: start))
    }

    /// Parses what stands in the parentheses of a call and returns the height of the tallest expression in it.
    private mutating func parseArguments(of call: inout FunctionCall) throws(EngineError) -> Int {
        if accept(.star) {
            call.isStar = true
            return 0
        }
        if accept(.distinct) {
            call.isDistinct = true
        } else {
            _ = accept(.all)
        }
        if kind == .order { throw unexpected("an expression") }
        var tallest = try parseNamedArguments(of: &call)
        if call.arguments.count == 1, kind == .from, Self.isSubstring(call.name.name) {
            advance()
            call.arguments.append(try parseExpression())
            tallest = max(tallest, height)
            if accept(.for) {
                call.arguments.append(try parseExpression())
                tallest = max(tallest, height)
            }
        }
        height = 0
        call.orderBy = try parseOptionalOrderBy()
        return max(tallest, height)
    }

    /// Whether `FROM … FOR …` may stand in the call.
    private static func isSubstring(_ name: String) -> Bool {
        ["substring", "substr"].contains(name.lowercased())
    }

    private mutating func parseWindowReference() throws(EngineError) -> WindowReference {
        height = 0
        if kind == .leftParenthesis { return .specification(try parseWindowSpecification()) }
        return .named(try parseName("a window name or \"(\""))
    }

    /// Parses a window in parentheses; `height` becomes that of its tallest expression.
    mutating func parseWindowSpecification() throws(EngineError) -> WindowSpecification {
        let start = self.start
        try expect(.leftParenthesis, "\"(\"")
        var tallest = 0
        var specification = WindowSpecification(partitionBy: [], orderBy: [], range: range(from: start))
        if kind.isName, !beginsWindowPart { specification.base = takeIdentifier() }
        if accept(.partition) {
            try expect(.by, "BY")
            specification.partitionBy = try parseExpressionList()
            tallest = height
        }
        specification.orderBy = try parseOptionalOrderBy()
        tallest = max(tallest, height)
        height = 0
        specification.frame = try parseOptionalFrame()
        height = max(tallest, height)
        try expect(.rightParenthesis, specification.frame == nil ? "PARTITION BY, ORDER BY, a frame or \")\"" : "\")\"")
        specification.range = range(from: start)
        return specification
    }

    private var beginsWindowPart: Bool {
        kind == .partition || kind == .rows || kind == .range || kind == .groups
    }

    private mutating func parseOptionalFrame() throws(EngineError) -> WindowFrame? {
        let start = self.start
        let unit: WindowFrame.Unit
        switch kind {
        case .rows: unit = .rows
        case .range: unit = .range
        case .groups: unit = .groups
        default: return nil
        }
        advance()
        let isBetween = accept(.between)
        let first = try parseFrameBound(isStart: true)
        var tallest = height
        var last = WindowFrame.Bound.currentRow
        if isBetween {
            try expect(.and, "AND")
            last = try parseFrameBound(isStart: false)
            tallest = max(tallest, height)
        }
        let exclusion = try parseFrameExclusion()
        height = tallest
        guard Self.isFramePossible(from: first, to: last) else {
            throw EngineError(.syntax, "the frame ends before it starts", at: range(from: start))
        }
        return WindowFrame(unit: unit, start: first, end: last, exclusion: exclusion, range: range(from: start))
    }

    /// Whether SQLite knows frames with bounds of these kinds.
    private static func isFramePossible(from start: WindowFrame.Bound, to end: WindowFrame.Bound) -> Bool {
        switch (start, end) {
        case (.currentRow, .preceding), (.following, .preceding), (.following, .currentRow): false
        default: true
        }
    }

    private mutating func parseFrameBound(isStart: Bool) throws(EngineError) -> WindowFrame.Bound {
        height = 0
        switch kind {
        case .unbounded:
            advance()
            if isStart {
                try expect(.preceding, "PRECEDING")
                return .unboundedPreceding
            }
            try expect(.following, "FOLLOWING")
            return .unboundedFollowing
        case .current:
            advance()
            try expect(.row, "ROW")
            return .currentRow
        default:
            let offset = try parseExpression()
            if accept(.preceding) { return .preceding(offset) }
            try expect(.following, "PRECEDING or FOLLOWING")
            return .following(offset)
        }
    }

    private mutating func parseFrameExclusion() throws(EngineError) -> WindowFrame.Exclusion? {
        guard accept(.exclude) else { return nil }
        switch kind {
        case .no:
            advance()
            try expect(.others, "OTHERS")
            return .noOthers
        case .current:
            advance()
            try expect(.row, "ROW")
            return .currentRow
        case .group:
            advance()
            return .group
        case .ties:
            advance()
            return .ties
        default:
            throw unexpected("NO OTHERS, CURRENT ROW, GROUP or TIES")
        }
    }

    /// Parses `ORDER BY …` if it follows; `height` becomes that of the tallest term.
    mutating func parseOptionalOrderBy() throws(EngineError) -> [OrderingTerm] {
        height = 0
        guard accept(.order) else { return [] }
        try expect(.by, "BY")
        var terms: [OrderingTerm] = []
        var tallest = 0
        repeat {
            let expression = try parseExpression()
            tallest = max(tallest, height)
            var term = OrderingTerm(expression)
            try parseDirection(of: &term)
            terms.append(term)
        } while accept(.comma)
        height = tallest
        return terms
    }

    /// Parses what may follow the expression of an ordering term.
    mutating func parseDirection(of term: inout OrderingTerm) throws(EngineError) {
        if accept(.desc) { term.isDescending = true } else { _ = accept(.asc) }
        guard accept(.nulls) else { return }
        guard kind == .first || kind == .last else { throw unexpected("FIRST or LAST") }
        term.nulls = kind == .first ? .first : .last
        advance()
    }
}
