extension UInt8 {
    var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

    var isHexDigit: Bool {
        isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f"))
    }

    /// Whether white space; a vertical tab counts, although none may begin a stretch of white space.
    var isSQLSpace: Bool { self == UInt8(ascii: " ") || (self >= 0x09 && self <= 0x0D) }

    /// Whether the byte may stand in a name after its first byte.
    var isIdentifierByte: Bool {
        (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "z")) || isDigit || self == UInt8(ascii: "_")
            || self == UInt8(ascii: "$") || self >= 0x80
    }

    /// The value of a hexadecimal digit.
    var hexDigitValue: UInt8 { isDigit ? self &- UInt8(ascii: "0") : (self | 0x20) &- UInt8(ascii: "a") &+ 10 }
}
