/// An interval as the bytes in which the executor holds it: 18 bytes whose order is that of the durations.
///
/// ```
/// bytes  0..9   the duration in microseconds, a month as 30 days and a day as 24 hours; 80 bits, most significant
///               first, the sign turned
/// bytes 10..13  months, most significant first, the sign turned
/// bytes 14..17  days, likewise
/// ```
/// The microseconds of the interval itself follow from the three. Intervals of equal duration agree in the first ten
/// bytes (``keyByteCount``), equal intervals in all.
package struct IntervalKey: Hashable, Sendable {
    package var months: Int32
    package var days: Int32
    package var microseconds: Int64

    package static let byteCount = 18
    package static let keyByteCount = 10
    package static let microsecondsPerDay: Int64 = 86_400_000_000
    package static let daysPerMonth: Int64 = 30

    package init(months: Int32, days: Int32, microseconds: Int64) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }

    /// Makes an interval of any three numbers; nil where one of them is out of range.
    package init?(exactMonths months: Int128, days: Int128, microseconds: Int128) {
        guard let months = Int32(exactly: months), let days = Int32(exactly: days),
            let microseconds = Int64(exactly: microseconds)
        else { return nil }
        self.init(months: months, days: days, microseconds: microseconds)
    }

    /// Reads what ``bytes`` gives; nil for bytes of another length.
    package init?(_ bytes: some RandomAccessCollection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var duration: UInt128 = 0
        var rest: UInt64 = 0
        for (index, byte) in bytes.enumerated() {
            if index < Self.keyByteCount {
                duration = duration << 8 | UInt128(byte)
            } else {
                rest = rest << 8 | UInt64(byte)
            }
        }
        let months = Int32(bitPattern: UInt32(truncatingIfNeeded: rest >> 32) ^ 0x8000_0000)
        let days = Int32(bitPattern: UInt32(truncatingIfNeeded: rest) ^ 0x8000_0000)
        let total = Int128(truncatingIfNeeded: duration) - (Int128(1) << 79)
        let whole = (Int128(months) * Int128(Self.daysPerMonth) + Int128(days)) * Int128(Self.microsecondsPerDay)
        guard let microseconds = Int64(exactly: total - whole) else { return nil }
        self.init(months: months, days: days, microseconds: microseconds)
    }

    /// The duration in microseconds.
    package var duration: Int128 {
        (Int128(months) * Int128(Self.daysPerMonth) + Int128(days)) * Int128(Self.microsecondsPerDay)
            + Int128(microseconds)
    }

    package var bytes: [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(Self.byteCount)
        append(to: &result)
        return result
    }

    /// Appends the bytes.
    package func append(to bytes: inout [UInt8]) {
        let shifted = UInt128(truncatingIfNeeded: duration + (Int128(1) << 79))
        for index in stride(from: 72, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: shifted >> index)) }
        for number in [months, days] {
            let bits = UInt32(bitPattern: number) ^ 0x8000_0000
            for index in stride(from: 24, through: 0, by: -8) { bytes.append(UInt8(truncatingIfNeeded: bits >> index)) }
        }
    }
}

extension IntervalKey: CustomStringConvertible {
    /// The interval as `1 year 2 months -3 days 04:05:06.789`; nothing at all is `00:00:00`.
    package var description: String {
        var parts: [String] = []
        func add(_ number: Int32, _ unit: String) {
            if number != 0 { parts.append("\(number) \(unit)\(number == 1 || number == -1 ? "" : "s")") }
        }
        add(months / 12, "year")
        add(months % 12, "month")
        add(days, "day")
        if microseconds != 0 || parts.isEmpty { parts.append(timeText) }
        return parts.joined(separator: " ")
    }

    private var timeText: String {
        let magnitude = microseconds.magnitude
        func padded(_ number: UInt64, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let seconds = magnitude / 1_000_000
        var text = padded(seconds / 3_600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2)
        if magnitude % 1_000_000 != 0 {
            var fraction = padded(magnitude % 1_000_000, 6)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        return microseconds < 0 ? "-" + text : text
    }
}
