/// The widest floating-point type of the platform: SQLite 3.40 reads and prints reals in C's `long double`, and the
/// last digits depend on it.
#if (arch(x86_64) || arch(i386)) && !os(Windows) && !os(Android)
typealias WideReal = Float80
#else
typealias WideReal = Double
#endif

/// Whether C's `isspace` in the C locale holds; the space of SQLite's number grammar.
@inline(__always) func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

/// What SQLite finds when it reads a text as a number.
struct ScannedReal {
    enum Form {
        /// No number at the start, or an integer followed by other text.
        case notNumber
        /// A real (with point or exponent) followed by other text.
        case realPrefix
        /// Digits with an optional sign, and nothing but spaces around.
        case integer
        /// A number with point or exponent, and nothing but spaces around.
        case real
    }
    /// The value of the longest prefix that is a number, 0 without one.
    var value: Double
    var form: Form
}

/// Reads the longest prefix of `bytes` that is a decimal number, with SQLite 3.40's own rounding: at most 18 or 19
/// digits count, scaled by a power of ten in ``WideReal``.
func scanReal(_ bytes: ByteRun) -> ScannedReal {
    var reader = RealReader(bytes)
    return reader.scan()
}

private struct RealReader {
    private let bytes: ByteRun
    private var index = 0
    private var significand: Int64 = 0
    private var exponent = 0
    private var digitCount = 0

    init(_ bytes: ByteRun) { self.bytes = bytes }

    private static let significandLimit = (Int64.max - 9) / 10

    private var current: UInt8 { bytes[index] }
    private var isAtEnd: Bool { index >= bytes.count }

    mutating func scan() -> ScannedReal {
        while !isAtEnd, isSpace(current) { index += 1 }
        if isAtEnd { return ScannedReal(value: 0, form: .notNumber) }
        let isNegative = current == 0x2D
        if isNegative || current == 0x2B { index += 1 }
        readInteger()
        var partCount = 1
        var exponentIsValid = true
        if !isAtEnd, current == 0x2E {
            partCount += 1
            index += 1
            readFraction()
        }
        if !isAtEnd, current | 0x20 == 0x65 {
            partCount += 1
            index += 1
            exponentIsValid = readExponent()
        }
        while !isAtEnd, isSpace(current) { index += 1 }
        let value = scaled(isNegative)
        return ScannedReal(value: value, form: form(partCount, exponentIsValid))
    }

    private func form(_ partCount: Int, _ exponentIsValid: Bool) -> ScannedReal.Form {
        if isAtEnd, digitCount > 0, exponentIsValid { return partCount == 1 ? .integer : .real }
        if partCount >= 2, partCount == 3 || exponentIsValid, digitCount > 0 { return .realPrefix }
        return .notNumber
    }

    /// Takes digits until the significand is full; the others only raise the exponent.
    private mutating func readInteger() {
        while !isAtEnd, isDigit(current) {
            if significand >= Self.significandLimit {
                exponent += 1
            } else {
                significand = significand &* 10 &+ Int64(current &- 0x30)
                digitCount += 1
            }
            index += 1
        }
    }

    private mutating func readFraction() {
        while !isAtEnd, isDigit(current) {
            if significand < Self.significandLimit {
                significand = significand &* 10 &+ Int64(current &- 0x30)
                exponent -= 1
                digitCount += 1
            }
            index += 1
        }
    }

    /// - Returns: whether there was a digit.
    private mutating func readExponent() -> Bool {
        guard !isAtEnd else { return false }
        let isNegative = current == 0x2D
        if isNegative || current == 0x2B { index += 1 }
        var value = 0
        var isValid = false
        while !isAtEnd, isDigit(current) {
            value = value < 10000 ? value * 10 + Int(current &- 0x30) : 10000
            index += 1
            isValid = true
        }
        exponent += isNegative ? -value : value
        return isValid
    }

    /// Returns significand times ten to the exponent.
    private func scaled(_ isNegative: Bool) -> Double {
        if significand == 0 { return isNegative ? -0.0 : 0.0 }
        var digits = significand
        var power = abs(exponent)
        let isLarge = exponent > 0
        while power > 0 {
            if isLarge {
                if digits >= Int64.max / 10 { break }
                digits *= 10
            } else {
                if digits % 10 != 0 { break }
                digits /= 10
            }
            power -= 1
        }
        if isNegative { digits = -digits }
        if power == 0 { return Double(digits) }
        return scale(digits, power, isLarge)
    }

    private func scale(_ digits: Int64, _ power: Int, _ isLarge: Bool) -> Double {
        if power >= 342 { return isLarge ? Double(digits) * .infinity : Double(digits) * 0 }
        let wide = WideReal(digits)
        if power > 307 {
            let part = powerOfTen(power - 308)
            return isLarge ? Double(wide * part) * 1.0e308 : Double(wide / part) / 1.0e308
        }
        let part = powerOfTen(power)
        return isLarge ? Double(wide * part) : Double(wide / part)
    }
}

/// Ten to a power from 0 to 341, by squaring in ``WideReal``.
private func powerOfTen(_ exponent: Int) -> WideReal {
    var base: WideReal = 10
    var result: WideReal = 1
    var rest = exponent
    while true {
        if rest & 1 == 1 { result *= base }
        rest &>>= 1
        if rest == 0 { return result }
        base *= base
    }
}

/// What SQLite finds when it reads a text as a 64-bit integer.
struct ScannedInteger {
    enum Form {
        /// Digits with an optional sign, and nothing but spaces around.
        case whole
        /// No digit at the start, or other text after the digits.
        case partial
        /// More than the range of Int64; the value is clamped.
        case outOfRange
    }
    /// The value of the longest prefix that is an integer, clamped; 0 without one.
    var value: Int64
    var form: Form
}

/// Reads the longest prefix of `bytes` that is a decimal integer.
func scanInteger(_ bytes: ByteRun) -> ScannedInteger {
    var index = 0
    let count = bytes.count
    while index < count, isSpace(bytes[index]) { index += 1 }
    let isNegative = index < count && bytes[index] == 0x2D
    if isNegative || index < count && bytes[index] == 0x2B { index += 1 }
    let start = index
    var magnitude: UInt64 = 0
    var overflows = false
    while index < count, isDigit(bytes[index]) {
        let (product, first) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, second) = product.addingReportingOverflow(UInt64(bytes[index] &- 0x30))
        overflows = overflows || first || second
        magnitude = sum
        index += 1
    }
    let hasDigits = index > start
    while index < count, isSpace(bytes[index]) { index += 1 }
    let form: ScannedInteger.Form = hasDigits && index == count ? .whole : .partial
    let limit = UInt64(Int64.max) + (isNegative ? 1 : 0)
    if overflows || magnitude > limit { return ScannedInteger(value: isNegative ? .min : .max, form: .outOfRange) }
    let value = Int64(bitPattern: isNegative ? 0 &- magnitude : magnitude)
    return ScannedInteger(value: value, form: form)
}
