import RheiTestSupport

extension QueryGenerator {
    /// A call of a function that mostly gives numbers.
    mutating func numberCall(_ scope: Scope, _ depth: Int) -> SQLNode {
        func number() -> SQLNode { expression(scope, depth - 1, .number) }
        func text() -> SQLNode { expression(scope, depth - 1, .text) }
        switch random.below(100) {
        case 0..<10: return "abs(\(number()))"
        case 10..<18: return "round(\(number())\(random.pick(["", ", 0", ", 1", ", 2", ", -1", ", 30"])))"
        case 18..<26: return "\(random.pick(["sign", "floor", "ceil", "ceiling", "trunc"]))(\(number()))"
        case 26..<33: return "\(random.pick(["min", "max"]))(\(number()), \(number()))"
        case 33..<35: return "\(random.pick(["min", "max"]))(\(number()), \(number()), \(text()))"
        case 35..<45: return "length(\(text()))"
        case 45..<50: return "instr(\(text()), \(expression(scope, 0, .text)))"
        case 50..<54: return "unicode(\(text()))"
        case 54..<58: return "\(random.pick(["mod", "pow", "power"]))(\(number()), \(number()))"
        case 58..<66:
            let name = random.pick([
                "sqrt", "exp", "ln", "log", "log10", "log2", "sin", "cos", "tan", "asin", "atan", "degrees", "radians",
                "tanh", "acosh",
            ])
            return "\(name)(\(number()))"
        case 66..<68: return "\(random.pick(["log", "atan2"]))(\(number()), \(number()))"
        case 68..<70: return "\(random.pick(["likely", "unlikely"]))(\(number()))"
        case 70..<78: return "\(random.pick(["julianday", "unixepoch"]))(\(moment(scope)))"
        case 78..<84:
            let part = random.pick(["%Y", "%m", "%d", "%H", "%j", "%w", "%s", "%W"])
            return "CAST(strftime('\(part)', \(moment(scope))) AS INTEGER)"
        case 84..<88: return "json_array_length(\(document(scope))\(random.pick(["", ", '$.b'", ", '$[0]'"])))"
        case 88..<91: return "json_valid(\(chance(50) ? text() : document(scope)))"
        case 91..<95: return "(\(document(scope)) ->> \(random.pick(["'$.a'", "'a'", "0", "'$[1]'", "1"])))"
        default: return "(\(number()) \(random.pick(["+", "-"])) \(number()))"
        }
    }

    /// A call of a function that mostly gives text.
    mutating func textCall(_ scope: Scope, _ depth: Int) -> SQLNode {
        func number() -> SQLNode { expression(scope, depth - 1, .number) }
        func text() -> SQLNode { expression(scope, depth - 1, .text) }
        func any() -> SQLNode { expression(scope, depth - 1, .any) }
        func position() -> SQLNode { chance(85) ? "\(random.pick([-5, -2, -1, 0, 1, 2, 3, 100]))" : number() }
        switch random.below(100) {
        case 0..<12: return "\(random.pick(["lower", "upper"]))(\(text()))"
        case 12..<22: return "\(random.pick(["trim", "ltrim", "rtrim"]))(\(text()))"
        case 22..<26: return "\(random.pick(["trim", "ltrim", "rtrim"]))(\(text()), \(expression(scope, 0, .text)))"
        case 26..<34: return "substr(\(text()), \(position()))"
        case 34..<44: return "\(random.pick(["substr", "substring"]))(\(text()), \(position()), \(position()))"
        case 44..<51: return "replace(\(text()), \(expression(scope, 0, .text)), \(expression(scope, 0, .text)))"
        case 51..<57: return "typeof(\(any()))"
        case 57..<62: return "quote(\(any()))"
        case 62..<66: return "hex(\(any()))"
        case 66..<68: return "char(\(random.pick(["65", "97", "233", "28450", "128512", "49, 50", "32, 97"])))"
        case 68..<70: return "\(random.pick(["min", "max"]))(\(text()), \(text()))"
        case 70..<77: return printf(scope, depth)
        case 77..<84: return "\(random.pick(["date", "time", "datetime"]))(\(moment(scope)))"
        case 84..<88:
            let format = random.pick([
                "%Y-%m", "%H:%M:%S", "%f", "%J", "%%", "%d.%m.%Y", "%q", "%s", "%Y-%m-%dT%H:%M", "%w %j",
            ])
            return "strftime('\(format)', \(moment(scope)))"
        case 88..<90: return "soundex(\(text()))"
        case 90..<91: return "zeroblob(\(random.pick([0, 1, 3])))"
        default: return documentCall(scope, depth)
        }
    }

