import RheiArrow

/// Owns the memory of one output vector of an expression node or operator: ``VectorBatch/capacity`` rows, reused for
/// every batch.
@safe package final class VectorBuffer {
    private let storage: UnsafeMutableRawBufferPointer
    /// The form of the vectors that the memory holds.
    package let type: VectorType
    private let validityOffset: Int
    private let tagsOffset: Int

    /// Allocates zeroed room for a full batch of `type`, or for one row of a constant.
    package init(type: VectorType, capacity: Int = VectorBatch.capacity) {
        self.type = type
        let valueBytes = (capacity * type.byteWidth + 63) & ~63
        let validityBytes = ((capacity + 63) / 64 * 8 + 63) & ~63
        validityOffset = valueBytes
        tagsOffset = valueBytes + validityBytes
        let byteCount = tagsOffset + (type == .any ? (capacity + 63) & ~63 : 0) + 64
        unsafe storage = .allocate(byteCount: byteCount, alignment: 64)
        unsafe storage.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit {
        unsafe FreedMemory.fill(storage.baseAddress, byteCount: storage.count)
        unsafe storage.deallocate()
    }

    /// Returns a view without nulls of the whole memory; its content is what was last written.
    package func vector(isConstant: Bool = false) -> ColumnVector {
        let base = unsafe storage.baseAddress.unsafelyUnwrapped
        let tags = unsafe type == .any ? (base + tagsOffset).assumingMemoryBound(to: UInt8.self) : nil
        return unsafe ColumnVector(type: type, isConstant: isConstant, values: base, tags: tags)
    }

    /// The validity words that belong to the vector, for a kernel that finds nulls to fill in and attach.
    package var validityWords: UnsafeMutablePointer<UInt64> {
        let base = unsafe storage.baseAddress.unsafelyUnwrapped
        return unsafe (base + validityOffset).assumingMemoryBound(to: UInt64.self)
    }
}
