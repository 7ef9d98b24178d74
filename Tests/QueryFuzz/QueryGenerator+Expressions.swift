import RheiTestSupport

extension QueryGenerator {
    /// What an expression had better be; nothing else is promised.
    enum Wanted: CaseIterable {
        case any, number, text, truth
    }

    // MARK: - Leaves

    /// A column in scope, mostly one that holds what is wanted.
    mutating func column(_ scope: Scope, _ wanted: Wanted, localOnly: Bool = false) -> SQLNode {
        var sources = scope.local
        if sources.isEmpty || (!localOnly && scope.isCorrelated && chance(35)) {
            sources = scope.levels.dropLast().flatMap(\.self)
        }
        guard !sources.isEmpty else { return literal(wanted) }
        var columns = sources.flatMap { source in source.columns.map { (source.alias, $0) } }
        if chance(85) {
            let fitting = columns.filter { _, column in
                switch wanted {
                case .any: true
                case .number: column.content.isNumber
                case .text: column.content.isText
                case .truth: column.content == .flags || column.content == .integers
                }
            }
            if !fitting.isEmpty { columns = fitting }
        }
        let (alias, column) = random.pick(columns)
        return .expression("\(alias).\(chance(2) ? "\"\(column.name)\"" : column.name)")
    }

    mutating func literal(_ wanted: Wanted) -> SQLNode {
        if chance(6) { return "NULL" }
        let contents: [Content] =
            switch wanted {
            case .number: [.integers, .integers, .quarters, .decimals]
            case .text: [.words, .words, .numberTexts, .oddTexts]
            case .truth: [.flags]
            case .any: [.integers, .integers, .words, .quarters, .mixed]
            }
        if chance(2) {
            return "\(random.pick(["TRUE", "FALSE", "0x10", "1e3", ".5", "0xFFFFFFFFFFFFFFFF", "00012", "5."]))"
        }
        return "\(ValueSource.literal(random.pick(contents), &random))"
    }

    private mutating func leaf(_ scope: Scope, _ wanted: Wanted) -> SQLNode {
        chance(70) ? column(scope, wanted) : .expression(literal(wanted))
    }

    // MARK: - Expressions

    mutating func expression(_ scope: Scope, _ depth: Int, _ wanted: Wanted) -> SQLNode {
        if depth <= 0 { return leaf(scope, wanted) }
        // A quarter of all expressions stand where their type is not what one expects.
        let kind = chance(25) ? random.pick(Wanted.allCases) : wanted
        switch kind {
        case .any:
            return chance(25) ? leaf(scope, .any) : expression(scope, depth, random.pick([.number, .text, .truth]))
        case .number: return .expression(number(scope, depth))
        case .text: return .expression(text(scope, depth))
        case .truth: return .expression(truth(scope, depth))
        }
    }

    private mutating func number(_ scope: Scope, _ depth: Int) -> SQLNode {
        func operand() -> SQLNode { expression(scope, depth - 1, .number) }
        switch random.below(100) {
        case 0..<12: return column(scope, .number)
        case 12..<42:
            let operation = random.pick(["+", "+", "-", "-", "*", "*", "/", "%"])
            return "(\(operand()) \(operation) \(operand()))"
        case 42..<47: return "(\(operand()) \(random.pick(["&", "|", "<<", ">>"])) \(operand()))"
        case 47..<51: return "(\(random.pick(["- ", "+", "~"]))\(operand()))"
        case 51..<58: return conditional(scope, depth, .number)
        case 58..<63: return "CAST(\(expression(scope, depth - 1, .any)) AS \(castType(isNumber: true)))"
        case 63..<66 where depth > 1 && scope.levels.count < 4: return scalarSubquery(scope, depth)
        case 66..<70: return "(\(expression(scope, depth - 1, .truth)))"
        default: return numberCall(scope, depth)
        }
    }

    private mutating func text(_ scope: Scope, _ depth: Int) -> SQLNode {
        func operand() -> SQLNode { expression(scope, depth - 1, .text) }
        switch random.below(100) {
        case 0..<18: return column(scope, .text)
        case 18..<34: return "(\(operand()) || \(expression(scope, depth - 1, .any)))"
        case 34..<42: return conditional(scope, depth, .text)
        case 42..<47: return "CAST(\(expression(scope, depth - 1, .any)) AS \(castType(isNumber: false)))"
        case 47..<49: return "(\(operand()) COLLATE \(random.pick(["NOCASE", "BINARY", "RTRIM"])))"
        case 49..<52 where depth > 1 && scope.levels.count < 4: return scalarSubquery(scope, depth)
        default: return textCall(scope, depth)
        }
    }

