/// Times of one thing that was done several times.
public struct Measurement: Sendable {
    /// Seconds of each run, in the order of the runs.
    public var seconds: [Double]

    public init(seconds: [Double]) { self.seconds = seconds }

    /// The middle time, of an even number of runs the mean of the two middle ones.
    public var median: Double {
        let sorted = seconds.sorted()
        guard !sorted.isEmpty else { return .nan }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// Times `body` once.
    public static func time<Result>(_ body: () async throws -> Result) async rethrows -> (Double, Result) {
        let clock = ContinuousClock()
        let start = clock.now
        let result = try await body()
        return (start.duration(to: clock.now) / .seconds(1), result)
    }

    /// Times two contenders in turns, after one unmeasured run of each, so that both meet the same state of the
    /// machine.
    public static func alternate(
        runs: Int, _ first: () async throws -> Void, _ second: () async throws -> Void
    ) async rethrows -> (Measurement, Measurement) {
        try await first()
        try await second()
        var firstTimes: [Double] = []
        var secondTimes: [Double] = []
        for _ in 0..<runs {
            firstTimes.append(try await time(first).0)
            secondTimes.append(try await time(second).0)
        }
        return (Measurement(seconds: firstTimes), Measurement(seconds: secondTimes))
    }
}
