/// The validity of rows as they are appended; bits exist only once there is a null.
struct LazyValidity: ~Copyable {
    private var bits = BitmapBuilder()
    private var count = 0
    private var nullCount = 0

    mutating func append(_ isValid: Bool, count added: Int = 1) {
        if !isValid, nullCount == 0, added > 0 { bits.append(repeating: true, count: count) }
        if !isValid { nullCount += added }
        if nullCount > 0 { bits.append(repeating: isValid, count: added) }
        count += added
    }

    /// Appends the validity of rows of an array.
    mutating func append(_ array: ArrowArray, rows: Range<Int>) {
        var end = rows.lowerBound
        _ = array.allValidRuns(of: rows) { run in
            append(false, count: run.lowerBound - end)
            append(true, count: run.count)
            end = run.upperBound
            return true
        }
        append(false, count: rows.upperBound - end)
    }

    /// Returns what was appended and starts anew.
    mutating func finish() -> (bits: Buffer?, nullCount: Int) {
        let result = (nullCount > 0 ? bits.finish().buffer : nil, nullCount)
        (count, nullCount) = (0, 0)
        return result
    }
}
