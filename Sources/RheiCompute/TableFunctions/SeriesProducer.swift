/// `generate_series(start, stop, step)`: the numbers from `start` to `stop`, both included. A null argument gives no
/// row, a step of 0 counts as 1.
///
/// Columns: value, start, stop, step.
package final class SeriesProducer: RowProducer {
    private var start: Int64 = 0
    private var stop: Int64 = 0
    private var step: Int64 = 1
    private var current: Int64?
    private var hasBegun = false

    package override init() { super.init() }

    override func begin(_ arguments: [Datum]) {
        start = arguments[0].integerValue
        // The end that SQLite's own extension takes where none is given.
        stop = arguments.count > 1 ? arguments[1].integerValue : 0xFFFF_FFFF
        step = arguments.count > 2 ? arguments[2].integerValue : 1
        if step == 0 { step = 1 }
        current = arguments.contains(where: \.isNull) ? nil : start
        hasBegun = false
    }

    override func advance() -> Bool {
        guard let known = current else { return false }
        var next = known
        if hasBegun {
            let (sum, overflow) = known.addingReportingOverflow(step)
            next = sum
            if overflow {
                current = nil
                return false
            }
        }
        hasBegun = true
        current = step > 0 ? (next <= stop ? next : nil) : (next >= stop ? next : nil)
        return current != nil
    }

    override func value(column: Int) -> Datum {
        switch column {
        case 0: .integer(current ?? 0)
        case 1: .integer(start)
        case 2: .integer(stop)
        default: .integer(step)
        }
    }
}
