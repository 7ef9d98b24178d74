#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension DateTimeValue {
    /// Applies a modifier such as `+1 month`, `start of year`, `weekday 0`, `unixepoch` or `localtime`.
    ///
    /// - Parameter isFirst: whether it directly follows the time value.
    /// - Returns: false when the modifier is none, or does not apply.
    mutating func apply(modifier: ByteRun, isFirst: Bool) -> Bool {
        guard !modifier.isEmpty else { return false }
        switch foldCase(modifier[0]) {
        case 0x61: return modifier.equalsFolded("auto") && isFirst && adjustAutomatically()
        case 0x6A: return modifier.equalsFolded("julianday") && isFirst && takeAsJulianDay()
        case 0x6C: return modifier.equalsFolded("localtime") && shiftToLocalTime()
        case 0x75:
            if modifier.equalsFolded("unixepoch"), isRawNumber { return isFirst && takeAsUnixTime() }
            return modifier.equalsFolded("utc") && shiftToUniversalTime()
        case 0x77: return moveToWeekday(modifier)
        case 0x73: return moveToStart(modifier)
        case 0x2B, 0x2D, 0x30...0x39: return add(modifier)
        default: return false
        }
    }

    private mutating func adjustAutomatically() -> Bool {
        if !isRawNumber || hasJulianDay {
            isRawNumber = false
        } else if second >= -210_866_760_000, second <= 253_402_300_799 {
            set(julianDay: Int64(second * 1000 + Double(Self.unixEpoch) + 0.5))
        }
        return true
    }

    private mutating func takeAsJulianDay() -> Bool {
        guard hasJulianDay, isRawNumber else { return false }
        isRawNumber = false
        return true
    }

    private mutating func takeAsUnixTime() -> Bool {
        let milliseconds = second * 1000 + Double(Self.unixEpoch)
        guard milliseconds >= 0, milliseconds < 464_269_060_800_000 else { return false }
        set(julianDay: Int64(milliseconds + 0.5))
        return true
    }

    private mutating func moveToWeekday(_ modifier: ByteRun) -> Bool {
        guard modifier.hasFoldedPrefix("weekday ") else { return false }
        let scanned = scanReal(modifier.slice(8, modifier.count))
        guard scanned.form == .integer || scanned.form == .real, scanned.value >= 0, scanned.value < 7,
            scanned.value.rounded(.towardZero) == scanned.value
        else { return false }
        computeDateAndTime()
        hasZone = false
        hasJulianDay = false
        computeJulianDay()
        let wanted = Int64(scanned.value)
        var current = (julianDay + 129_600_000) / Self.millisecondsPerDay % 7
        if current > wanted { current -= 7 }
        julianDay += (wanted - current) * Self.millisecondsPerDay
        clearParts()
        return true
    }

    private mutating func moveToStart(_ modifier: ByteRun) -> Bool {
        guard modifier.hasFoldedPrefix("start of "), hasJulianDay || hasDate || hasTime else { return false }
        let unit = modifier.slice(9, modifier.count)
        computeDate()
        hasTime = true
        hour = 0
        minute = 0
        second = 0
        isRawNumber = false
        hasZone = false
        hasJulianDay = false
        if unit.equalsFolded("day") { return true }
        guard unit.equalsFolded("month") || unit.equalsFolded("year") else { return false }
        day = 1
        if unit.equalsFolded("year") { month = 1 }
        return true
    }

    /// Adds `±HH:MM:SS.FFF` or `±NNN units`.
    private mutating func add(_ modifier: ByteRun) -> Bool {
        var end = 1
        while end < modifier.count, modifier[end] != 0x3A, !isSpace(modifier[end]) { end += 1 }
        let scanned = scanReal(modifier.slice(0, end))
        guard scanned.form == .integer || scanned.form == .real else { return false }
        if end < modifier.count, modifier[end] == 0x3A { return addTime(modifier) }
        while end < modifier.count, isSpace(modifier[end]) { end += 1 }
        return add(scanned.value, modifier.slice(end, modifier.count))
    }

    private mutating func addTime(_ modifier: ByteRun) -> Bool {
        let first = isDigit(modifier[0]) ? 0 : 1
        var span = DateTimeValue()
        var reader = DateTimeReader(modifier.slice(first, modifier.count))
        guard reader.readTime(into: &span) else { return false }
        span.computeJulianDay()
        let sinceMidnight = (span.julianDay - 43_200_000) % Self.millisecondsPerDay
        computeJulianDay()
        clearParts()
        julianDay += modifier[0] == 0x2D ? -sinceMidnight : sinceMidnight
        return true
    }

    private struct Unit {
        var name: StaticString
        /// Amounts up to this size keep within the range of dates.
        var limit: Double
        var seconds: Double
    }

    private static let units = [
        Unit(name: "second", limit: 4.6427e+14, seconds: 1),
        Unit(name: "minute", limit: 7.7379e+12, seconds: 60),
        Unit(name: "hour", limit: 1.2897e+11, seconds: 3600),
        Unit(name: "day", limit: 5373485, seconds: 86400),
        Unit(name: "month", limit: 176546, seconds: 2_592_000),
        Unit(name: "year", limit: 14713, seconds: 31_536_000),
    ]

    private mutating func add(_ amount: Double, _ unitName: ByteRun) -> Bool {
        guard unitName.count >= 3, unitName.count <= 10 else { return false }
        let isPlural = foldCase(unitName[unitName.count - 1]) == 0x73
        let name = unitName.slice(0, unitName.count - (isPlural ? 1 : 0))
        computeJulianDay()
        defer { clearParts() }
        for (index, unit) in Self.units.enumerated()
        where name.equalsFolded(unit.name) && amount > -unit.limit && amount < unit.limit {
            var rest = amount
            if index >= 4 {
                addCalendarUnits(Int(amount), areYears: index == 5)
                rest -= amount.rounded(.towardZero)
            }
            computeJulianDay()
            julianDay &+= Int64(rest * 1000 * unit.seconds + (amount < 0 ? -0.5 : 0.5))
            return true
        }
        return false
    }

    private mutating func addCalendarUnits(_ amount: Int, areYears: Bool) {
        computeDateAndTime()
        if areYears {
            year += amount
        } else {
            month += amount
            let years = month > 0 ? (month - 1) / 12 : (month - 12) / 12
            year += years
            month -= years * 12
        }
        hasJulianDay = false
    }
}

