import Foundation
import Synchronization

/// How much more the processors of this machine do together than one of them does alone, at this moment.
///
/// Processors of a virtual machine are at times two threads of one core, for some milliseconds or for seconds, and no
/// counter of the guest tells. Such threads share the core's multiplier, so the yardstick is integer multiplication, by
/// threads that are bound to a processor each.
public struct ProcessorGain: Sendable {
    private let processors: [Processor]
    /// Seconds of the work on one thread, the least of several times.
    private let alone: Double

    private static let multiplications = 20_000_000

    /// Where there is nothing to be measured.
    public struct Unknown: Error, CustomStringConvertible {
        public var description: String
    }

    /// - Throws: ``Unknown`` for one thread, and where threads cannot be bound to so many processors.
    public init(threadCount: Int) throws {
        guard threadCount > 1 else {
            throw Unknown(description: "steady runs compare processors, and one thread uses one")
        }
        let processors = Array(Processor.all().prefix(threadCount))
        guard processors.count == threadCount else {
            throw Unknown(
                description: "steady runs need a processor for each of \(threadCount) threads, and may use "
                    + "\(processors.count)")
        }
        self.processors = processors
        alone = (0..<40).map { Self.seconds(on: [processors[$0 % threadCount]]) }.min() ?? 0
    }

    /// Whether the processors do more together than halfway between one and all of them; takes some milliseconds.
    public func isAtHand() -> Bool { measured() * 2 >= Double(processors.count + 1) }

    /// The work of all processors together over that of one: their number at best.
    public func measured() -> Double { Double(processors.count) * alone / Self.seconds(on: processors) }

    /// The time of the slowest thread, which all begin their work at once.
    private static func seconds(on processors: [Processor]) -> Double {
        let start = Line(length: processors.count)
        let threads = processors.enumerated().map { position, processor in
            let thread = Thread {
                processor.bind()
                start.wait()
                let begin = ContinuousClock.now
                let product = multiply(UInt64(position))
                start.finish((ContinuousClock.now - begin) / .seconds(1), product)
            }
            thread.start()
            return thread
        }
        return withExtendedLifetime(threads) { start.slowest() }
    }

    /// Multiplies in six chains, more than a multiplier has stages, by the constants of Knuth's MMIX.
    @inline(never) private static func multiply(_ seed: UInt64) -> UInt64 {
        var (a, b, c, d, e, f) = (seed, seed &+ 1, seed &+ 2, seed &+ 3, seed &+ 4, seed &+ 5)
        let (factor, step): (UInt64, UInt64) = (6_364_136_223_846_793_005, 1_442_695_040_888_963_407)
        for _ in 0..<multiplications / 6 {
            a = a &* factor &+ step
            b = b &* factor &+ step
            c = c &* factor &+ step
            d = d &* factor &+ step
            e = e &* factor &+ step
            f = f &* factor &+ step
        }
        return a ^ b ^ c ^ d ^ e ^ f
    }
}

/// Where threads wait for each other before they begin, and leave their times.
private final class Line: Sendable {
    private let length: Int
    private let arrived = Atomic<Int>(0)
    /// With what was computed, or it would not be.
    private let results = Mutex<[(seconds: Double, product: UInt64)]>([])
    private let finished = DispatchSemaphore(value: 0)

    init(length: Int) { self.length = length }

    func wait() {
        arrived.add(1, ordering: .relaxed)
        while arrived.load(ordering: .relaxed) < length {}
    }

    func finish(_ seconds: Double, _ product: UInt64) {
        results.withLock { $0.append((seconds, product)) }
        finished.signal()
    }

    func slowest() -> Double {
        for _ in 0..<length { finished.wait() }
        return results.withLock { $0.map(\.seconds).max() ?? 0 }
    }
}
