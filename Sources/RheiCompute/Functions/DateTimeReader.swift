/// Reads the texts that SQLite's date functions take for a time.
struct DateTimeReader {
    private let text: ByteRun
    private var index = 0

    init(_ text: ByteRun) { self.text = text }

    private func byte(_ offset: Int = 0) -> UInt8 { index + offset < text.count ? text[index + offset] : 0 }
    private var isAtEnd: Bool { index >= text.count }

    /// Reads `YYYY-MM-DD` with an optional time, a time alone, or a number.
    ///
    /// - Returns: nil for anything else. (`now` is the caller's.)
    static func read(_ text: ByteRun) -> DateTimeValue? {
        var value = DateTimeValue()
        var reader = DateTimeReader(text)
        if reader.readDate(into: &value) { return value }
        value = DateTimeValue()
        reader = DateTimeReader(text)
        if reader.readTime(into: &value) { return value }
        let scanned = scanReal(text)
        guard scanned.form == .integer || scanned.form == .real else { return nil }
        value = DateTimeValue()
        value.set(number: scanned.value)
        return value
    }

    /// Reads exactly `count` digits whose value lies in `range`; `next` must follow unless it is nil.
    private mutating func readDigits(_ count: Int, _ range: ClosedRange<Int>, next: UInt8? = nil) -> Int? {
        var value = 0
        for offset in 0..<count {
            let digit = byte(offset)
            guard isDigit(digit) else { return nil }
            value = value * 10 + Int(digit - 0x30)
        }
        guard range.contains(value) else { return nil }
        index += count
        guard let next else { return value }
        guard byte() == next else { return nil }
        index += 1
        return value
    }

    private mutating func readDate(into value: inout DateTimeValue) -> Bool {
        let isNegative = byte() == 0x2D
        if isNegative { index += 1 }
        guard let year = readDigits(4, 0...14712, next: 0x2D), let month = readDigits(2, 1...12, next: 0x2D),
            let day = readDigits(2, 1...31)
        else { return false }
        while !isAtEnd, isSpace(byte()) || byte() == 0x54 { index += 1 }
        if !readTime(into: &value) {
            guard isAtEnd else { return false }
            value.hasTime = false
        }
        value.hasJulianDay = false
        value.hasDate = true
        value.year = isNegative ? -year : year
        value.month = month
        value.day = day
        if value.hasZone { value.computeJulianDay() }
        return true
    }

    /// Reads `HH:MM`, `HH:MM:SS` or `HH:MM:SS.FFF`, with an optional zone, to the end of the text. Leaves the place as
    /// it was on failure.
    mutating func readTime(into value: inout DateTimeValue) -> Bool {
        let start = index
        guard let hour = readDigits(2, 0...24, next: 0x3A), let minute = readDigits(2, 0...59) else {
            index = start
            return false
        }
        var second = 0.0
        if byte() == 0x3A {
            index += 1
            guard let whole = readDigits(2, 0...59) else {
                index = start
                return false
            }
            second = Double(whole) + readFraction()
        }
        value.hasJulianDay = false
        value.isRawNumber = false
        value.hasTime = true
        value.hour = hour
        value.minute = minute
        value.second = second
        guard readZone(into: &value) else {
            index = start
            return false
        }
        value.hasZone = value.zone != 0
        return true
    }

    private mutating func readFraction() -> Double {
        guard byte() == 0x2E, isDigit(byte(1)) else { return 0 }
        index += 1
        var digits = 0.0
        var scale = 1.0
        while isDigit(byte()) {
            digits = digits * 10 + Double(byte()) - 48
            scale *= 10
            index += 1
        }
        return digits / scale
    }

    /// Reads `Z`, `+HH:MM`, `-HH:MM` or nothing, up to the end.
    private mutating func readZone(into value: inout DateTimeValue) -> Bool {
        while isSpace(byte()) { index += 1 }
        value.zone = 0
        let sign = byte()
        if sign | 0x20 == 0x7A {
            index += 1
        } else if sign == 0x2B || sign == 0x2D {
            index += 1
            guard let hours = readDigits(2, 0...14, next: 0x3A), let minutes = readDigits(2, 0...59) else {
                return false
            }
            value.zone = (sign == 0x2D ? -1 : 1) * (hours * 60 + minutes)
        } else {
            return isAtEnd
        }
        while isSpace(byte()) { index += 1 }
        value.zoneIsSet = true
        return isAtEnd
    }
}
