import RheiArrow
import RheiCore

extension PrintfFormatter {
    /// Appends one conversion.
    ///
    /// - Returns: false for an unknown conversion, which ends the output.
    mutating func append(_ conversion: UInt8, _ specification: Specification) throws -> Bool {
        try checkRoom(for: conversion, specification)
        switch conversion {
        case 0x64, 0x69: appendSigned(specification)  // d i
        case 0x75: appendUnsigned(specification, base: 10)  // u
        case 0x78: appendUnsigned(specification, base: 16, prefix: "0x")  // x
        case 0x58: appendUnsigned(specification, base: 16, isUpperCase: true, prefix: "0X")  // X
        case 0x6F: appendUnsigned(specification, base: 8, prefix: "0")  // o
        case 0x70: appendUnsigned(specification, base: 16, isUpperCase: true, prefix: "0x")  // p
        case 0x72: appendOrdinal(specification)  // r
        case 0x66: appendReal(specification, .fixed, isUpperCase: false)  // f
        case 0x65: appendReal(specification, .exponent, isUpperCase: false)  // e
        case 0x45: appendReal(specification, .exponent, isUpperCase: true)  // E
        case 0x67: appendReal(specification, .general, isUpperCase: false)  // g
        case 0x47: appendReal(specification, .general, isUpperCase: true)  // G
        case 0x6E: break  // n
        case 0x25: pad([0x25], specification)  // %
        case 0x63: appendCharacter(specification)  // c
        case 0x73, 0x7A: appendText(specification)  // s z
        case 0x71: appendEscaped(specification, quote: 0x27, isLiteral: false)  // q
        case 0x51: appendEscaped(specification, quote: 0x27, isLiteral: true)  // Q
        case 0x77: appendEscaped(specification, quote: 0x22, isLiteral: false)  // w
        default: return false
        }
        return true
    }

    /// Throws when a width, or the precision of a conversion that pads to it, goes beyond the longest value.
    private func checkRoom(for conversion: UInt8, _ specification: Specification) throws {
        let padsToPrecision = "diuxXoprc".utf8.contains(conversion)
        let precision = padsToPrecision ? specification.precision ?? 0 : 0
        try NumberFunctions.checkLength(Int64(output.count) + Int64(max(specification.width, precision)))
    }

    /// Appends bytes, filled up with spaces to the width.
    private mutating func pad(_ bytes: [UInt8], _ specification: Specification, width: Int? = nil) {
        let missing = max((width ?? specification.width) - bytes.count, 0)
        if !specification.isLeftAligned { output.append(contentsOf: repeatElement(0x20, count: missing)) }
        output += bytes
        if specification.isLeftAligned { output.append(contentsOf: repeatElement(0x20, count: missing)) }
    }

    private mutating func appendSigned(_ specification: Specification) {
        let value = takeInteger()
        let sign = value < 0 ? 0x2D : specification.positivePrefix
        appendDigits(value.magnitude, base: 10, sign: sign, specification)
    }

    private mutating func appendUnsigned(
        _ specification: Specification, base: UInt64, isUpperCase: Bool = false, prefix: String = ""
    ) {
        let value = UInt64(bitPattern: takeInteger())
        let hasPrefix = specification.isAlternate && value != 0
        var specification = specification
        if base != 10 { specification.separatesThousands = false }
        appendDigits(
            value, base: base, sign: 0, isUpperCase: isUpperCase, prefix: hasPrefix ? Array(prefix.utf8) : [],
            specification)
    }

    private mutating func appendOrdinal(_ specification: Specification) {
        let value = takeInteger()
        let magnitude = value.magnitude
        let last = magnitude % 10
        let suffixes = ["th", "st", "nd", "rd"]
        let suffix = last >= 4 || magnitude / 10 % 10 == 1 ? 0 : Int(last)
        var specification = specification
        specification.separatesThousands = false
        let sign = value < 0 ? 0x2D : specification.positivePrefix
        appendDigits(magnitude, base: 10, sign: sign, suffix: Array(suffixes[suffix].utf8), specification)
    }

