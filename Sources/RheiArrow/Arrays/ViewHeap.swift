/// The data buffers of an array of views, with their addresses in one table so that kernels reach them without
/// touching reference counts.
///
/// Unchecked because the table never changes after `init`.
@safe package final class ViewHeap: @unchecked Sendable {
    /// The buffers that views name by index.
    package let buffers: [Buffer]
    /// Address of each buffer's first byte; valid while this object lives.
    @usableFromInline package let pointers: UnsafeMutablePointer<UnsafeRawPointer>

    package init(_ buffers: [Buffer]) {
        self.buffers = buffers
        unsafe pointers = .allocate(capacity: max(buffers.count, 1))
        for (index, buffer) in buffers.enumerated() {
            unsafe (pointers + index).initialize(to: buffer.pointer)
        }
        if buffers.isEmpty { unsafe pointers.initialize(to: Buffer.empty.pointer) }
    }

    /// The heap without buffers, for arrays whose views are all inline.
    package static let empty = ViewHeap([])

    deinit {
        unsafe FreedMemory.fill(pointers, byteCount: max(buffers.count, 1) * MemoryLayout<UnsafeRawPointer>.stride)
        unsafe pointers.deallocate()
    }
}