    private mutating func printf(_ scope: Scope, _ depth: Int) -> SQLNode {
        let format =
            "%" + random.pick(["", "", "-", "0", "+", " ", ",", "#", "!"]) + random.pick(["", "", "5", "12", "1"])
            + random.pick(["", "", ".2", ".0", ".10"])
            + random.pick([
                "d", "d", "i", "u", "s", "s", "f", "f", "g", "e", "x", "X", "o", "c", "q", "Q", "w", "%", "G", "lld",
            ])
        let name = random.pick(["printf", "format"])
        let wanted: Wanted = "sqQcw".contains(format.last ?? "d") ? .text : .number
        let first = expression(scope, depth - 1, wanted)
        if chance(30) { return "\(name)('\(format)|%s', \(first), \(expression(scope, 0, .any)))" }
        return "\(name)('\(random.pick(["", "x ", ""]))\(format)', \(first))"
    }

    // MARK: - Moments

    /// The arguments of a date function: a moment, and what moves it.
    private mutating func moment(_ scope: Scope) -> SQLNode {
        let dates = scope.levels.flatMap(\.self).flatMap { source in
            source.columns.filter { $0.content == .dates }.map { "\(source.alias).\($0.name)" }
        }
        var moment: SQLNode
        if let column = dates.randomElement(using: &random), chance(70) {
            moment = "\(column)"
        } else if chance(15) {
            moment = column(scope, .any)
        } else {
            moment =
                "\(random.pick([ValueSource.literal(.dates, &random), "2460325.5", "1705312800", "0", "1e3", "-1"]))"
        }
        for _ in 0..<random.pick([0, 0, 1, 1, 2]) {
            let modifier = random.pick([
                "+1 day", "-1 month", "+1 month", "start of month", "+1 year", "weekday 0", "weekday 3", "unixepoch",
                "start of year", "start of day", "+1.5 hours", "-90 minutes", "julianday", "auto", "bogus",
                "+3.25 seconds",
                "12:00", "-12:30", "+100 days", "utc",
            ])
            // Local time is the machine's, and so is what utc means.
            moment = "\(moment)\(.optional(", '\(modifier == "utc" ? "subsec" : modifier)'"))"
        }
        return moment
    }

    // MARK: - JSON

    /// A JSON text.
    private mutating func document(_ scope: Scope) -> SQLNode {
        let columns = scope.levels.flatMap(\.self).flatMap { source in
            source.columns.filter { $0.content == .documents }.map { "\(source.alias).\($0.name)" }
        }
        if let column = columns.randomElement(using: &random), chance(75) { return "\(column)" }
        if chance(20) {
            return "json_array(\(column(scope, .number)), \(column(scope, .text)))"
        }
        return "\(ValueSource.literal(.documents, &random))"
    }

    private mutating func documentCall(_ scope: Scope, _ depth: Int) -> SQLNode {
        func path() -> String {
            random.pick([
                "'$.a'", "'$.b'", "'$.b[1]'", "'$[0]'", "'$[#-1]'", "'$.a.b[0].c'", "'$.k'", "'$'", "'$.\"a b\"'",
            ])
        }
        func value() -> SQLNode { expression(scope, depth - 1, random.pick([.number, .text])) }
        switch random.below(12) {
        case 0, 1: return "json_extract(\(document(scope)), \(path()))"
        case 2: return "json_extract(\(document(scope)), \(path()), \(path()))"
        case 3: return "json_type(\(document(scope))\(random.pick(["", ", \(path())"])))"
        case 4: return "(\(document(scope)) -> \(path()))"
        case 5: return "(\(document(scope)) ->> \(path()))"
        case 6: return "json(\(document(scope)))"
        case 7: return "json_array(\(value()), \(value()))"
        case 8: return "json_object('k', \(value()), 'l', \(value()))"
        case 9: return "json_quote(\(value()))"
        case 10:
            let name = random.pick(["json_set", "json_insert", "json_replace"])
            return "\(name)(\(document(scope)), \(random.pick(["'$.a'", "'$.z'", "'$.b[1]'", "'$[#]'"])), \(value()))"
        default:
            return chance(50)
                ? "json_remove(\(document(scope)), \(random.pick(["'$.a'", "'$[0]'", "'$.b[0]'"])))"
                : "json_patch(\(document(scope)), \(document(scope)))"
        }
    }
}
