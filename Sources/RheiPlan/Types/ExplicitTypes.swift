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
        case .date32, .timestamp, .time64, .interval, .decimal128, .list, .struct: true
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
        case .list(let item): item.type.sqlName + "[]"
        case .struct(let fields):
            "STRUCT("
                + fields.map { $0.name.isEmpty ? $0.type.sqlName : "\($0.name) \($0.type.sqlName)" }
                .joined(separator: ", ") + ")"
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
