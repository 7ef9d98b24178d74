import RheiArrow

/// Owns one growable run of memory, aligned to 64 bytes, for the columns, slots and states of an operator.
///
/// `base` moves when the block grows: loops copy it to a local first. Reads of it are not checked for exclusive access
/// at run time, which would cost more than most of what is done with it: it is one word, and one thread has the block
/// while it may grow.
@safe package final class MemoryBlock {
    private var buffer: MutableBuffer
    @exclusivity(unchecked) package private(set) var base: UnsafeMutableRawPointer

    /// Allocates `byteCount` bytes; with `zeroed` they are zero, otherwise unspecified.
    package init(byteCount: Int, zeroed: Bool = false) {
        buffer = zeroed ? MutableBuffer(zeroedByteCount: byteCount) : MutableBuffer(capacity: byteCount)
        unsafe base = unsafe buffer.pointer
    }

    /// Bytes that fit without growing.
    package var capacity: Int { buffer.capacity }

    /// Makes room for `byteCount` bytes and keeps the first `used` of them.
    package func reserve(_ byteCount: Int, keeping used: Int) {
        guard byteCount > buffer.capacity else { return }
        buffer.byteCount = used
        buffer.reserve(byteCount)
        unsafe base = unsafe buffer.pointer
    }

    /// Returns the memory as elements of `Element`.
    @inline(__always)
    package func pointer<Element: BitwiseCopyable>(_: Element.Type) -> UnsafeMutablePointer<Element> {
        unsafe base.assumingMemoryBound(to: Element.self)
    }
}

/// Owns a typed array that grows with the number of groups or rows; new elements are zero bytes.
@safe struct ZeroedColumn<Element: BitwiseCopyable> {
    private let block = MemoryBlock(byteCount: 0)
    private(set) var count = 0

    /// Makes the column `count` elements long; elements past the old end are zero.
    mutating func extend(to newCount: Int) {
        guard newCount > count else { return }
        let stride = MemoryLayout<Element>.stride
        block.reserve(newCount * stride, keeping: count * stride)
        let added = (newCount - count) * stride
        unsafe (block.base + count * stride).initializeMemory(as: UInt8.self, repeating: 0, count: added)
        count = newCount
    }

    var pointer: UnsafeMutablePointer<Element> { unsafe block.pointer(Element.self) }
}