    private mutating func castType(isNumber: Bool) -> String {
        isNumber
            ? random.pick(["INTEGER", "INTEGER", "REAL", "NUMERIC", "INT", "DOUBLE", "FLOAT", "DECIMAL"])
            : random.pick(["TEXT", "TEXT", "BLOB", "VARCHAR(3)", "CHAR", "NONE"])
    }

    private mutating func conditional(_ scope: Scope, _ depth: Int, _ wanted: Wanted) -> SQLNode {
        func value() -> SQLNode { expression(scope, depth - 1, wanted) }
        switch random.below(6) {
        case 0: return "coalesce(\(value()), \(value())\(chance(30) ? ", \(value())" : "" as SQLNode))"
        case 1: return "\(random.pick(["ifnull", "nullif"]))(\(value()), \(value()))"
        case 2: return "iif(\(expression(scope, depth - 1, .truth)), \(value()), \(value()))"
        case 3:
            let cases = (0..<random.pick([1, 1, 2, 3])).map { _ in
                "WHEN \(leaf(scope, wanted)) THEN \(value())" as SQLNode
            }
            return "CASE \(leaf(scope, wanted)) \(.list(cases, separator: " "))\(otherwise(scope, depth, wanted)) END"
        default:
            let cases = (0..<random.pick([1, 1, 2, 3])).map { _ in
                "WHEN \(expression(scope, depth - 1, .truth)) THEN \(value())" as SQLNode
            }
            return "CASE \(.list(cases, separator: " "))\(otherwise(scope, depth, wanted)) END"
        }
    }

    private mutating func otherwise(_ scope: Scope, _ depth: Int, _ wanted: Wanted) -> SQLNode {
        chance(65) ? .optional(" ELSE \(expression(scope, depth - 1, wanted))") : ""
    }

    // MARK: - Conditions

    private mutating func truth(_ scope: Scope, _ depth: Int) -> SQLNode {
        let side = random.pick([Wanted.number, .number, .text, .any])
        func operand() -> SQLNode { expression(scope, depth - 1, side) }
        func condition() -> SQLNode { expression(scope, depth - 1, .truth) }
        let not = chance(25) ? "NOT " : ""
        switch random.below(100) {
        case 0..<34:
            let sign = random.pick([
                "=", "=", "=", "<", ">", "<=", ">=", "<>", "==", "!=", "IS", "IS NOT", "IS NOT DISTINCT FROM",
                "IS DISTINCT FROM",
            ])
            return "(\(operand()) \(sign) \(operand()))"
        case 34..<46: return "(\(condition()) \(random.pick(["AND", "OR"])) \(condition()))"
        case 46..<49: return "(NOT \(condition()))"
        case 49..<56:
            let test = random.pick([
                "IS NULL", "IS NOT NULL", "ISNULL", "NOTNULL", "NOT NULL", "IS TRUE", "IS NOT TRUE", "IS FALSE",
                "IS NOT FALSE",
            ])
            return "(\(operand()) \(test))"
        case 56..<63: return "(\(operand()) \(not)BETWEEN \(leaf(scope, side)) AND \(leaf(scope, side)))"
        case 63..<72:
            let values = (0..<random.pick([0, 1, 2, 2, 3, 5])).map { _ in
                chance(60) ? .expression(literal(side)) : leaf(scope, side)
            }
            return "(\(operand()) \(not)IN (\(.list(values, minimum: 0))))"
        case 72..<80: return pattern(scope, depth)
        case 80..<84: return rowComparison(scope)
        case 84..<89 where depth > 1 && scope.levels.count < 4:
            return "(\(not)EXISTS (\(subquery(scope, random.pick([1, 1, 2]), depth))))"
        case 84..<94 where depth > 1 && scope.levels.count < 4:
            return "(\(leaf(scope, side)) \(not)IN (\(subquery(scope, 1, depth))))"
        case 84..<96 where depth > 1 && scope.levels.count < 4:
            return "((\(leaf(scope, side)), \(leaf(scope, .any))) \(not)IN (\(subquery(scope, 2, depth))))"
        default: return "(\(column(scope, .truth)) \(random.pick(["=", ">", "<"])) \(literal(.number)))"
        }
    }

