/// Growable memory that turns into a `Buffer` without a copy.
///
/// Growth doubles, so appending n bytes moves O(n) bytes in all. Bytes between `byteCount` and `capacity` are
/// unspecified until they are written.
@safe public struct MutableBuffer: ~Copyable {
    /// First byte; changes when the buffer grows.
    @usableFromInline package private(set) var pointer: UnsafeMutableRawPointer
    /// Number of bytes written. Kernels that write through `pointer` set it afterwards.
    package var byteCount: Int
    /// Zero while `pointer` is that of the shared empty buffer.
    private var allocatedByteCount: Int

    /// Number of bytes that fit without growing.
    package var capacity: Int { max(0, allocatedByteCount - Buffer.slackByteCount) }

    /// Allocates room for `capacity` bytes; the contents are empty.
    public init(capacity: Int = 0) {
        guard capacity > 0 else {
            unsafe pointer = UnsafeMutableRawPointer(mutating: Buffer.empty.pointer)
            allocatedByteCount = 0
            byteCount = 0
            return
        }
        let block = unsafe BufferPool.shared.allocate(byteCount: capacity + Buffer.slackByteCount)
        unsafe pointer = block.pointer
        allocatedByteCount = unsafe block.byteCount
        byteCount = 0
    }

    /// Makes a buffer that holds `byteCount` zero bytes.
    package init(zeroedByteCount: Int) {
        self.init()
        guard zeroedByteCount > 0 else { return }
        let block = unsafe BufferPool.shared.allocateZeroed(byteCount: zeroedByteCount + Buffer.slackByteCount)
        unsafe pointer = block.pointer
        allocatedByteCount = unsafe block.byteCount
        byteCount = zeroedByteCount
    }

    deinit {
        if allocatedByteCount > 0 {
            unsafe BufferPool.shared.deallocate(pointer, byteCount: allocatedByteCount)
        }
    }

    /// Makes room for `capacity` bytes in all, keeping the contents.
    public mutating func reserve(_ capacity: Int) {
        guard capacity > self.capacity else { return }
        let wanted = max(capacity, min(self.capacity * 2, self.capacity + (64 << 20)))
        let block = unsafe BufferPool.shared.allocate(byteCount: wanted + Buffer.slackByteCount)
        unsafe replaceMemory(block.pointer, byteCount: block.byteCount)
    }

    /// Appends a copy of `bytes`.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        reserve(byteCount + bytes.count)
        unsafe (pointer + byteCount).copyMemory(from: source, byteCount: bytes.count)
        byteCount += bytes.count
    }

    /// Appends `count` bytes that the caller writes next.
    ///
    /// - Returns: the first of them, valid until the next growth.
    package mutating func extend(by count: Int) -> UnsafeMutableRawPointer {
        reserve(byteCount + count)
        defer { byteCount += count }
        return unsafe pointer + byteCount
    }

    /// Appends `count` zero bytes.
    package mutating func appendZeros(_ count: Int) {
        guard count > 0 else { return }
        let start = unsafe extend(by: count)
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0, count: count)
    }

    /// Appends a copy of `bytes`.
    public mutating func append(contentsOf bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    /// Hands the contents over as an immutable buffer and leaves this one empty and without memory.
    ///
    /// Costs O(1), unless the block is larger than needed by a third and more: then the contents move to a fitting one,
    /// for a column may live long.
    public mutating func freeze() -> Buffer {
        guard allocatedByteCount > 0 else { return .empty }
        let neededByteCount = byteCount + Buffer.slackByteCount
        if allocatedByteCount > 4096, allocatedByteCount / 4 * 3 > neededByteCount,
            BufferPool.blockByteCount(for: neededByteCount) < allocatedByteCount
        {
            trim()
        }
        unsafe (pointer + byteCount).initializeMemory(as: UInt8.self, repeating: 0, count: Buffer.slackByteCount)
        let result = unsafe Buffer(adopting: pointer, byteCount: byteCount, allocatedByteCount: allocatedByteCount)
        unsafe pointer = UnsafeMutableRawPointer(mutating: Buffer.empty.pointer)
        allocatedByteCount = 0
        byteCount = 0
        return result
    }

    private mutating func trim() {
        let block = unsafe BufferPool.shared.allocate(byteCount: byteCount + Buffer.slackByteCount)
        unsafe replaceMemory(block.pointer, byteCount: block.byteCount)
    }

    /// Moves the contents to another block and frees the old one.
    private mutating func replaceMemory(_ newPointer: UnsafeMutableRawPointer, byteCount newByteCount: Int) {
        unsafe newPointer.copyMemory(from: pointer, byteCount: byteCount)
        if allocatedByteCount > 0 {
            unsafe BufferPool.shared.deallocate(pointer, byteCount: allocatedByteCount)
        }
        unsafe pointer = newPointer
        allocatedByteCount = newByteCount
    }
}
