import RheiArrow
import RheiCore

/// The types that SQLite lacks: DATE, TIME, TIMESTAMP, INTERVAL and DECIMAL. Values of them come from columns of tables
/// that declare them and from expressions that SQLite has no word for; among themselves they follow standard SQL.
extension DataType {
    static let timestamp = DataType.timestamp(.microsecond, timeZone: nil)
    static let timeOfDay = DataType.time64(.microsecond)
    static let intervalOfAll = DataType.interval(.monthDayNano)
    static let widestPrecision = 38

    /// Whether SQLite has no such type.
    var isExplicit: Bool {
        switch self {
        case .date32, .timestamp, .time64, .interval, .decimal128: true
        default: false
        }
    }

    var decimalScale: Int? {
        if case .decimal128(_, let scale) = self { return scale }
        return nil
    }

    /// The type as SQL names it.
    var sqlName: String {
        switch self {
        case .date32: "DATE"
        case .timestamp: "TIMESTAMP"
        case .time64: "TIME"
        case .interval: "INTERVAL"
        case .decimal128(let precision, let scale): "DECIMAL(\(precision),\(scale))"
        case .int64: "INTEGER"
        case .float64: "REAL"
        case .utf8View: "TEXT"
        case .binaryView: "BLOB"
        default: description
        }
    }

    /// A decimal type of at most ``widestPrecision`` digits.
    static func decimal(integerDigits: Int, scale: Int) -> DataType {
        .decimal128(precision: max(1, min(integerDigits + scale, widestPrecision)), scale: scale)
    }

    /// The type in which two decimals agree without loss.
    static func commonDecimal(_ left: DataType, _ right: DataType) -> DataType? {
        guard case .decimal128(let leftPrecision, let leftScale) = left,
            case .decimal128(let rightPrecision, let rightScale) = right
        else { return nil }
        return .decimal(
            integerDigits: max(leftPrecision - leftScale, rightPrecision - rightScale),
            scale: max(leftScale, rightScale))
    }
}

extension TimeUnit {
    /// What a value is multiplied with to give microseconds, or divided by where negative.
    var microsecondFactor: Int {
        switch self {
        case .second: 1_000_000
        case .millisecond: 1_000
        case .microsecond: 1
        case .nanosecond: -1_000
        }
    }
}

/// A constant span of time.
struct IntervalValue: Hashable, Sendable {
    var months = 0
    var days = 0
    var microseconds: Int64 = 0

    /// Reads `3` with a unit, or a list such as `1 year 2 months -3 days 04:05:06`.
    init?(_ text: String, unit: String?) {
        var words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map { String($0).lowercased() }
        if let unit {
            guard words.count == 1 else { return nil }
            words.append(unit.lowercased())
        }
        if words.isEmpty { return nil }
        var index = 0
        while index < words.count {
            if let time = CalendarText.timeOfDay(Array(words[index].utf8)) {
                guard add(microseconds: time) else { return nil }
                index += 1
                continue
            }
            guard index + 1 < words.count, let amount = Self.amount(words[index]), add(amount, words[index + 1]) else {
                return nil
            }
            index += 2
        }
    }

    /// A number with up to six decimals, in millionths.
    private static func amount(_ word: String) -> Int64? {
        guard let value = DecimalConstant(word), value.scale <= 6 else { return nil }
        return value.rescaled(to: 6).flatMap { Int64(exactly: $0.unscaled) }
    }

    /// Adds millionths of a unit; only units of time take fractions.
    private mutating func add(_ millionths: Int64, _ unit: String) -> Bool {
        let whole = Int(millionths / 1_000_000)
        let isWhole = millionths % 1_000_000 == 0
        let name = unit.hasSuffix("s") ? String(unit.dropLast()) : unit
        switch name {
        case "year" where isWhole: months += whole * 12
        case "quarter" where isWhole: months += whole * 3
        case "month" where isWhole: months += whole
        case "week" where isWhole: days += whole * 7
        case "day" where isWhole: days += whole
        case "hour": return add(millionths, timeUnit: 3_600_000_000)
        case "minute": return add(millionths, timeUnit: 60_000_000)
        case "second": return add(millionths, timeUnit: 1_000_000)
        case "millisecond": return add(millionths, timeUnit: 1_000)
        case "microsecond": return add(millionths, timeUnit: 1)
        default: return false
        }
        return true
    }

