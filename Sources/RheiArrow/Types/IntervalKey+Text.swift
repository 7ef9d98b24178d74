import RheiCore

extension IntervalKey {
    /// Reads `3` with a unit, or a list such as `1 year 2 months -3 days 04:05:06`, after which `ago` may stand.
    package init?(text: String, unit: String?) {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { String($0).lowercased() }
        let isAgo = words.last == "ago"
        if isAgo { words.removeLast() }
        if let unit {
            guard words.count == 1 else { return nil }
            words.append(unit.lowercased())
        }
        if words.isEmpty { return nil }
        var parts = IntervalParts()
        var index = 0
        while index < words.count {
            if let time = Self.timeOfDay(words[index]) {
                parts.microseconds += Int128(time)
                index += 1
                continue
            }
            guard index + 1 < words.count, parts.add(words[index], words[index + 1]) else { return nil }
            index += 2
        }
        let sign: Int128 = isAgo ? -1 : 1
        self.init(exactMonths: sign * parts.months, days: sign * parts.days, microseconds: sign * parts.microseconds)
    }

    /// Reads `[-]hours:minutes[:seconds]`; the hours may be many.
    private static func timeOfDay(_ word: String) -> Int64? {
        let isNegative = word.hasPrefix("-")
        let parts = (isNegative ? String(word.dropFirst()) : word).split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hours = Int64(parts[0]), hours >= 0, hours < 2_000_000_000,
            let rest = CalendarText.timeOfDay(Array(("00:" + parts[1...].joined(separator: ":")).utf8))
        else { return nil }
        let time = hours * 3_600_000_000 + rest
        return isNegative ? -time : time
    }
}

/// The parts of an interval while it is being read.
private struct IntervalParts {
    var months: Int128 = 0
    var days: Int128 = 0
    var microseconds: Int128 = 0

    /// Adds a number of a unit; fractions of months become days, fractions of days time.
    mutating func add(_ number: String, _ unit: String) -> Bool {
        guard let millionths = Self.millionths(number) else { return false }
        let name = unit.count > 1 && unit.hasSuffix("s") ? String(unit.dropLast()) : unit
        switch name {
        case "millennium", "millennia", "mil": add(months: millionths * 12_000)
        case "century", "centurie", "c": add(months: millionths * 1_200)
        case "decade", "dec": add(months: millionths * 120)
        case "year", "yr", "y": add(months: millionths * 12)
        case "quarter": add(months: millionths * 3)
        case "month", "mon": add(months: millionths)
        case "week", "w": add(days: millionths * 7)
        case "day", "d": add(days: millionths)
        case "hour", "hr", "h": microseconds += millionths * 3_600
        case "minute", "min", "m": microseconds += millionths * 60
        case "second", "sec", "s": microseconds += millionths
        case "millisecond", "msec", "ms": microseconds += millionths / 1_000
        case "microsecond", "usec", "us": microseconds += millionths / 1_000_000
        default: return false
        }
        return true
    }

    private mutating func add(months millionths: Int128) {
        months += millionths / 1_000_000
        add(days: millionths % 1_000_000 * 30)
    }

    private mutating func add(days millionths: Int128) {
        days += millionths / 1_000_000
        microseconds += millionths % 1_000_000 * 86_400
    }

    /// A number with at most six decimals, in millionths.
    private static func millionths(_ word: String) -> Int128? {
        var digits = word[...]
        let isNegative = digits.first == "-"
        if isNegative || digits.first == "+" { digits.removeFirst() }
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard let whole = parts.first, whole.count <= 15, digits.count > 0, digits != "." else { return nil }
        let fraction = parts.count > 1 ? parts[1] : ""
        guard fraction.count <= 6, let value = Int128(whole.isEmpty ? "0" : whole),
            let part = Int128(fraction + String(repeating: "0", count: 6 - fraction.count)), value >= 0, part >= 0
        else { return nil }
        return (isNegative ? -1 : 1) * (value * 1_000_000 + part)
    }
}
