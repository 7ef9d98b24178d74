/// Collects the bytes of strings longer than 12 bytes in blocks that become the data buffers of views.
///
/// Blocks grow from 1 KB to 2 MB; bytes of consecutive rows are contiguous within a block. A longer string gets a block
/// of its own.
@safe @usableFromInline package struct ByteHeapBuilder: ~Copyable {
    private var finished: [Buffer] = []
    private var block: MutableBuffer?

    /// Largest ordinary block: with its slack exactly 2 MB.
    static let largestBlockByteCount = (2 << 20) - Buffer.slackByteCount

    package init() {}

    /// Stores bytes and returns their view; at most 12 bytes need no room.
    ///
    /// - Precondition: at most `Int32.max` bytes, the limit of the layout and of SQLite.
    @usableFromInline package mutating func view(of bytes: UnsafeRawBufferPointer) -> ByteView {
        let byteCount = bytes.count
        guard byteCount > ByteView.inlineByteCount, let source = bytes.baseAddress else {
            return unsafe ByteView(inline: bytes.baseAddress, byteCount: byteCount)
        }
        precondition(byteCount <= Int(Int32.max), "value longer than 2 GB")
        if block == nil || (block?.byteCount ?? 0) + byteCount > (block?.capacity ?? 0) { openBlock(for: byteCount) }
        let offset = block?.byteCount ?? 0
        unsafe block?.append(bytes)
        return unsafe ByteView(source, byteCount: byteCount, bufferIndex: finished.count, byteOffset: offset)
    }

    /// Takes over data buffers of another array.
    ///
    /// - Returns: the index of the first of them.
    package mutating func adopt(_ buffers: [Buffer]) -> Int {
        closeBlock()
        finished += buffers
        return finished.count - buffers.count
    }

    /// Returns the data buffers and starts anew.
    package mutating func finish() -> [Buffer] {
        closeBlock()
        defer { finished = [] }
        return finished
    }

    private mutating func closeBlock() {
        guard let buffer = block?.freeze() else { return }
        if buffer.byteCount > 0 { finished.append(buffer) }
        block = nil
    }

    private mutating func openBlock(for byteCount: Int) {
        let last = block?.capacity ?? 256
        closeBlock()
        block = MutableBuffer(capacity: max(byteCount, min(last * 4, Self.largestBlockByteCount)))
    }
}
