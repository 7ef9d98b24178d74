import RheiArrow

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Owns the memory of one output vector of an expression node or operator: ``VectorBatch/capacity`` rows, reused for
/// every batch.
///
/// The memory is allocated when it is first asked for: operators of plans with many joins own thousands of buffers of
/// which few are used.
@safe package final class VectorBuffer {
    private var storage: UnsafeMutableRawPointer?
    private let byteCount: Int
    /// The form of the vectors that the memory holds.
    package let type: VectorType
    private let validityOffset: Int
    private let tagsOffset: Int

    /// Makes room, zeroed, for a full batch of `type`, or for one row of a constant.
    package init(type: VectorType, capacity: Int = VectorBatch.capacity) {
        self.type = type
        let valueBytes = (capacity * type.byteWidth + 63) & ~63
        let validityBytes = ((capacity + 63) / 64 * 8 + 63) & ~63
        validityOffset = valueBytes
        tagsOffset = valueBytes + validityBytes
        byteCount = tagsOffset + (type == .any ? (capacity + 63) & ~63 : 0) + 64
    }

    deinit {
        guard let storage = unsafe storage else { return }
        unsafe FreedMemory.fill(storage, byteCount: byteCount)
        unsafe storage.deallocate()
    }

    private var base: UnsafeMutableRawPointer {
        if let storage = unsafe storage { return unsafe storage }
        let fresh = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        unsafe memset(fresh, 0, byteCount)
        unsafe storage = unsafe fresh
        return unsafe fresh
    }

    /// Returns a view without nulls of the whole memory; its content is what was last written.
    package func vector(isConstant: Bool = false) -> ColumnVector {
        let base = unsafe base
        let tags = unsafe type == .any ? (base + tagsOffset).assumingMemoryBound(to: UInt8.self) : nil
        return unsafe ColumnVector(type: type, isConstant: isConstant, values: base, tags: tags)
    }

    /// The validity words that belong to the vector, for a kernel that finds nulls to fill in and attach.
    package var validityWords: UnsafeMutablePointer<UInt64> {
        return unsafe (base + validityOffset).assumingMemoryBound(to: UInt64.self)
    }
}
