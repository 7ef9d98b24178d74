/// A day of the proleptic Gregorian calendar.
///
/// Conversions to and from day numbers count in eras of 400 years that begin on 1 March (H. Hinnant, "chrono-compatible
/// low-level date algorithms", 2013).
package struct CalendarDate: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int

    package init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that lies so many days after 1970-01-01.
    package init(daysSinceEpoch days: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// How many days after 1970-01-01 the day lies.
    package var daysSinceEpoch: Int {
        let shiftedYear = month <= 2 ? year - 1 : year
        let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
        let yearOfEra = shiftedYear - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Whether there is such a day.
    package var isValid: Bool {
        (1...12).contains(month) && day >= 1 && day <= Self.dayCount(ofMonth: month, year: year)
            && (-290_000...290_000).contains(year)
    }

    package static func dayCount(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The day so many months later; the last of the month where that month is shorter.
    package func adding(months: Int) -> CalendarDate {
        let index = year * 12 + month - 1 + months
        let newYear = index >= 0 ? index / 12 : (index - 11) / 12
        let newMonth = index - newYear * 12 + 1
        return CalendarDate(
            year: newYear, month: newMonth, day: min(day, Self.dayCount(ofMonth: newMonth, year: newYear)))
    }

    /// 1 for the first of January.
    package var dayOfYear: Int { daysSinceEpoch - CalendarDate(year: year, month: 1, day: 1).daysSinceEpoch + 1 }

    /// 0 for Sunday to 6 for Saturday.
    package var weekday: Int { (((daysSinceEpoch + 4) % 7) + 7) % 7 }

    /// The ISO 8601 week and the year that it belongs to.
    package var isoWeek: (year: Int, week: Int) {
        let isoWeekday = weekday == 0 ? 7 : weekday
        let thursday = CalendarDate(daysSinceEpoch: daysSinceEpoch + 4 - isoWeekday)
        return (thursday.year, (thursday.dayOfYear - 1) / 7 + 1)
    }

    /// `2024-02-29`; years before 1 and after 9999 keep their sign and digits.
    package func append(to output: inout [UInt8]) {
        if year < 0 { output.append(0x2D) }
        Self.append(abs(year), digits: 4, to: &output)
        output.append(0x2D)
        Self.append(month, digits: 2, to: &output)
        output.append(0x2D)
        Self.append(day, digits: 2, to: &output)
    }

    /// Appends a number that is not negative, filled with zeros.
    package static func append(_ value: Int, digits: Int, to output: inout [UInt8]) {
        var power = 1
        for _ in 1..<digits { power *= 10 }
        while value / power >= 10 { power *= 10 }
        while power > 0 {
            output.append(0x30 + UInt8(value / power % 10))
            power /= 10
        }
    }
}