    private mutating func add(_ millionths: Int64, timeUnit: Int64) -> Bool {
        let product = Int128(millionths) * Int128(timeUnit) / 1_000_000
        guard let exact = Int64(exactly: product) else { return false }
        return add(microseconds: exact)
    }

    /// Adds a time; false where the sum grows beyond the range of timestamps.
    private mutating func add(microseconds time: Int64) -> Bool {
        let (sum, overflow) = microseconds.addingReportingOverflow(time)
        microseconds = sum
        return !overflow && sum.magnitude <= Self.longest
    }

    /// The most microseconds of an interval, some 140 000 years.
    private static let longest: UInt64 = 1 << 62

    /// The sum of two intervals; nil where it is too long.
    func adding(_ other: IntervalValue) -> IntervalValue? {
        var result = self
        result.months += other.months
        result.days += other.days
        return result.add(microseconds: other.microseconds) ? result : nil
    }

    init(months: Int, days: Int, microseconds: Int64) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }

    var negated: IntervalValue {
        IntervalValue(months: -months, days: -days, microseconds: -microseconds)
    }

    /// The parts as the literal of an interval carries them.
    var literal: Expression { .literal(.text("\(months) \(days) \(microseconds)"), .intervalOfAll) }

    /// Takes the parts from such a literal.
    init?(_ expression: Expression) {
        guard case .literal(.text(let text), .interval) = expression else { return nil }
        let parts = text.split(separator: " ").compactMap { Int64($0) }
        guard parts.count == 3 else { return nil }
        self.init(months: Int(parts[0]), days: Int(parts[1]), microseconds: parts[2])
    }
}

/// A constant number with a fixed number of decimals.
struct DecimalConstant: Hashable, Sendable {
    var unscaled: Int128
    var scale: Int

    init(unscaled: Int128, scale: Int) {
        self.unscaled = unscaled
        self.scale = scale
    }

    /// Reads digits with an optional sign and point; nil for anything else, also for an exponent.
    init?(_ text: String) {
        var value: Int128 = 0
        var scale: Int?
        var digits = 0
        var bytes = Array(text.utf8)[...]
        let isNegative = bytes.first == 0x2D
        if isNegative || bytes.first == 0x2B { bytes.removeFirst() }
        for byte in bytes {
            if byte == 0x2E, scale == nil {
                scale = 0
                continue
            }
            guard byte &- 0x30 < 10, digits < DataType.widestPrecision else { return nil }
            value = value * 10 + Int128(byte - 0x30)
            digits += 1
            scale = scale.map { $0 + 1 }
        }
        guard digits > 0 else { return nil }
        self.init(unscaled: isNegative ? -value : value, scale: scale ?? 0)
    }

    /// The same number with more decimals, or fewer, rounded half away from zero; nil when it grows too long.
    func rescaled(to newScale: Int) -> DecimalConstant? {
        var value = unscaled
        if newScale >= scale {
            for _ in scale..<newScale {
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                if overflow { return nil }
                value = product
            }
        } else {
            var divisor: Int128 = 1
            for _ in newScale..<scale { divisor *= 10 }
            let half = divisor / 2
            value = (value + (value < 0 ? -half : half)) / divisor
        }
        return DecimalConstant(unscaled: value, scale: newScale)
    }

    var type: DataType {
        var digits = 1
        var rest = unscaled.magnitude / 10
        while rest > 0 {
            rest /= 10
            digits += 1
        }
        return .decimal128(precision: min(max(digits, scale), DataType.widestPrecision), scale: scale)
    }

    /// Nil where the digits do not fit a literal.
    var literal: Expression? {
        guard let value = Int64(exactly: unscaled) else { return nil }
        return .literal(.integer(value), type)
    }

    init?(_ expression: Expression) {
        guard case .literal(.integer(let value), .decimal128(_, let scale)) = expression else { return nil }
        self.init(unscaled: Int128(value), scale: scale)
    }
}