    private mutating func appendDigits(
        _ value: UInt64, base: UInt64, sign: UInt8, isUpperCase: Bool = false, prefix: [UInt8] = [],
        suffix: [UInt8] = [], _ specification: Specification
    ) {
        var digits: [UInt8] = []
        var rest = value
        repeat {
            let digit = UInt8(rest % base)
            digits.append(digit < 10 ? 0x30 + digit : (isUpperCase ? 0x37 : 0x57) + digit)
            rest /= base
        } while rest > 0
        digits.reverse()
        digits += suffix
        var precision = specification.precision ?? -1
        let signWidth = sign != 0 ? 1 : 0
        if specification.padsWithZeros { precision = max(precision, specification.width - signWidth) }
        if precision > digits.count {
            digits.insert(contentsOf: repeatElement(0x30, count: precision - digits.count), at: 0)
        }
        if specification.separatesThousands { digits = Self.separatingThousands(digits) }
        pad(prefix + (sign != 0 ? [sign] : []) + digits, specification)
    }

    private static func separatingThousands(_ digits: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { result.append(0x2C) }
            result.append(digit)
        }
        return result
    }

    private mutating func appendReal(
        _ specification: Specification, _ conversion: RealFormat.Conversion, isUpperCase: Bool
    ) {
        let value = take().realValue
        var format = RealFormat()
        format.conversion = conversion
        format.precision = min(specification.precision ?? 6, 100_000_000)
        format.positivePrefix = specification.positivePrefix
        format.isAlternate = specification.isAlternate
        format.isAlternate2 = specification.isAlternate2
        format.isUpperCase = isUpperCase
        if specification.padsWithZeros, !specification.isLeftAligned { format.zeroPaddedWidth = specification.width }
        var bytes: [UInt8] = []
        format.append(value, to: &bytes)
        pad(bytes, specification)
    }

    private mutating func appendCharacter(_ specification: Specification) {
        let value = take()
        let text = value.textValue(context.arena)
        var bytes = text.withRun { run in
            if run.isEmpty { return [0] as [UInt8] }
            var end = 1
            if run[0] & 0xC0 == 0xC0 {
                while end < 4, end < run.count, run[end] & 0xC0 == 0x80 { end += 1 }
            }
            return run.slice(0, end).array
        }
        if value.isNull { bytes = [0] }
        var specification = specification
        specification.isAlternate2 = true
        if let precision = specification.precision, precision > 1 {
            specification.width -= precision - 1
            if specification.width > 1, !specification.isLeftAligned {
                output.append(contentsOf: repeatElement(0x20, count: specification.width - 1))
                specification.width = 0
            }
            for _ in 1..<precision { output += bytes }
        }
        pad(bytes, specification, width: adjustedWidth(bytes, specification))
    }

    /// The width in bytes: with `!` widths count characters.
    private func adjustedWidth(_ bytes: [UInt8], _ specification: Specification) -> Int {
        guard specification.isAlternate2, specification.width > 0 else { return specification.width }
        return specification.width + bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 1 : 0) }
    }

    private mutating func appendText(_ specification: Specification) {
        let value = take()
        let bytes = value.textValue(context.arena).withRun { run in
            let text = run.upToNul
            guard let precision = specification.precision else { return text.array }
            return text.slice(0, prefix(text, precision, byCharacter: specification.isAlternate2)).array
        }
        pad(bytes, specification, width: adjustedWidth(bytes, specification))
    }

    /// Returns how many bytes the first `count` bytes or characters take.
    private func prefix(_ text: ByteRun, _ count: Int, byCharacter: Bool) -> Int {
        if !byCharacter { return min(count, text.count) }
        var index = 0
        var rest = count
        while rest > 0, index < text.count {
            skipCharacter(text, &index)
            rest -= 1
        }
        return index
    }

    private mutating func appendEscaped(_ specification: Specification, quote: UInt8, isLiteral: Bool) {
        let value = take()
        let isNull = value.isNull
        let text = isNull ? (isLiteral ? "NULL" : "(NULL)") : nil
        let source = text.map { Array($0.utf8) } ?? value.textValue(context.arena).withRun { $0.upToNul.array }
        var bytes: [UInt8] = []
        source.withRun { run in
            let end = prefix(run, specification.precision ?? run.count, byCharacter: specification.isAlternate2)
            for index in 0..<end {
                bytes.append(run[index])
                if run[index] == quote { bytes.append(quote) }
            }
        }
        if isLiteral, !isNull { bytes = [quote] + bytes + [quote] }
        pad(bytes, specification, width: adjustedWidth(bytes, specification))
    }
}
