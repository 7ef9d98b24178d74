/// Collects the bytes of strings longer than 12 bytes in blocks that become the data buffers of views.
///
/// Blocks grow from 1 KB to 2 MB; bytes of consecutive rows are contiguous within a block. A longer string gets a block
/// of its own.
@safe package struct ByteHeapBuilder: ~Copyable {
    private var finished: [Buffer] = []
    private var block = MutableBuffer()
    /// Index of `block` among the data buffers.
    private var blockIndex = 0

    /// Largest ordinary block: with its slack exactly 2 MB.
    static let largestBlockByteCount = (2 << 20) - Buffer.slackByteCount

    package init() {}

    /// Stores bytes and returns their view; at most 12 bytes need no room.
    ///
    /// - Precondition: at most `Int32.max` bytes, the limit of the layout and of SQLite.
    @inline(__always) package mutating func view(of bytes: UnsafeRawBufferPointer) -> ByteView {
        let byteCount = bytes.count
        if byteCount <= ByteView.inlineByteCount {
            return unsafe ByteView(inline: bytes.baseAddress, byteCount: byteCount)
        }
        return unsafe longView(of: bytes)
    }

    @unsafe private mutating func longView(of bytes: UnsafeRawBufferPointer) -> ByteView {
        let byteCount = bytes.count
        guard let source = bytes.baseAddress else { return ByteView() }
        if block.capacity - block.byteCount < byteCount { openBlock(for: byteCount) }
        let offset = block.byteCount
        unsafe (block.pointer + offset).copyMemory(from: source, byteCount: byteCount)
        block.byteCount = offset + byteCount
        return unsafe ByteView(source, byteCount: byteCount, bufferIndex: blockIndex, byteOffset: offset)
    }

    /// Returns the data buffers and starts anew.
    package mutating func finish() -> [Buffer] {
        closeBlock()
        defer {
            finished = []
            blockIndex = 0
        }
        return finished
    }

    private mutating func closeBlock() {
        if block.byteCount > 0 { finished.append(block.freeze()) }
        blockIndex = finished.count
    }

    private mutating func openBlock(for byteCount: Int) {
        precondition(byteCount <= Int(Int32.max), "value longer than 2 GB")
        let last = max(block.capacity, 256)
        closeBlock()
        block = MutableBuffer(capacity: max(byteCount, min(last * 4, Self.largestBlockByteCount)))
    }
}
