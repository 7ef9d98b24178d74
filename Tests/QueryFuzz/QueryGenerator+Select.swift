import RheiTestSupport

extension QueryGenerator {
    /// A SELECT of `width` columns.
    ///
    /// - Parameters:
    ///   - scope: the sources of the queries around it.
    ///   - names: names for its columns, if it needs some.
    ///   - contents: what its columns had better hold.
    mutating func select(
        _ width: Int, _ depth: Int, _ scope: Scope, _ names: [String]?, like contents: [Content]? = nil
    ) -> Body {
        if chance(2), names == nil { return values(width) }
        let (from, sources) = self.from(scope, depth)
        let inner = scope.entering(sources)
        let isDistinct = chance(8)
        let wasAllowed = allowsInexact
        if isDistinct { allowsInexact = false }
        defer { allowsInexact = wasAllowed }
        let filter = chance(50) ? .optional(" WHERE \(expression(inner, min(depth, 2), .truth))") : "" as SQLNode
        let grouping = grouping(inner)
        var items: [SQLNode] = []
        var found: [Content] = []
        var exactness: [FuzzValue.Exactness] = []
        for position in 0..<width {
            let (item, content, exact) =
                switch grouping {
                case .none: plainItem(inner, depth, contents?[position])
                case .keys(let keys): groupedItem(inner, keys)
                }
            items.append(names.map { "\(item) AS \($0[position])" } ?? item)
            found.append(content)
            exactness.append(exact)
        }
        var node: SQLNode =
            "SELECT \(isDistinct ? .optional("DISTINCT ") : "" as SQLNode)\(.list(items)) FROM \(from)\(filter)"
        if case .keys(let keys) = grouping {
            if !keys.isEmpty {
                let terms = keys.map { key -> SQLNode in
                    let position = items.firstIndex { $0.text == key.text }
                    guard let position, chance(20) else { return key }
                    return "\(position + 1)"
                }
                node = "\(node) GROUP BY \(.list(terms))"
            }
            if chance(keys.isEmpty ? 4 : 20) {
                node = "\(node)\(.optional(" HAVING \(groupExpression(inner, keys, 1, .truth))"))"
            }
        }
        return Body(node: node, contents: found, exactness: exactness)
    }

    private mutating func values(_ width: Int) -> Body {
        let rows = (0..<random.pick([1, 2, 3])).map { _ in
            "(\(.list((0..<width).map { _ in expression(Scope(), 1, .any) }, minimum: width)))" as SQLNode
        }
        return Body(
            node: "VALUES \(.list(rows))", contents: [Content](repeating: .mixed, count: width),
            exactness: [FuzzValue.Exactness](repeating: .exact, count: width))
    }

    private enum Grouping {
        case none
        case keys([SQLNode])
    }

    private mutating func grouping(_ scope: Scope) -> Grouping {
        switch random.below(100) {
        case 0..<20:
            var keys = (0..<random.pick([1, 1, 2, 3])).map { _ in column(scope, .any, localOnly: true) }
            if chance(25) { keys[0] = expression(scope, 1, .any) }
            return .keys(keys)
        case 20..<36: return .keys([])
        default: return .none
        }
    }

    private mutating func plainItem(
        _ scope: Scope, _ depth: Int, _ wanted: Content?
    ) -> (SQLNode, Content, FuzzValue.Exactness) {
        if chance(12) {
            let (node, content) = window(scope)
            return (node, content, .exact)
        }
        if chance(35) {
            let source = random.pick(scope.local)
            let fitting = source.columns.filter { $0.content == wanted }
            let column = random.pick(fitting.isEmpty ? source.columns : fitting)
            return ("\(source.alias).\(column.name)", column.content, .exact)
        }
        if chance(12) { return (exactNumber(scope, 2), .integers, .exact) }
        let kind: Wanted = wanted.map { $0.isText ? .text : $0.isNumber ? .number : .any } ?? .any
        return (expression(scope, depth, kind), .mixed, .exact)
    }

    private mutating func groupedItem(
        _ scope: Scope, _ keys: [SQLNode]
    ) -> (SQLNode, Content, FuzzValue.Exactness) {
        if chance(40), let key = keys.randomElement(using: &random) { return (key, .mixed, .exact) }
        if allowsInexact, chance(20) { return inexactAggregate(scope) }
        if chance(10) { return (groupWindow(scope, keys), .integers, .exact) }
        if chance(25) { return (groupExpression(scope, keys, 2, .any), .mixed, .exact) }
        let (node, content) = aggregate(scope)
        return (node, content, .exact)
    }

