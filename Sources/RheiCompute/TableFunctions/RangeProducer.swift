import RheiArrow
import RheiCore

/// `range(start, stop, step)` of integers: the stop does not count, and a step of 0 gives nothing.
package final class RangeProducer: RowProducer {
    private var series = Series(start: 0, stop: 0, step: 0, isClosed: false)
    private var index: Int64 = -1
    private var count: Int128 = 0

    package override init() { super.init() }

    override func begin(_ arguments: [Datum]) {
        index = -1
        count = 0
        if arguments.contains(where: \.isNull) { return }
        let bounds = arguments.map(\.integerValue)
        series.start = bounds.count > 1 ? bounds[0] : 0
        series.stop = bounds.count > 1 ? bounds[1] : bounds.first ?? 0
        series.step = bounds.count > 2 ? bounds[2] : 1
        if series.step == 0 { return }
        let width = Int128(series.step.magnitude)
        let distance =
            series.step > 0
            ? Int128(series.stop) - Int128(series.start) : Int128(series.start) - Int128(series.stop)
        count = distance <= 0 ? 0 : (distance + width - 1) / width
    }

    override func advance() -> Bool {
        index += 1
        return Int128(index) < count
    }

    override func value(column: Int) -> Datum { .integer(series.start &+ index &* series.step) }
}

/// `range` and `generate_series` of timestamps: start, stop, interval, whether the stop counts.
package final class TimestampSeriesProducer: RowProducer {
    private var current: Int64 = 0
    private var stop: Int64 = 0
    private var step = IntervalKey(months: 0, days: 0, microseconds: 0)
    private var isClosed = false
    private var hasBegun = false
    private var isEmpty = true

    package override init() { super.init() }

    override func begin(_ arguments: [Datum]) throws {
        hasBegun = false
        isEmpty = arguments.contains(where: \.isNull)
        if isEmpty { return }
        current = arguments[0].integer
        stop = arguments[1].integer
        step = try IntervalFunctions.interval(arguments[2])
        isClosed = arguments[3].integer != 0
        let signs = Set([step.months.signum(), step.days.signum()].map(Int64.init) + [step.microseconds.signum()])
        guard !(signs.contains(1) && signs.contains(-1)) else {
            throw EngineError(.invalidArgument, "the step of a series of timestamps has parts of both signs")
        }
        if step.duration == 0 { throw EngineError(.invalidArgument, "the step of a series of timestamps is 0") }
    }

    override func advance() throws -> Bool {
        if isEmpty { return false }
        if hasBegun { current = try CalendarFunctions.timestamp(current, plus: step, 1) }
        hasBegun = true
        let isPast = step.duration > 0 ? current > stop : current < stop
        return !isPast && (isClosed || current != stop)
    }

    override func value(column: Int) -> Datum { .integer(current) }
}
