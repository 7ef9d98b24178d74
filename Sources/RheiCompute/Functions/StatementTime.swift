#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The time that `now` stands for, the same throughout one statement.
package enum StatementTime {
    /// Returns the current time in milliseconds since the epoch of the Julian day (noon, 24 November 4714 BC).
    package static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return 210_866_760_000_000 + Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
