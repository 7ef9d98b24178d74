/// Finds the bytes of row after row in an array of text or bytes, whatever its layout.
///
/// Pointers are valid while the array lives.
@safe @frozen @usableFromInline package struct ByteArrayView: Sendable {
    @usableFromInline package enum Layout: Sendable { case view, offsets32, offsets64 }
    @usableFromInline let layout: Layout
    /// Views or offsets, from row 0 on.
    @usableFromInline nonisolated(unsafe) let entries: UnsafeRawPointer
    /// The bytes that offsets count in; unused for views.
    @usableFromInline nonisolated(unsafe) let data: UnsafeRawPointer
    @usableFromInline nonisolated(unsafe) let heap: UnsafePointer<UnsafeRawPointer>

    /// - Returns: nil when the layout is none of view, offsets32 and offsets64.
    package init?(_ array: ArrowArray) {
        switch array.type.physicalType {
        case .view: layout = .view
        case .offsets32: layout = .offsets32
        case .offsets64: layout = .offsets64
        default: return nil
        }
        let width = layout == .view ? 16 : layout == .offsets32 ? 4 : 8
        unsafe entries = array.buffers[0].pointer + array.offset * width
        unsafe data = layout == .view ? array.buffers[0].pointer : array.buffers[1].pointer
        unsafe heap = UnsafePointer(array.heap.pointers)
    }

    /// Returns the bytes of row `row`; for null rows an unspecified, readable run.
    @unsafe @inlinable package func bytes(_ row: Int) -> UnsafeRawBufferPointer {
        switch layout {
        case .view:
            return unsafe viewBytes(entries + row &* 16, heap)
        case .offsets32:
            let offsets = unsafe entries.assumingMemoryBound(to: Int32.self)
            let start = unsafe Int(offsets[row])
            return unsafe UnsafeRawBufferPointer(start: data + start, count: Int(offsets[row &+ 1]) &- start)
        case .offsets64:
            let offsets = unsafe entries.assumingMemoryBound(to: Int64.self)
            let start = unsafe Int(offsets[row])
            return unsafe UnsafeRawBufferPointer(start: data + start, count: Int(offsets[row &+ 1]) &- start)
        }
    }
}

/// Returns the bytes of the view at address `view`; inline bytes are those of the view itself.
@unsafe @inlinable @inline(__always)
package func viewBytes(_ view: UnsafeRawPointer, _ heap: UnsafePointer<UnsafeRawPointer>) -> UnsafeRawBufferPointer {
    let value = unsafe view.load(as: ByteView.self)
    let start = unsafe value.isInline ? view + 4 : heap[value.bufferIndex] + value.byteOffset
    return unsafe UnsafeRawBufferPointer(start: start, count: value.byteCount)
}
