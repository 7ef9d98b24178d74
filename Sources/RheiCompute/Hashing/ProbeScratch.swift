/// What one thread needs to look keys up, one batch at a time: lists and words by row position.
package final class ProbeScratch {
    private let words = MemoryBlock(byteCount: VectorBatch.capacity * 8 * 3)
    private let lists = MemoryBlock(byteCount: (VectorBatch.capacity + 32) * (2 * 4 + 1))
    let flattener = VectorFlattener()

    package init() {}

    var hashes: UnsafeMutablePointer<UInt64> { unsafe words.pointer(UInt64.self) }
    var positions: UnsafeMutablePointer<UInt64> { unsafe hashes + VectorBatch.capacity }
    var codes: UnsafeMutablePointer<UInt64> { unsafe positions + VectorBatch.capacity }

    private func list(_ index: Int) -> UnsafeMutablePointer<UInt16> {
        unsafe lists.pointer(UInt16.self) + index * (VectorBatch.capacity + 32)
    }

    var pending: UnsafeMutablePointer<UInt16> { unsafe list(0) }
    var candidates: UnsafeMutablePointer<UInt16> { unsafe list(1) }
    var created: UnsafeMutablePointer<UInt16> { unsafe list(2) }
    var validRows: UnsafeMutablePointer<UInt16> { unsafe list(3) }
    /// One byte a row.
    var misfits: UnsafeMutablePointer<UInt8> {
        unsafe UnsafeMutableRawPointer(list(4)).assumingMemoryBound(to: UInt8.self)
    }
}
