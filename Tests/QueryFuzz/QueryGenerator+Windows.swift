import RheiTestSupport

extension QueryGenerator {
    /// A window function, and what it yields.
    ///
    /// Where the result depends on the place of single rows, ORDER BY tells all rows apart.
    mutating func window(_ scope: Scope) -> (SQLNode, Content) {
        let local = Scope(levels: [scope.local])
        let isTotal = chance(45)
        let (call, content) = isTotal ? placeFunction(local) : peerFunction(local)
        var parts: [SQLNode] = []
        if chance(55) {
            let keys = (0..<random.pick([1, 1, 2])).map { _ in
                chance(75) ? column(scope, .any) : expression(local, 1, .any)
            }
            parts.append(.optional("PARTITION BY \(.list(keys))"))
        }
        let total = scope.local.flatMap(\.orderTerms)
        if isTotal {
            var terms: [SQLNode] = chance(70) ? [.optional("\(orderTerm(local)), ")] : []
            let rest = total.map { $0 + random.pick(["", "", " DESC"]) }.joined(separator: ", ")
            terms.append("\(rest.isEmpty ? "1" : rest)")
            parts.append("ORDER BY \(SQLNode(parts: terms.map(SQLNode.Part.node)))")
            if chance(60) { parts.append(.optional(frame(units: ["ROWS", "ROWS", "GROUPS"], hasOffsets: true))) }
        } else if chance(70) {
            let isNumeric = chance(50)
            let numbers = scope.local.flatMap { source in
                source.columns.filter(\.content.isNumber).map { "\(source.alias).\($0.name)" }
            }
            if isNumeric, let number = numbers.randomElement(using: &random) {
                parts.append("ORDER BY \(number)\(random.pick(["", " DESC", " NULLS LAST", " DESC NULLS FIRST"]))")
                if chance(70) { parts.append(.optional(frame(units: ["RANGE", "RANGE", "GROUPS"], hasOffsets: true))) }
            } else {
                parts.append("ORDER BY \(.list((0..<random.pick([1, 1, 2])).map { _ in orderTerm(local) }))")
                if chance(60) {
                    parts.append(.optional(frame(units: ["GROUPS"], hasOffsets: true)))
                } else if chance(30) {
                    parts.append(.optional(frame(units: ["RANGE"], hasOffsets: false)))
                }
            }
        } else if chance(15) {
            parts.append(.optional(frame(units: ["RANGE", "GROUPS"], hasOffsets: false)))
        }
        return (.expression("\(call) OVER (\(.list(parts, separator: " ", minimum: 0)))"), content)
    }

    private mutating func orderTerm(_ scope: Scope) -> SQLNode {
        let operand = chance(80) ? column(scope, .any) : expression(scope, 1, .any)
        let collation = chance(4) ? " COLLATE NOCASE" : ""
        return "\(operand)\(collation)\(random.pick(["", "", " ASC", " DESC", " NULLS LAST", " DESC NULLS FIRST"]))"
    }

    /// A function whose value depends on the place of its row among others.
    private mutating func placeFunction(_ scope: Scope) -> (SQLNode, Content) {
        switch random.below(10) {
        case 0: return ("row_number()", .integers)
        case 9: return ("group_concat(\(column(scope, .text))\(random.pick(["", ", '-'"])))", .mixed)
        case 1: return ("ntile(\(random.pick([1, 2, 3, 7])))", .integers)
        case 2, 3:
            let name = random.pick(["lag", "lead"])
            let more = random.pick(["", "", ", 1", ", 2", ", 0"])
            let otherwise = more.isEmpty || chance(60) ? "" : ", \(literal(.any).text)"
            return ("\(name)(\(argument(scope))\(more)\(otherwise))", .mixed)
        case 4: return ("\(random.pick(["first_value", "last_value"]))(\(argument(scope)))", .mixed)
        case 5: return ("nth_value(\(argument(scope)), \(random.pick([1, 2, 3])))", .mixed)
        default: return peerFunction(scope)
        }
    }

    /// A function whose value is the same for all rows that ORDER BY does not tell apart.
    private mutating func peerFunction(_ scope: Scope) -> (SQLNode, Content) {
        let filter = chance(12) ? .optional(" FILTER (WHERE \(expression(scope, 1, .truth)))") : "" as SQLNode
        switch random.below(10) {
        case 0: return ("rank()", .integers)
        case 1: return ("dense_rank()", .integers)
        case 2: return ("\(random.pick(["percent_rank", "cume_dist"]))()", .mixed)
        case 3: return ("count(*)\(filter)", .integers)
        case 4: return ("count(\(argument(scope)))\(filter)", .integers)
        case 5, 6, 7:
            return ("\(random.pick(["sum", "sum", "avg", "total"]))(\(exactNumber(scope, 1)))\(filter)", .mixed)
        default: return ("\(random.pick(["min", "max"]))(\(argument(scope)))\(filter)", .mixed)
        }
    }

    private mutating func argument(_ scope: Scope) -> SQLNode {
        chance(75) ? column(scope, .any) : expression(scope, 1, .any)
    }

    private mutating func frame(units: [String], hasOffsets: Bool) -> SQLNode {
        let unit = random.pick(units)
        func offset(_ random: inout SeededGenerator) -> String {
            unit == "RANGE"
                ? random.pick(["0", "1", "2", "1.5", "10", "0.25"]) : random.pick(["0", "1", "2", "3", "9"])
        }
        let exclusion = random.pick(
            ["", "", "", " EXCLUDE GROUP", " EXCLUDE TIES", " EXCLUDE CURRENT ROW", " EXCLUDE NO OTHERS"])
        var starts = ["UNBOUNDED PRECEDING", "CURRENT ROW"]
        if hasOffsets {
            starts += ["\(offset(&random)) PRECEDING", "\(offset(&random)) PRECEDING", "\(offset(&random)) FOLLOWING"]
        }
        let start = random.pick(starts)
        if chance(20), !start.hasSuffix("FOLLOWING") { return "\(unit) \(start)\(exclusion)" }
        var ends = ["UNBOUNDED FOLLOWING"]
        if !start.hasSuffix("FOLLOWING") { ends.append("CURRENT ROW") }
        if hasOffsets {
            ends.append("\(offset(&random)) FOLLOWING")
            if start.hasSuffix("PRECEDING") { ends.append("\(offset(&random)) PRECEDING") }
        }
        return "\(unit) BETWEEN \(start) AND \(random.pick(ends))\(exclusion)"
    }

    /// A window function over groups.
    mutating func groupWindow(_ scope: Scope, _ keys: [SQLNode]) -> SQLNode {
        let function = random.pick([
            "rank()", "dense_rank()", "count(*)", "sum(count(*))", "max(count(*))", "min(count(*))",
        ])
        let partition =
            keys.isEmpty || chance(60) ? "" : .optional("PARTITION BY \(random.pick(keys)) ") as SQLNode
        let order = chance(50) ? "count(*)" : keys.randomElement(using: &random) ?? "count(*)" as SQLNode
        return .expression("\(function) OVER (\(partition)ORDER BY \(order)\(random.pick(["", " DESC"])))")
    }
}
