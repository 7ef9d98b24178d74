import RheiCore

/// A view of a run-end encoded array: values and the row after the last one of each.
public struct RunEndEncodedArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray

    /// - Throws: `typeMismatch` when the array is not run-end encoded.
    public init(_ array: ArrowArray) throws {
        guard case .runEndEncoded = array.type else {
            throw EngineError(.typeMismatch, "an array of \(array.type) has no run ends")
        }
        self.array = array
    }

    public var count: Int { array.count }
    /// One value for each run, also of runs that a slice left out.
    public var values: ArrowArray { array.children[1] }

    /// The row of `values` that row `row` has; O(log runs).
    ///
    /// - Precondition: `0 <= row < count`.
    public func valueIndex(at row: Int) -> Int { array.runIndex(row) }

    /// The runs of this array's rows, ascending: the rows of each and the row of `values` that they have.
    public var runs: [(rows: Range<Int>, value: Int)] {
        if count == 0 { return [] }
        defer { withExtendedLifetime(array) {} }
        let slots = RunSlots(array)
        var result: [(rows: Range<Int>, value: Int)] = []
        var (run, row) = (slots.run(of: 0), 0)
        while row < count {
            let end = slots.end(of: run)
            result.append((row..<end, run))
            (run, row) = (run + 1, end)
        }
        return result
    }

    /// Returns the same rows without runs.
    ///
    /// - Throws: `overflow` when the values do not fit their layout's offsets.
    public func decoded() throws -> ArrowArray {
        try values.take(runs.flatMap { run in [Int?](repeating: run.value, count: run.rows.count) })
    }
}