    /// An expression over group keys and aggregates.
    mutating func groupExpression(_ scope: Scope, _ keys: [SQLNode], _ depth: Int, _ wanted: Wanted) -> SQLNode {
        if depth <= 0 {
            if chance(30), let key = keys.randomElement(using: &random) { return key }
            return chance(80) ? aggregate(scope).0 : literal(.any)
        }
        let left = groupExpression(scope, keys, depth - 1, .any)
        let right = groupExpression(scope, keys, depth - 1, .any)
        if wanted == .truth || chance(25) {
            return .expression("(\(left) \(random.pick(["=", "<", ">", "<>", ">=", "IS", "IS NOT"])) \(right))")
        }
        switch random.below(6) {
        case 0: return .expression("coalesce(\(left), \(right))")
        case 1: return .expression("CASE WHEN \(left) > 1 THEN \(left) ELSE \(right) END")
        case 2: return .expression("(\(left) || \(right))")
        case 3: return .expression("typeof(\(left))")
        default: return .expression("(\(left) \(random.pick(["+", "-", "*", "/", "%"])) \(right))")
        }
    }

    // MARK: - Aggregates

    private mutating func aggregateFilter(_ scope: Scope) -> SQLNode {
        chance(10) ? .optional(" FILTER (WHERE \(expression(Scope(levels: [scope.local]), 1, .truth)))") : ""
    }

    /// An aggregate whose value does not depend on the order of its rows.
    mutating func aggregate(_ scope: Scope) -> (SQLNode, Content) {
        let filter = aggregateFilter(scope)
        let distinct = chance(15) ? "DISTINCT " : ""
        let local = Scope(levels: [scope.local])
        switch random.below(100) {
        case 0..<22: return (.expression("count(*)\(filter)"), .integers)
        case 22..<35:
            return (.expression("count(\(distinct)\(expression(local, 1, .any)))\(filter)"), .integers)
        case 35..<60:
            let name = random.pick(["sum", "sum", "avg", "total"])
            return (
                .expression("\(name)(\(distinct)\(exactNumber(local, 1)))\(filter)"),
                name == "avg" ? .mixed : .quarters
            )
        case 60..<64:
            let separator = random.pick(["", ", '-'", ", ''"])
            return (.expression("length(hex(group_concat(\(column(local, .text))\(separator))))"), .integers)
        case 64..<66:
            return (.expression("json_array_length(json_group_array(\(column(local, .number))))"), .integers)
        default:
            let argument = chance(75) ? column(local, .any) : expression(local, 1, .any)
            return (
                .expression("\(random.pick(["min", "max"]))(\(chance(5) ? distinct : "")\(argument))\(filter)"), .mixed
            )
        }
    }

    /// An aggregate that is compared with tolerance, so that it may only be a result.
    private mutating func inexactAggregate(_ scope: Scope) -> (SQLNode, Content, FuzzValue.Exactness) {
        let local = Scope(levels: [scope.local])
        let filter = aggregateFilter(scope)
        switch random.below(4) {
        case 0:
            let argument = chance(60) ? column(local, .text) : expression(local, 1, .any)
            let separator = random.pick(["", ", '; '", ", ''"])
            return (.expression("group_concat(\(argument)\(separator))\(filter)"), .mixed, .pieces)
        case 1:
            return (.expression("json_group_array(\(column(local, .number)))\(filter)"), .mixed, .pieces)
        default:
            let decimals = scope.local.flatMap { source in
                source.columns.filter { $0.content == .decimals }.map { "\(source.alias).\($0.name)" }
            }
            let name = random.pick(["sum", "avg", "total"])
            if let column = decimals.randomElement(using: &random) {
                return (.expression("\(name)(\(column))\(filter)"), .mixed, .sum)
            }
            return (.expression("\(name)(\(expression(local, 1, .number)))\(filter)"), .mixed, .wildSum)
        }
    }

    /// A number that is exact in binary, so that sums of it are the same in any order.
    mutating func exactNumber(_ scope: Scope, _ depth: Int) -> SQLNode {
        let columns = scope.levels.flatMap(\.self).flatMap { source in
            source.columns.filter(\.content.isSummable).map { "\(source.alias).\($0.name)" }
        }
        if depth <= 0 || chance(40) {
            guard let column = columns.randomElement(using: &random), chance(80) else {
                return "\(ValueSource.literal(random.pick([.integers, .quarters]), &random))"
            }
            return "\(column)"
        }
        let left = exactNumber(scope, depth - 1)
        switch random.below(8) {
        case 0..<4: return .expression("(\(left) \(random.pick(["+", "-", "*"])) \(exactNumber(scope, depth - 1)))")
        case 4: return .expression("coalesce(\(left), 0)")
        case 5: return .expression("abs(\(left))")
        case 6: return .expression("(\(left) IS NULL)")
        default:
            return .expression(
                "CASE WHEN \(expression(scope, 1, .truth)) THEN \(left) ELSE \(exactNumber(scope, depth - 1)) END")
        }
    }
}
