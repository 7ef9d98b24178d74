import RheiCDC
import RheiStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Decides when histories lose the versions that ended longest ago.
///
/// To find them all versions are read, so an eighth of the period gathers before any go.
struct HistoryRetention {
    private let period: Duration
    private var nextLook: ContinuousClock.Instant?

    /// - Parameter period: one below zero counts as none.
    init(period: Duration) { self.period = period < .zero ? .zero : period }

    /// Calls `trim` with each history that tells of too long a time, and the time that it is to begin at, in
    /// microseconds since 1970.
    ///
    /// - Parameter now: of the clock that says how much time has passed.
    mutating func forget(_ snapshot: StoreSnapshot, now: ContinuousClock.Instant, trim: (String, Int64) -> Void) {
        if let nextLook, now < nextLook { return }
        nextLook = now + min(period / 8, .seconds(60))
        forget(snapshot.histories, time: Self.currentTime, trim: trim)
    }

    /// Microseconds since 1970.
    private static var currentTime: Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }

    /// Does the same for a time in microseconds since 1970.
    func forget(_ histories: [String: TableHistory], time: Int64, trim: (String, Int64) -> Void) {
        let end = time - period.wholeMicroseconds
        let limit = end - (period / 8).wholeMicroseconds
        for (name, history) in histories {
            guard let first = history.generations.first, first.startTime < limit else { continue }
            trim(name, end)
        }
    }
}

extension Duration {
    /// In whole microseconds, or the most that 62 bits hold.
    fileprivate var wholeMicroseconds: Int64 {
        let (seconds, attoseconds) = components
        let (product, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000)
        return overflows ? .max / 2 : min(product, .max / 2) + attoseconds / 1_000_000_000_000
    }
}
