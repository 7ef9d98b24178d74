/// One processor of the machine, by its number.
struct Processor: Sendable {
    private let number: Int
}

#if canImport(Glibc)
import Glibc

// Extensions of the C library, which the module that Swift knows it by leaves out. Process 0 is the calling thread.
@_silgen_name("sched_getaffinity")
private func getAffinity(_ process: Int32, _ byteCount: Int, _ bits: UnsafeMutableRawPointer) -> Int32
@_silgen_name("sched_setaffinity")
private func setAffinity(_ process: Int32, _ byteCount: Int, _ bits: UnsafeRawPointer) -> Int32

extension Processor {
    private static let wordCount = 16

    /// Those that the calling thread may run on, of the first 1 024.
    static func all() -> [Processor] {
        var bits = [UInt64](repeating: 0, count: wordCount)
        let code = unsafe bits.withUnsafeMutableBytes { bytes in
            unsafe bytes.baseAddress.map { start in unsafe getAffinity(0, bytes.count, start) } ?? -1
        }
        guard code == 0 else { return [] }
        return (0..<wordCount * 64).filter { bits[$0 / 64] >> UInt64($0 % 64) & 1 == 1 }.map(Processor.init)
    }

    /// Binds the calling thread to the processor.
    func bind() {
        var bits = [UInt64](repeating: 0, count: Self.wordCount)
        bits[number / 64] = 1 << UInt64(number % 64)
        _ = unsafe bits.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map { start in unsafe setAffinity(0, bytes.count, start) } ?? -1
        }
    }
}
#else
extension Processor {
    /// None, for this system does not let threads choose.
    static func all() -> [Processor] { [] }
    func bind() {}
}
#endif
