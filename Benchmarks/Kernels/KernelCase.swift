import CAllocationCount

/// A kernel over input of one shape.
struct KernelCase {
    let name: String
    /// Rows that one call takes.
    let rowCount: Int
    /// Calls the kernel once.
    let body: () throws -> Void

    struct Cost {
        var nanosecondsPerRow: Double
        var allocationsPerCall: Double
    }

    /// Runs of which the middle one counts.
    private static let runCount = 7
    /// A run lasts at least this many seconds, so that the clock's own time does not show.
    private static let shortestRun = 0.02

    /// Calls the kernel until memory that it keeps is there, then counts and measures.
    func measure() throws -> Cost {
        var callCount = 1
        while try seconds(callCount) < Self.shortestRun { callCount *= 2 }
        let before = rhei_allocation_count()
        for _ in 0..<callCount { try body() }
        let allocationCount = rhei_allocation_count() - before
        let times = try (0..<Self.runCount).map { _ in try seconds(callCount) }.sorted()
        return Cost(
            nanosecondsPerRow: times[Self.runCount / 2] * 1e9 / Double(callCount * rowCount),
            allocationsPerCall: Double(allocationCount) / Double(callCount))
    }

    private func seconds(_ callCount: Int) throws -> Double {
        let start = ContinuousClock.now
        for _ in 0..<callCount { try body() }
        return (ContinuousClock.now - start) / .seconds(1)
    }
}
