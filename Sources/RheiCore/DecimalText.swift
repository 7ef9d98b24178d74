/// Decimals as text, and texts and numbers as decimals.
package enum DecimalText {
    /// `-12.30` for -1230 of scale 2.
    package static func text(_ unscaled: Int128, scale: Int) -> String {
        var digits = String(unscaled.magnitude)
        if scale > 0 {
            if digits.count <= scale { digits = String(repeating: "0", count: scale + 1 - digits.count) + digits }
            digits.insert(".", at: digits.index(digits.endIndex, offsetBy: -scale))
        }
        return unscaled < 0 ? "-" + digits : digits
    }

    /// Reads `[+-]digits[.digits][e[+-]digits]`, blanks around it allowed.
    package static func value(_ text: [UInt8], scale: Int) -> Int128? {
        var bytes = text[...]
        while bytes.first == 0x20 { bytes.removeFirst() }
        while bytes.last == 0x20 { bytes.removeLast() }
        let isNegative = bytes.first == 0x2D
        if isNegative || bytes.first == 0x2B { bytes.removeFirst() }
        var digits: [UInt8] = []
        var point: Int?
        while let byte = bytes.first, byte &- 0x30 < 10 || (byte == 0x2E && point == nil) {
            bytes.removeFirst()
            if byte == 0x2E { point = digits.count } else { digits.append(byte - 0x30) }
        }
        guard !digits.isEmpty else { return nil }
        var exponent = 0
        if let byte = bytes.first {
            guard byte | 0x20 == 0x65, let read = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)),
                abs(read) < 10_000
            else { return nil }
            exponent = read
        }
        // How many of the digits stand before the decimal point of the scaled number.
        let kept = (point ?? digits.count) + exponent + scale
        var value: Int128 = 0
        for index in 0..<max(kept, 0) {
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(index < digits.count ? Int128(digits[index]) : 0)
            if first || second { return nil }
            value = sum
        }
        if kept >= 0, kept < digits.count, digits[kept] >= 5 {
            let (sum, overflow) = value.addingReportingOverflow(1)
            if overflow { return nil }
            value = sum
        }
        return isNegative ? -value : value
    }
}
