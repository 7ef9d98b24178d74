import RheiArrow
import RheiCore

/// `strftime(timestamp, format)` and `strptime(text, format)` with the conversions that analysts know; a `-` after the
/// percent sign leaves out zeros in front.
enum TimestampFormat {
    static let all: [ScalarFunction] = [
        ScalarFunction("timestamp_format", 2, .text) { arguments, context in
            if arguments.hasNull { return .null }
            let format = arguments[1].slot.withRun { $0.array }
            return try context.makeText { try append(arguments[0].integer, format, to: &$0) }
        },
        ScalarFunction("timestamp_parse", 2, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            guard let time = parse(arguments, context) else {
                let text = arguments[0].textValue(context.arena).withRun {
                    String(decoding: $0.array.prefix(40), as: UTF8.self)
                }
                throw EngineError(.typeMismatch, "'\(text)' does not have the form of strptime()")
            }
            return .integer(time)
        },
        ScalarFunction("timestamp_try_parse", 2, .integer) { arguments, context in
            if arguments.hasNull { return .null }
            return parse(arguments, context).map(Datum.integer) ?? .null
        },
    ]

    static let dayNames = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    // MARK: writing

    private static func append(_ timestamp: Int64, _ format: [UInt8], to bytes: inout [UInt8]) throws {
        var index = 0
        while index < format.count {
            guard format[index] == UInt8(ascii: "%") else {
                bytes.append(format[index])
                index += 1
                continue
            }
            index += 1
            let isPlain = index < format.count && format[index] == UInt8(ascii: "-")
            if isPlain { index += 1 }
            guard index < format.count, append(format[index], isPlain: isPlain, timestamp, to: &bytes) else {
                let text = String(decoding: format.prefix(40), as: UTF8.self)
                throw EngineError(.invalidArgument, "strftime() does not know a conversion of '\(text)'")
            }
            index += 1
        }
    }

    private static func append(_ letter: UInt8, isPlain: Bool, _ timestamp: Int64, to bytes: inout [UInt8]) -> Bool {
        let (day, time) = CalendarText.split(timestamp)
        let date = CalendarDate(daysSinceEpoch: Int(day))
        let hour = Int(time / 3_600_000_000)
        func number(_ value: Int, _ digits: Int) {
            if isPlain { bytes += String(value).utf8 } else { CalendarDate.append(value, digits: digits, to: &bytes) }
        }
        switch letter {
        case UInt8(ascii: "d"): number(date.day, 2)
        case UInt8(ascii: "m"): number(date.month, 2)
        case UInt8(ascii: "y"): number(((date.year % 100) + 100) % 100, 2)
        case UInt8(ascii: "H"): number(hour, 2)
        case UInt8(ascii: "I"): number(hour % 12 == 0 ? 12 : hour % 12, 2)
        case UInt8(ascii: "M"): number(Int(time / 60_000_000 % 60), 2)
        case UInt8(ascii: "S"): number(Int(time / 1_000_000 % 60), 2)
        case UInt8(ascii: "j"): number(date.dayOfYear, 3)
        default: return !isPlain && appendFixed(letter, timestamp, date, time, to: &bytes)
        }
        return true
    }

    /// The conversions that know no `-`.
    private static func appendFixed(
        _ letter: UInt8, _ timestamp: Int64, _ date: CalendarDate, _ time: Int64, to bytes: inout [UInt8]
    ) -> Bool {
        let micros = Int(time % 1_000_000)
        func number(_ value: Int, _ digits: Int) { CalendarDate.append(value, digits: digits, to: &bytes) }
        switch letter {
        case UInt8(ascii: "%"): bytes.append(letter)
        case UInt8(ascii: "Y"):
            if date.year < 0 { bytes.append(UInt8(ascii: "-")) }
            number(abs(date.year), 4)
        case UInt8(ascii: "a"): bytes += dayNames[date.weekday].utf8.prefix(3)
        case UInt8(ascii: "A"): bytes += dayNames[date.weekday].utf8
        case UInt8(ascii: "b"), UInt8(ascii: "h"): bytes += monthNames[date.month - 1].utf8.prefix(3)
        case UInt8(ascii: "B"): bytes += monthNames[date.month - 1].utf8
        case UInt8(ascii: "p"): bytes += (time < 43_200_000_000 ? "AM" : "PM").utf8
        case UInt8(ascii: "f"): number(micros, 6)
        case UInt8(ascii: "g"): number(micros / 1_000, 3)
        case UInt8(ascii: "n"): number(micros * 1_000, 9)
        case UInt8(ascii: "w"): number(date.weekday, 1)
        case UInt8(ascii: "u"): number(date.weekday == 0 ? 7 : date.weekday, 1)
        case UInt8(ascii: "U"): number((date.dayOfYear + 6 - date.weekday) / 7, 2)
        case UInt8(ascii: "W"): number((date.dayOfYear + 6 - (date.weekday + 6) % 7) / 7, 2)
        case UInt8(ascii: "V"): number(date.isoWeek.week, 2)
        case UInt8(ascii: "G"): number(date.isoWeek.year, 4)
        case UInt8(ascii: "x"): date.append(to: &bytes)
        case UInt8(ascii: "X"): CalendarText.append(timeOfDay: time / 1_000_000 * 1_000_000, to: &bytes)
        case UInt8(ascii: "c"):
            CalendarText.append(timestamp: timestamp - Int64(micros), to: &bytes)
        default: return false
        }
        return true
    }

