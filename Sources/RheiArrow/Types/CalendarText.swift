/// Divides rounding toward minus infinity; the remainder has the divisor's sign.
package func flooredQuotient(_ value: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

/// Returns the proleptic Gregorian date of a day number.
///
/// Any Int64 is accepted. Counts in eras of 400 years that begin on March 1 ("chrono-Compatible Low-Level Date
/// Algorithms", Howard Hinnant, 2013, days_from_civil's inverse).
package func civilDate(daysSinceEpoch: Int64) -> (year: Int64, month: Int, day: Int) {
    let (epochEra, epochDay) = flooredQuotient(daysSinceEpoch, 146_097)
    let shifted = epochDay + 719_468
    let era = epochEra + shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    let month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
}

/// Formats a day number as `YYYY-MM-DD`, years before 0 with a sign.
package func dateText(daysSinceEpoch: Int64) -> String {
    let (year, month, day) = civilDate(daysSinceEpoch: daysSinceEpoch)
    let sign = year < 0 ? "-" : ""
    return "\(sign)\(padded(year.magnitude, 4))-\(padded(UInt64(month), 2))-\(padded(UInt64(day), 2))"
}

/// Formats a time of day as `HH:MM:SS`, with as many fractional digits as the unit has when there is a fraction.
package func timeText(_ value: Int64, unit: TimeUnit) -> String {
    let (seconds, fraction) = flooredQuotient(value, unit.perSecond)
    let (hours, rest) = flooredQuotient(seconds, 3600)
    let text = "\(padded(hours.magnitude, 2)):\(padded(UInt64(rest / 60), 2)):\(padded(UInt64(rest % 60), 2))"
    let digits = unit == .second ? 0 : unit == .millisecond ? 3 : unit == .microsecond ? 6 : 9
    return (hours < 0 ? "-" : "") + text + (fraction == 0 ? "" : "." + padded(UInt64(fraction), digits))
}

/// Formats a timestamp as `YYYY-MM-DD HH:MM:SS[.fraction]`, in UTC when it has a zone.
package func timestampText(_ value: Int64, unit: TimeUnit) -> String {
    let (days, rest) = flooredQuotient(value, 86_400 * unit.perSecond)
    return dateText(daysSinceEpoch: days) + " " + timeText(rest, unit: unit)
}

/// Formats an unscaled decimal with its fractional digits; a negative scale appends zeros.
package func decimalText(_ unscaled: Int128, scale: Int) -> String {
    decimalText(digits: String(unscaled.magnitude), isNegative: unscaled < 0, scale: scale)
}

/// Formats the digits of an unscaled decimal as `decimalText(_:scale:)` does.
func decimalText(digits: String, isNegative: Bool, scale: Int) -> String {
    let sign = isNegative ? "-" : ""
    if scale <= 0 { return sign + digits + (digits == "0" ? "" : String(repeating: "0", count: -scale)) }
    let padding = String(repeating: "0", count: max(0, scale + 1 - digits.count))
    let all = padding + digits
    return sign + all.dropLast(scale) + "." + all.suffix(scale)
}

private func padded(_ value: UInt64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
