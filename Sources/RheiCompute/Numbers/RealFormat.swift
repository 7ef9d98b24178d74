/// How a real is laid out: the conversions `%f`, `%e` and `%g` of SQLite's printf with their flags.
struct RealFormat {
    enum Conversion { case fixed, exponent, general }
    var conversion = Conversion.general
    /// Digits after the point; of `general`, significant digits.
    var precision = 15
    /// Sign or space before a number that is not negative; 0 for none.
    var positivePrefix: UInt8 = 0
    /// `#`: keep the point and, of `general`, trailing zeros.
    var isAlternate = false
    /// `!`: keep a zero after the point, show up to 26 digits.
    var isAlternate2 = true
    var isUpperCase = false
    /// Minimal width to reach with zeros after the sign; 0 for none.
    var zeroPaddedWidth = 0

    /// SQLite's conversion of a REAL to text: `%!.15g`.
    static let text = RealFormat()

    /// Appends the text of `value`; infinities become `Inf`, what is not a number `NaN`.
    ///
    /// The digits are those of SQLite 3.40: successive multiplication by ten in ``WideReal`` after adding half a unit
    /// of the last digit.
    func append(_ value: Double, to output: inout [UInt8]) {
        if value.isNaN {
            output += [0x4E, 0x61, 0x4E]
            return
        }
        let prefix = value < 0 ? 0x2D : positivePrefix
        var digits = DigitStream(value.magnitude, format: self)
        if digits.isInfinite {
            if prefix != 0 { output.append(prefix) }
            output += [0x49, 0x6E, 0x66]
            return
        }
        let start = output.count
        if prefix != 0 { output.append(prefix) }
        layOut(&digits, &output)
        padWithZeros(from: start, hasPrefix: prefix != 0, &output)
    }

    private func layOut(_ digits: inout DigitStream, _ output: inout [UInt8]) {
        var fractionDigits = precision
        var conversion = conversion
        var removesZeros = isAlternate2
        if conversion == .general {
            let significant = max(precision - 1, 0)
            removesZeros = !isAlternate
            let usesExponent = digits.exponent < -4 || digits.exponent > significant
            conversion = usesExponent ? .exponent : .fixed
            fractionDigits = usesExponent ? significant : significant - digits.exponent
        }
        let integerExponent = conversion == .exponent ? 0 : digits.exponent
        let start = output.count
        appendInteger(&digits, integerExponent, &output)
        let hasPoint = fractionDigits > 0 || isAlternate || isAlternate2
        if hasPoint { output.append(0x2E) }
        appendFraction(&digits, integerExponent, fractionDigits, &output)
        if removesZeros, hasPoint { removeTrailingZeros(from: start, &output) }
        if conversion == .exponent { appendExponent(digits.exponent, &output) }
    }

    private func appendInteger(_ digits: inout DigitStream, _ exponent: Int, _ output: inout [UInt8]) {
        if exponent < 0 {
            output.append(0x30)
            return
        }
        var place = exponent
        while place >= 0 {
            output.append(digits.next())
            place -= 1
        }
    }

    private func appendFraction(
        _ digits: inout DigitStream, _ exponent: Int, _ count: Int, _ output: inout [UInt8]
    ) {
        var remaining = count
        var place = exponent + 1
        while place < 0 {
            output.append(0x30)
            remaining -= 1
            place += 1
        }
        while remaining > 0 {
            output.append(digits.next())
            remaining -= 1
        }
    }

    private func removeTrailingZeros(from start: Int, _ output: inout [UInt8]) {
        while output.count > start, output[output.count - 1] == 0x30 { output.removeLast() }
        guard output[output.count - 1] == 0x2E else { return }
        if isAlternate2 { output.append(0x30) } else { output.removeLast() }
    }

    private func appendExponent(_ exponent: Int, _ output: inout [UInt8]) {
        output.append(isUpperCase ? 0x45 : 0x65)
        output.append(exponent < 0 ? 0x2D : 0x2B)
        let size = abs(exponent)
        if size >= 100 { output.append(0x30 + UInt8(size / 100)) }
        output.append(0x30 + UInt8(size % 100 / 10))
        output.append(0x30 + UInt8(size % 10))
    }

    private func padWithZeros(from start: Int, hasPrefix: Bool, _ output: inout [UInt8]) {
        let missing = zeroPaddedWidth - (output.count - start)
        guard missing > 0 else { return }
        output.insert(contentsOf: repeatElement(0x30, count: missing), at: start + (hasPrefix ? 1 : 0))
    }
}

/// The decimal digits of a real that is not negative, most significant first.
private struct DigitStream {
    /// Between 1 and 10, what has not been taken yet; 0 for zero.
    private var rest: WideReal
    private var remainingDigits: Int
    /// The power of ten of the first digit.
    private(set) var exponent = 0

    private static let halves: [Double] = [
        5.0e-01, 5.0e-02, 5.0e-03, 5.0e-04, 5.0e-05, 5.0e-06, 5.0e-07, 5.0e-08, 5.0e-09, 5.0e-10,
    ]

    var isInfinite: Bool { exponent > 350 }

    init(_ value: Double, format: RealFormat) {
        rest = WideReal(value)
        remainingDigits = format.isAlternate2 ? 26 : 16
        let isFixed = format.conversion == .fixed
        let places = format.conversion == .general ? max(format.precision - 1, 0) : format.precision
        var rounder = Self.half(places)
        if isFixed {
            let binaryExponent = Int((value.bitPattern >> 52) & 0x7FF) - 1023
            if places + binaryExponent / 3 < 15 { rounder = Double(WideReal(rounder) + rest * WideReal(3e-16)) }
            rest += WideReal(rounder)
        }
        normalise()
        if isInfinite || isFixed { return }
        rest += WideReal(rounder)
        if rest >= 10 {
            rest *= WideReal(0.1 as Double)
            exponent += 1
        }
    }

    /// Half a unit of the last of `places` decimal places.
    private static func half(_ places: Int) -> Double {
        var index = places & 0xFFF
        var rounder = halves[index % 10]
        while index >= 10 {
            rounder *= 1.0e-10
            index -= 10
        }
        return rounder
    }

    /// Brings `rest` between 1 and 10.
    private mutating func normalise() {
        guard rest > 0 else { return }
        var scale: WideReal = 1
        while rest >= WideReal(1e100 as Double) * scale, exponent <= 350 {
            scale *= WideReal(1e100 as Double)
            exponent += 100
        }
        while rest >= WideReal(1e10 as Double) * scale, exponent <= 350 {
            scale *= WideReal(1e10 as Double)
            exponent += 10
        }
        while rest >= 10 * scale, exponent <= 350 {
            scale *= 10
            exponent += 1
        }
        rest /= scale
        while rest < WideReal(1e-8 as Double) {
            rest *= 1e8
            exponent -= 8
        }
        while rest < 1 {
            rest *= 10
            exponent -= 1
        }
    }

    /// Returns the next digit as ASCII; zeros after the last significant one.
    mutating func next() -> UInt8 {
        if remainingDigits <= 0 { return 0x30 }
        remainingDigits -= 1
        let digit = Int(rest)
        rest = (rest - WideReal(digit)) * 10
        return UInt8(truncatingIfNeeded: 0x30 + digit)
    }
}