    // MARK: reading

    private static func parse(_ arguments: FunctionArguments, _ context: FunctionContext) -> Int64? {
        let text = arguments[0].textValue(context.arena).withRun { $0.array }
        var reader = Reader(text: text)
        return arguments[1].slot.withRun { reader.read($0.array) }
    }

    private struct Reader {
        let text: [UInt8]
        var position = 0
        var year = 1900
        var month = 1
        var day = 1
        var hour = 0
        var minute = 0
        var second = 0
        var microsecond = 0
        var isAfternoon: Bool?

        init(text: [UInt8]) { self.text = text }

        mutating func read(_ format: [UInt8]) -> Int64? {
            var index = 0
            while index < format.count {
                if format[index] == UInt8(ascii: "%") {
                    index += 1
                    if index < format.count, format[index] == UInt8(ascii: "-") { index += 1 }
                    guard index < format.count, take(format[index]) else { return nil }
                } else if format[index] == 0x20 {
                    while position < text.count, text[position] == 0x20 { position += 1 }
                } else {
                    guard position < text.count, text[position] == format[index] else { return nil }
                    position += 1
                }
                index += 1
            }
            while position < text.count, text[position] == 0x20 { position += 1 }
            return position == text.count ? result : nil
        }

        private var result: Int64? {
            let date = CalendarDate(year: year, month: month, day: day)
            var hour = hour
            if let isAfternoon {
                guard (1...12).contains(hour) else { return nil }
                hour = hour % 12 + (isAfternoon ? 12 : 0)
            }
            guard date.isValid, hour < 24, minute < 60, second < 60 else { return nil }
            let time = Int64(hour * 3_600 + minute * 60 + second) * 1_000_000 + Int64(microsecond)
            let start = Int128(date.daysSinceEpoch) * Int128(CalendarText.microsecondsPerDay)
            return Int64(exactly: start + Int128(time))
        }

        private mutating func number(_ digits: Int) -> Int? {
            var value = 0
            var count = 0
            while position < text.count, text[position] &- 0x30 < 10, count < digits {
                value = value * 10 + Int(text[position] - 0x30)
                position += 1
                count += 1
            }
            return count > 0 ? value : nil
        }

        /// Reads as many digits as there are, up to a number of them, as a fraction of that many.
        private mutating func fraction(_ digits: Int) -> Int? {
            let start = position
            guard var value = number(digits) else { return nil }
            for _ in position - start..<digits { value *= 10 }
            return value
        }

        private mutating func name(_ names: [String], isShort: Bool) -> Int? {
            for (index, name) in names.enumerated() {
                let wanted = Array(isShort ? name.utf8.prefix(3) : name.utf8.prefix(name.utf8.count))
                let end = position + wanted.count
                guard end <= text.count else { continue }
                if zip(text[position..<end], wanted).allSatisfy({ $0 | 0x20 == $1 | 0x20 }) {
                    position = end
                    return index
                }
            }
            return nil
        }

        private mutating func set(_ field: WritableKeyPath<Reader, Int>, _ value: Int?) -> Bool {
            guard let value else { return false }
            self[keyPath: field] = value
            return true
        }

        private mutating func take(_ letter: UInt8) -> Bool {
            switch letter {
            case UInt8(ascii: "Y"): return set(\.year, number(4))
            case UInt8(ascii: "y"): return set(\.year, number(2).map { $0 < 69 ? 2_000 + $0 : 1_900 + $0 })
            case UInt8(ascii: "m"): return set(\.month, number(2))
            case UInt8(ascii: "d"): return set(\.day, number(2))
            case UInt8(ascii: "H"), UInt8(ascii: "I"): return set(\.hour, number(2))
            case UInt8(ascii: "M"): return set(\.minute, number(2))
            case UInt8(ascii: "S"): return set(\.second, number(2))
            case UInt8(ascii: "f"): return set(\.microsecond, fraction(6))
            case UInt8(ascii: "g"): return set(\.microsecond, fraction(3).map { $0 * 1_000 })
            case UInt8(ascii: "b"), UInt8(ascii: "h"):
                return set(\.month, name(monthNames, isShort: true).map { $0 + 1 })
            case UInt8(ascii: "B"): return set(\.month, name(monthNames, isShort: false).map { $0 + 1 })
            case UInt8(ascii: "a"): return name(dayNames, isShort: true) != nil
            case UInt8(ascii: "A"): return name(dayNames, isShort: false) != nil
            case UInt8(ascii: "p"):
                guard let half = name(["AM", "PM"], isShort: false) else { return false }
                isAfternoon = half == 1
                return true
            case UInt8(ascii: "%"):
                guard position < text.count, text[position] == letter else { return false }
                position += 1
                return true
            default: return false
            }
        }
    }
}