extension DateTimeValue {
    /// Shifts from UTC to the zone of the process. Years that the C library may not know are mapped to 2000-2003.
    private mutating func shiftToLocalTime() -> Bool {
        computeJulianDay()
        var yearShift = 0
        var mapped = self
        if julianDay < Self.unixEpoch || julianDay > 213_014_145_600_000 {
            mapped.computeDateAndTime()
            yearShift = 2000 + mapped.year % 4 - mapped.year
            mapped.year += yearShift
            mapped.hasJulianDay = false
            mapped.computeJulianDay()
        }
        var seconds = time_t(mapped.julianDay / 1000 - Self.unixEpoch / 1000)
        var local = unsafe tm()
        guard unsafe localtime_r(&seconds, &local) != nil else { return false }
        let milliseconds = julianDay % 1000
        hasJulianDay = false
        isRawNumber = false
        hasZone = false
        isError = false
        year = unsafe Int(local.tm_year) + 1900 - yearShift
        month = unsafe Int(local.tm_mon) + 1
        day = unsafe Int(local.tm_mday)
        hour = unsafe Int(local.tm_hour)
        minute = unsafe Int(local.tm_min)
        second = unsafe Double(local.tm_sec) + Double(milliseconds) * 0.001
        hasDate = true
        hasTime = true
        return true
    }

    /// Shifts from the zone of the process to UTC, unless a zone was given: guesses until the guess maps back.
    private mutating func shiftToUniversalTime() -> Bool {
        if zoneIsSet { return true }
        computeJulianDay()
        let original = julianDay
        var guess = original
        var error: Int64 = 0
        for _ in 0..<4 {
            guess -= error
            var candidate = DateTimeValue()
            candidate.set(julianDay: guess)
            guard candidate.shiftToLocalTime() else { return false }
            candidate.computeJulianDay()
            // SQLite keeps the difference in 32 bits, which shows for times that have no local form.
            error = Int64(Int32(truncatingIfNeeded: candidate.julianDay - original))
            if error == 0 { break }
        }
        self = DateTimeValue()
        julianDay = guess
        hasJulianDay = true
        zoneIsSet = true
        return true
    }
}

extension ByteRun {
    /// Whether the bytes are `text`, in lower case, when letters are folded.
    func equalsFolded(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && hasFoldedPrefix(text)
    }

    /// Whether the bytes begin with `text`, in lower case, when letters are folded.
    func hasFoldedPrefix(_ text: StaticString) -> Bool {
        guard count >= text.utf8CodeUnitCount else { return false }
        for index in 0..<text.utf8CodeUnitCount where unsafe foldCase(self[index]) != text.utf8Start[index] {
            return false
        }
        return true
    }
}
