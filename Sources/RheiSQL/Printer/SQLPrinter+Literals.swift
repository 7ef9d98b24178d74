import RheiCore

extension SQLPrinter {
    mutating func write(_ literal: Literal) {
        switch literal {
        case .null: write("NULL")
        case .boolean(let value): write(value ? "TRUE" : "FALSE")
        case .integer(let value): write(Self.text(of: value))
        case .real(let value): write(Self.text(of: value))
        case .string(let value): write(quoted(value, by: "'"))
        case .blob(let bytes): write(Self.text(of: bytes))
        case .currentDate: write("CURRENT_DATE")
        case .currentTime: write("CURRENT_TIME")
        case .currentTimestamp: write("CURRENT_TIMESTAMP")
        case .typed(let literal):
            write(literal.keyword)
            write(" " + quoted(literal.text, by: "'"))
            if let unit = literal.unit {
                write(" ")
                write(unit)
            }
        }
    }

    mutating func write(_ parameter: Parameter) {
        switch parameter.name {
        case .next: write("?")
        case .number(let number): write("?\(number)")
        case .named(let name): write(name)
        }
    }

    /// Returns the digits of an integer; of a negative one in hexadecimal, since a sign would be an operator. Only the
    /// smallest integer has a decimal literal with a sign.
    private static func text(of value: Int64) -> String {
        guard value < 0, value != .min else { return String(value) }
        return "0x" + String(UInt64(bitPattern: value), radix: 16)
    }

    /// Returns digits that SQLite's conversion, which is not exact, turns back into the value.
    ///
    /// The shortest digits usually do. Where they miss by one bit, digits close to them are tried. Below 1e-290 SQLite
    /// rounds twice and some values have no digits at all; the shortest ones then miss by one bit.
    private static func text(of value: Double) -> String {
        let sign = value.sign == .minus ? "-" : ""
        let magnitude = value.magnitude
        if magnitude.isInfinite { return sign + "9e999" }
        let shortest = magnitude.description
        if DecimalText.real(Array(shortest.utf8)[...]) == magnitude { return sign + shortest }
        let (digits, exponent) = DecimalText.digits(of: Array(shortest.utf8)[...])
        for distance in 1...200 as ClosedRange<Int64> {
            for candidate in [digits + distance, digits - distance] {
                let text = "\(candidate)e\(exponent)"
                if DecimalText.real(Array(text.utf8)[...]) == magnitude { return sign + text }
            }
        }
        return sign + shortest
    }

    private static func text(of bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = Array("x'".utf8)
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        text.append(UInt8(ascii: "'"))
        return String(decoding: text, as: UTF8.self)
    }
}
