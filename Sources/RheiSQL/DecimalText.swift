/// Turns decimal text into floating-point numbers as SQLite 3.40 does.
///
/// SQLite does not round correctly in every case: it gathers up to 18 digits in an integer and scales by a power of
/// ten in extended precision. Literals must have the very bits that SQLite gives them, so its method is kept.
enum DecimalText {
    #if arch(x86_64) || arch(i386)
    private typealias Extended = Float80
    #else
    private typealias Extended = Double
    #endif

    /// Returns the value of digits with an optional point and exponent; the lexer has checked the form.
    static func real(_ text: ArraySlice<UInt8>) -> Double {
        var reader = Reader(text: text)
        reader.readSignificand()
        let exponent = reader.readExponent() + reader.adjustment
        return scale(reader.significand, by: exponent)
    }

    /// Returns the 18 significant digits of a text as an integer, filled with zeros, and the power of ten to scale by.
    static func digits(of text: ArraySlice<UInt8>) -> (digits: Int64, exponent: Int) {
        var reader = Reader(text: text)
        reader.readSignificand()
        var exponent = reader.readExponent() + reader.adjustment
        var digits = reader.significand
        while digits != 0, digits < 100_000_000_000_000_000 {
            digits *= 10
            exponent -= 1
        }
        return (digits, exponent)
    }

    /// The largest significand that surely has room for one more digit.
    private static let significandLimit = (Int64.max - 9) / 10

    private struct Reader {
        var text: ArraySlice<UInt8>
        var significand: Int64 = 0
        /// What the place of the decimal point adds to the exponent.
        var adjustment = 0

        mutating func readSignificand() {
            while let byte = text.first, byte.isDigit {
                text.removeFirst()
                if significand >= significandLimit {
                    adjustment += 1
                } else {
                    significand = significand * 10 + Int64(byte &- UInt8(ascii: "0"))
                }
            }
            guard text.first == UInt8(ascii: ".") else { return }
            text.removeFirst()
            while let byte = text.first, byte.isDigit {
                text.removeFirst()
                guard significand < significandLimit else { continue }
                significand = significand * 10 + Int64(byte &- UInt8(ascii: "0"))
                adjustment -= 1
            }
        }

        mutating func readExponent() -> Int {
            guard let marker = text.popFirst(), marker | 0x20 == UInt8(ascii: "e") else { return 0 }
            let sign = text.first
            if sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { text.removeFirst() }
            var exponent = 0
            for byte in text { exponent = exponent < 10_000 ? exponent * 10 + Int(byte &- UInt8(ascii: "0")) : 10_000 }
            return sign == UInt8(ascii: "-") ? -exponent : exponent
        }
    }

    private static func scale(_ digits: Int64, by power: Int) -> Double {
        guard digits != 0 else { return 0 }
        var significand = digits
        var exponent = power.magnitude
        let grows = power > 0
        // Whole powers of ten go into the integer as far as it stays exact.
        while exponent > 0 {
            if grows {
                guard significand < Int64.max / 10 else { break }
                significand *= 10
            } else {
                guard significand % 10 == 0 else { break }
                significand /= 10
            }
            exponent -= 1
        }
        if exponent == 0 { return Double(significand) }
        if exponent > 307 {
            guard exponent < 342 else { return grows ? .infinity : 0 }
            let scale = powerOfTen(exponent - 308)
            return grows ? Double(Extended(significand) * scale) * 1e308 : Double(Extended(significand) / scale) / 1e308
        }
        let scale = powerOfTen(exponent)
        return Double(grows ? Extended(significand) * scale : Extended(significand) / scale)
    }

    private static func powerOfTen(_ exponent: UInt) -> Extended {
        var remaining = exponent
        var base: Extended = 10
        var power: Extended = 1
        while true {
            if remaining & 1 == 1 { power *= base }
            remaining >>= 1
            if remaining == 0 { return power }
            base *= base
        }
    }
}
