/// Dates and times as text, in the forms of ISO 8601.
///
/// Days count from 1970-01-01, times in microseconds from midnight, timestamps in microseconds from
/// 1970-01-01T00:00.
package enum CalendarText {
    package static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Reads `2024-02-29`, blanks around it allowed.
    package static func days(_ text: some Collection<UInt8>) -> Int32? {
        var reader = Reader(text)
        guard let days = reader.days(), reader.isAtEnd else { return nil }
        return Int32(exactly: days)
    }

    /// Reads `12:30`, `12:30:15` or `12:30:15.123456`.
    package static func timeOfDay(_ text: some Collection<UInt8>) -> Int64? {
        var reader = Reader(text)
        guard let time = reader.timeOfDay(), reader.isAtEnd else { return nil }
        return time
    }

    /// Reads a date, a time after it with a blank or T between, and a zone (`Z`, `+01:00`) after that.
    package static func timestamp(_ text: some Collection<UInt8>) -> Int64? {
        var reader = Reader(text)
        guard let days = reader.days() else { return nil }
        var time: Int64 = 0
        if reader.accept(0x54) || reader.accept(0x74) || (reader.isBlankBeforeDigit && reader.accept(0x20)) {
            guard let read = reader.timeOfDay(), let zone = reader.zone() else { return nil }
            time = read - zone
        }
        guard reader.isAtEnd else { return nil }
        let (start, overflow) = Int64(days).multipliedReportingOverflow(by: microsecondsPerDay)
        let (sum, second) = start.addingReportingOverflow(time)
        return overflow || second ? nil : sum
    }

    /// `12:30:15`, with microseconds where there are any.
    package static func append(timeOfDay time: Int64, to output: inout [UInt8]) {
        let seconds = Int(time / 1_000_000)
        CalendarDate.append(seconds / 3600, digits: 2, to: &output)
        output.append(0x3A)
        CalendarDate.append(seconds / 60 % 60, digits: 2, to: &output)
        output.append(0x3A)
        CalendarDate.append(seconds % 60, digits: 2, to: &output)
        var fraction = Int(time % 1_000_000)
        if fraction == 0 { return }
        output.append(0x2E)
        var digits = 6
        while fraction % 10 == 0 {
            fraction /= 10
            digits -= 1
        }
        CalendarDate.append(fraction, digits: digits, to: &output)
    }

    /// `2024-02-29 12:30:15`.
    package static func append(timestamp: Int64, to output: inout [UInt8]) {
        let (day, time) = split(timestamp)
        CalendarDate(daysSinceEpoch: Int(day)).append(to: &output)
        output.append(0x20)
        append(timeOfDay: time, to: &output)
    }

    /// The day of a timestamp and the time of that day.
    package static func split(_ timestamp: Int64) -> (day: Int64, time: Int64) {
        var day = timestamp / microsecondsPerDay
        var time = timestamp % microsecondsPerDay
        if time < 0 {
            day -= 1
            time += microsecondsPerDay
        }
        return (day, time)
    }

    private struct Reader {
        private var bytes: [UInt8]
        private var index = 0

        init(_ text: some Collection<UInt8>) {
            var bytes = Array(text)
            while let last = bytes.last, last == 0x20 { bytes.removeLast() }
            self.bytes = Array(bytes.drop { $0 == 0x20 })
        }

        var isAtEnd: Bool { index == bytes.count }
        private var current: UInt8 { index < bytes.count ? bytes[index] : 0 }
        var isBlankBeforeDigit: Bool { current == 0x20 && index + 1 < bytes.count && bytes[index + 1] &- 0x30 < 10 }

        mutating func accept(_ byte: UInt8) -> Bool {
            guard current == byte, index < bytes.count else { return false }
            index += 1
            return true
        }

        private mutating func number(_ digits: ClosedRange<Int>) -> Int? {
            var value = 0
            var count = 0
            while current &- 0x30 < 10, count < digits.upperBound {
                value = value * 10 + Int(current - 0x30)
                index += 1
                count += 1
            }
            return count >= digits.lowerBound ? value : nil
        }

        mutating func days() -> Int? {
            let isNegative = accept(0x2D)
            guard let year = number(1...6), accept(0x2D), let month = number(1...2), accept(0x2D),
                let day = number(1...2)
            else { return nil }
            let date = CalendarDate(year: isNegative ? -year : year, month: month, day: day)
            return date.isValid ? date.daysSinceEpoch : nil
        }

        mutating func timeOfDay() -> Int64? {
            guard let hour = number(1...2), hour < 24, accept(0x3A), let minute = number(2...2), minute < 60 else {
                return nil
            }
            var microseconds = Int64(hour * 3600 + minute * 60) * 1_000_000
            guard accept(0x3A) else { return microseconds }
            guard let second = number(2...2), second < 60 else { return nil }
            microseconds += Int64(second) * 1_000_000
            guard accept(0x2E) else { return microseconds }
            var scale: Int64 = 100_000
            guard current &- 0x30 < 10 else { return nil }
            while current &- 0x30 < 10, index < bytes.count {
                microseconds += Int64(current - 0x30) * scale
                scale /= 10
                index += 1
            }
            return microseconds
        }

        /// Microseconds east of Greenwich; 0 where no zone is given.
        mutating func zone() -> Int64? {
            if accept(0x5A) || accept(0x7A) { return 0 }
            let isNegative = current == 0x2D
            guard accept(0x2D) || accept(0x2B) else { return 0 }
            guard let hour = number(1...2), hour < 24 else { return nil }
            var minute = 0
            if accept(0x3A) || current &- 0x30 < 10 {
                guard let read = number(2...2), read < 60 else { return nil }
                minute = read
            }
            let offset = Int64(hour * 60 + minute) * 60_000_000
            return isNegative ? -offset : offset
        }
    }
}
