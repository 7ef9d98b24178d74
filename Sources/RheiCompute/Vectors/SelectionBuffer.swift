/// Owns the memory of one selection and of the byte mask that it is made from; an operator keeps one and reuses it.
@safe package final class SelectionBuffer {
    let indices: UnsafeMutablePointer<UInt16>
    let maskBytes: UnsafeMutablePointer<UInt8>

    package init() {
        // Eight indices past the end may be written by the conversion from a mask.
        let indexCount = VectorBatch.capacity + 64
        let bytes = UnsafeMutableRawPointer.allocate(
            byteCount: indexCount * 2 + VectorBatch.capacity + 64, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: indexCount * 2 + VectorBatch.capacity + 64)
        unsafe indices = bytes.assumingMemoryBound(to: UInt16.self)
        unsafe maskBytes = (bytes + indexCount * 2).assumingMemoryBound(to: UInt8.self)
    }

    deinit { unsafe UnsafeMutableRawPointer(indices).deallocate() }

    /// One byte per row: scratch of the kernels that select, 0 or 1 after ``ComparisonKernel/mask(_:_:_:collation:rows:into:isFirst:)``.
    var mask: Values<UInt8> { unsafe Values(maskBytes) }

    /// The rows `0 ..< count` written so far as a selection among `rowCount` rows.
    @inline(__always) func selection(count: Int, rowCount: Int) -> SelectionVector {
        unsafe SelectionVector(indices, count: count, rowCount: rowCount)
    }

    /// Copies a selection, so that it outlives the memory it views.
    package func copy(_ rows: SelectionVector) -> SelectionVector {
        guard let source = unsafe rows.indices else { return rows }
        unsafe indices.update(from: source, count: rows.count)
        return selection(count: rows.count, rowCount: rows.rowCount)
    }
}
