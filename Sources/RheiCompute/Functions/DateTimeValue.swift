/// A date and time in the making, as SQLite's date functions carry it: a Julian day in milliseconds, or year to day, or
/// hour to second, or a bare number whose meaning a modifier decides. Each part is computed from the others on demand.
///
/// The calendar is the proleptic Gregorian one; day numbers after Meeus, Astronomical Algorithms, 2nd edition,
/// chapter 7.
struct DateTimeValue {
    /// Milliseconds since noon of 24 November 4714 BC.
    var julianDay: Int64 = 0
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    /// Seconds with fraction, or the bare number.
    var second = 0.0
    /// Minutes east of Greenwich.
    var zone = 0
    var hasJulianDay = false
    var hasDate = false
    var hasTime = false
    var hasZone = false
    /// Whether a zone was given, also if it was UTC.
    var zoneIsSet = false
    /// Whether `second` is a bare number.
    var isRawNumber = false
    var isError = false

    static let millisecondsPerDay: Int64 = 86_400_000
    /// 1970-01-01T00:00.
    static let unixEpoch: Int64 = 210_866_760_000_000
    private static let lastJulianDay: Int64 = 464_269_060_799_999

    init() {}

    /// Whether the Julian day lies between 4714 BC and the end of 9999.
    var isInRange: Bool { julianDay >= 0 && julianDay <= Self.lastJulianDay }

    mutating func fail() {
        self = DateTimeValue()
        isError = true
    }

    mutating func clearParts() {
        hasDate = false
        hasTime = false
        hasZone = false
    }

    /// Takes a number: a Julian day where it can be one, until a modifier says otherwise.
    mutating func set(number: Double) {
        second = number
        isRawNumber = true
        if number >= 0, number < 5_373_484.5 {
            julianDay = Int64(number * 86_400_000 + 0.5)
            hasJulianDay = true
        }
    }

    mutating func set(julianDay: Int64) {
        clearParts()
        self.julianDay = julianDay
        hasJulianDay = true
        isRawNumber = false
    }

    mutating func computeJulianDay() {
        if hasJulianDay { return }
        var year = hasDate ? year : 2000
        var month = hasDate ? month : 1
        let day = hasDate ? day : 1
        if year < -4713 || year > 9999 || isRawNumber { return fail() }
        if month <= 2 {
            year -= 1
            month += 12
        }
        let century = year / 100
        let leapCorrection = 2 - century + century / 4
        let yearDays = 36525 * (year + 4716) / 100
        let monthDays = 306_001 * (month + 1) / 10000
        julianDay = Int64((Double(yearDays + monthDays + day + leapCorrection) - 1524.5) * 86_400_000)
        hasJulianDay = true
        if hasTime { addTime() }
    }

    private mutating func addTime() {
        julianDay += Int64(hour) * 3_600_000 + Int64(minute) * 60_000 + Int64(second * 1000 + 0.5)
        if hasZone {
            julianDay -= Int64(zone) * 60_000
            clearParts()
        }
    }

    mutating func computeDate() {
        if hasDate { return }
        if !hasJulianDay {
            (year, month, day) = (2000, 1, 1)
        } else if !isInRange {
            return fail()
        } else {
            let wholeDay = Int((julianDay + 43_200_000) / Self.millisecondsPerDay)
            let leap = Int((Double(wholeDay) - 1867216.25) / 36524.25)
            let shifted = wholeDay + 1 + leap - leap / 4 + 1524
            let years = Int((Double(shifted) - 122.1) / 365.25)
            let yearDays = 36525 * (years & 32767) / 100
            let months = Int(Double(shifted - yearDays) / 30.6001)
            day = shifted - yearDays - Int(30.6001 * Double(months))
            month = months < 14 ? months - 1 : months - 13
            year = month > 2 ? years - 4716 : years - 4715
        }
        hasDate = true
    }

    mutating func computeTime() {
        if hasTime { return }
        computeJulianDay()
        let milliseconds = Int((julianDay + 43_200_000) % Self.millisecondsPerDay)
        second = Double(milliseconds) / 1000
        var seconds = Int(second)
        second -= Double(seconds)
        hour = seconds / 3600
        seconds -= hour * 3600
        minute = seconds / 60
        second += Double(seconds - minute * 60)
        isRawNumber = false
        hasTime = true
    }

    mutating func computeDateAndTime() {
        computeDate()
        computeTime()
    }
}
