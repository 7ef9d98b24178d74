import RheiArrow

/// A bump allocator for the bytes of strings: blocks are never moved, so a ``StringValue`` stays valid until `reset`
/// or the arena's end.
///
/// One thread uses it at a time. An arena of a worker is reset before each batch of the source; an arena of a hash
/// table or sort lives as long as that.
@safe package final class StringArena {
    private var blocks: [UnsafeMutableRawBufferPointer] = unsafe []
    private var cursor: UnsafeMutableRawPointer?
    private var remaining = 0
    private var blockIndex = 0
    /// Bytes of all blocks, used or not.
    package private(set) var reservedByteCount = 0

    package init() {}

    deinit {
        fillBlocks()
        while let block = unsafe blocks.popLast() { unsafe block.deallocate() }
    }

    /// Forgets all bytes and keeps up to 1 MB of blocks for the next use.
    package func reset() {
        fillBlocks()
        while unsafe blocks.count > 1, reservedByteCount > 1 << 20 {
            let block = unsafe blocks.removeLast()
            reservedByteCount -= block.count
            unsafe block.deallocate()
        }
        blockIndex = 0
        useBlock()
    }

    private func fillBlocks() {
        guard FreedMemory.isFilled else { return }
        for index in unsafe blocks.indices {
            unsafe FreedMemory.fill(blocks[index].baseAddress, byteCount: blocks[index].count)
        }
    }

    private func useBlock() {
        let exists = unsafe blockIndex < blocks.count
        unsafe cursor = exists ? blocks[blockIndex].baseAddress : nil
        remaining = unsafe exists ? blocks[blockIndex].count : 0
    }

    /// Reserves `byteCount` bytes (at least 0), aligned to 8, uninitialised.
    package func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let rounded = (byteCount &+ 7) & ~7
        while unsafe remaining < rounded || cursor == nil { nextBlock(atLeast: rounded) }
        let result = unsafe cursor.unsafelyUnwrapped
        unsafe cursor = result + rounded
        remaining &-= rounded
        return unsafe result
    }

    private func nextBlock(atLeast byteCount: Int) {
        if unsafe cursor != nil { blockIndex += 1 }
        if unsafe blockIndex >= blocks.count {
            let size = max(byteCount, min((16 << 10) << min(blockIndex, 7), 2 << 20))
            unsafe blocks.append(.allocate(byteCount: size, alignment: 64))
            reservedByteCount += size
        }
        useBlock()
    }

    /// Copies bytes and returns the value that stands for them; values of up to 12 bytes take no room.
    package func store(_ bytes: UnsafeRawBufferPointer) -> StringValue {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return .empty }
        if bytes.count <= StringValue.inlineCapacity { return unsafe StringValue(source, count: bytes.count) }
        let target = unsafe allocate(bytes.count)
        unsafe target.copyMemory(from: source, byteCount: bytes.count)
        return unsafe StringValue(target, count: bytes.count)
    }

    /// Returns the value with its bytes in this arena, so that it outlives the batch it came from.
    @inline(__always)
    package func keep(_ value: StringValue) -> StringValue {
        if value.isInline { return value }
        return unsafe value.withBytes { bytes in unsafe store(bytes) }
    }
}
