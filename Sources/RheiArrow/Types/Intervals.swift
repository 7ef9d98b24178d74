/// An interval of days and milliseconds, as arrays of type `interval(.dayTime)` hold it.
@frozen public struct DayTimeInterval: BitwiseCopyable, Sendable, Hashable {
    public var days: Int32
    public var milliseconds: Int32

    public init(days: Int32, milliseconds: Int32) {
        self.days = days
        self.milliseconds = milliseconds
    }
}

/// An interval of months, days and nanoseconds, as arrays of type `interval(.monthDayNano)` hold it.
@frozen public struct MonthDayNanoInterval: BitwiseCopyable, Sendable, Hashable {
    public var months: Int32
    public var days: Int32
    public var nanoseconds: Int64

    public init(months: Int32, days: Int32, nanoseconds: Int64) {
        self.months = months
        self.days = days
        self.nanoseconds = nanoseconds
    }
}