    private mutating func pattern(_ scope: Scope, _ depth: Int) -> SQLNode {
        let negation = random.pick(["", "", "NOT "])
        let operand = expression(scope, depth - 1, .text)
        if chance(12) { return "(\(operand) \(negation)\(random.pick(["LIKE", "GLOB"])) \(leaf(scope, .text)))" }
        if chance(65) {
            let pattern = random.pick([
                "'a%'", "'%a'", "'%b%'", "'_'", "'A_'", "'%'", "''", "'%1%'", "'a\\%b'", "'%\\_%'", "'%%'", "'__'",
                "'É%'",
                "'%.%'", "'abc%mnop'", "'%jkl%'", "'1%'", "'-%'", "'2024-%'", "'%c'", "'a%b%c'", "'_b%'",
            ])
            let escape = chance(20) ? .optional(" ESCAPE \(random.pick(["'\\'", "'%'", "'_'", "'a'"]))") : "" as SQLNode
            return "(\(operand) \(negation)LIKE \(pattern)\(escape))"
        }
        let pattern = random.pick([
            "'*'", "'?'", "'a*'", "'*b*'", "'[a-c]*'", "'[^a]*'", "'[]]'", "'['", "'a['", "'a[-'", "'[!a]'", "'?*'",
            "'*?'",
            "'[a]'", "'A*'", "'*[0-9]*'", "'[^0-9]'", "''",
        ])
        return "(\(operand) \(negation)GLOB \(pattern))"
    }

    private mutating func rowComparison(_ scope: Scope) -> SQLNode {
        let count = random.pick([2, 2, 3])
        let kinds = (0..<count).map { _ in random.pick([Wanted.number, .text, .any]) }
        func row() -> SQLNode { "(\(.list(kinds.map { leaf(scope, $0) }, minimum: count)))" }
        switch random.below(8) {
        case 0: return "(\(row()) \(random.pick(["", "NOT "]))IN (VALUES \(row()), \(row())))"
        case 1: return "(\(row()) BETWEEN \(row()) AND \(row()))"
        default: return "(\(row()) \(random.pick(["=", "<", ">", "<=", ">=", "<>", "IS", "IS NOT"])) \(row()))"
        }
    }

    // MARK: - Subqueries

    /// A query for EXISTS and IN.
    private mutating func subquery(_ scope: Scope, _ width: Int, _ depth: Int) -> SQLNode {
        let wasAllowed = allowsInexact
        allowsInexact = false
        defer { allowsInexact = wasAllowed }
        if chance(8) { return compound(width, depth - 1, scope, nil).node }
        return select(width, depth - 1, scope, nil).node
    }

    /// A query of one row and one column: an aggregate, or the first row of a complete order.
    private mutating func scalarSubquery(_ scope: Scope, _ depth: Int) -> SQLNode {
        let wasAllowed = allowsInexact
        allowsInexact = false
        defer { allowsInexact = wasAllowed }
        if chance(60) {
            let (from, sources) = self.from(scope, depth - 1)
            let inner = scope.entering(sources)
            let filter =
                chance(70) ? .optional(" WHERE \(expression(inner, depth - 1, .truth))") : "" as SQLNode
            let item = chance(75) ? aggregate(inner).0 : groupExpression(inner, [], 1, .any)
            return "(SELECT \(item) FROM \(from)\(filter))"
        }
        let (node, source) = self.source(scope, depth - 1)
        let inner = scope.entering([source])
        let filter = chance(70) ? .optional(" WHERE \(expression(inner, depth - 1, .truth))") : "" as SQLNode
        let order = source.orderTerms.map { $0 + random.pick(["", "", " DESC"]) }.joined(separator: ", ")
        let limit = random.pick([" LIMIT 1", " LIMIT 1", "", " LIMIT 1 OFFSET 1"])
        return "(SELECT \(expression(inner, 1, .any)) FROM \(node)\(filter) ORDER BY \(order)\(limit))"
    }
}
