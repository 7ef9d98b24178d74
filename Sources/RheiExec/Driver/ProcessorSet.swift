#if canImport(Glibc)
import Glibc

// Extensions of the C library, which the module that Swift knows it by leaves out.
@_silgen_name("sched_getcpu")
private func numberOfCurrentProcessor() -> Int32
@_silgen_name("pthread_getaffinity_np")
private func getAffinity(_ thread: pthread_t, _ byteCount: Int, _ bits: UnsafeMutableRawPointer) -> Int32
@_silgen_name("pthread_setaffinity_np")
private func setAffinity(_ thread: pthread_t, _ byteCount: Int, _ bits: UnsafeRawPointer) -> Int32

/// Processors that a thread may run on: a bit each, as the system keeps them, of the first 1 024.
struct ProcessorSet: Equatable {
    private var bits = InlineArray<16, UInt64>(repeating: 0)

    /// Where `thread` may run now; nil when the system does not say.
    init?(of thread: ThreadID) {
        let byteCount = MemoryLayout.size(ofValue: bits)
        let code = unsafe withUnsafeMutableBytes(of: &bits) { bytes in
            guard let start = bytes.baseAddress else { return EINVAL }
            return unsafe getAffinity(thread.value, byteCount, start)
        }
        guard code == 0 else { return nil }
    }

    /// The same without the processor that runs the calling thread; nil when that leaves none.
    func withoutCurrent() -> ProcessorSet? {
        let number = Int(numberOfCurrentProcessor())
        guard number >= 0, bits.indices.contains(number / 64) else { return nil }
        var rest = self
        rest.bits[number / 64] &= ~(1 << UInt64(number % 64))
        return rest.bits.indices.contains { rest.bits[$0] != 0 } ? rest : nil
    }

    static func == (a: ProcessorSet, b: ProcessorSet) -> Bool {
        a.bits.indices.allSatisfy { a.bits[$0] == b.bits[$0] }
    }

    /// Binds `thread` to these processors; returns whether the system did.
    @discardableResult
    func bind(_ thread: ThreadID) -> Bool {
        let byteCount = MemoryLayout.size(ofValue: bits)
        return unsafe withUnsafeBytes(of: bits) { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe setAffinity(thread.value, byteCount, start) == 0
        }
    }
}

/// A thread that is alive.
struct ThreadID: Sendable {
    fileprivate let value: pthread_t

    /// The calling thread.
    init() { value = pthread_self() }
}
#else
/// Processors that a thread may run on, of which this system does not tell.
struct ProcessorSet: Equatable {
    init?(of thread: ThreadID) { return nil }
    func withoutCurrent() -> ProcessorSet? { nil }
    @discardableResult
    func bind(_ thread: ThreadID) -> Bool { false }
}

struct ThreadID: Sendable {}
#endif
