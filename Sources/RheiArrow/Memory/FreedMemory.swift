import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A switch that makes reads of memory after its release show: what owns vectors, strings and buffers then fills them
/// with a pattern before it gives them back.
///
/// The pattern makes wrong numbers, and addresses that no process has. Off by default; the environment variable
/// `RHEI_FILL_FREED_MEMORY` turns it on from the start, so that every test can run under it. While off, it costs one
/// relaxed load per release.
package enum FreedMemory {
    private static let pattern: UInt8 = 0xA5
    private static let fills = Atomic<Bool>(unsafe getenv("RHEI_FILL_FREED_MEMORY") != nil)

    /// Whether released memory is filled from now on, in the whole process.
    package static var isFilled: Bool {
        get { fills.load(ordering: .relaxed) }
        set { fills.store(newValue, ordering: .relaxed) }
    }

    /// Fills memory that its owner gives back, or whose contents are void from now on.
    @unsafe package static func fill(_ start: UnsafeMutableRawPointer?, byteCount: Int) {
        guard isFilled, let start = unsafe start, byteCount > 0 else { return }
        unsafe start.initializeMemory(as: UInt8.self, repeating: pattern, count: byteCount)
    }
}
