import RheiArrow

/// Owns the memory of one selection and of the byte mask that it is made from; an operator keeps one and reuses it.
@safe package final class SelectionBuffer {
    let indices: UnsafeMutablePointer<UInt16>
    let maskBytes: UnsafeMutablePointer<UInt8>

    package init() {
        let bytes = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 64)
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        unsafe indices = bytes.assumingMemoryBound(to: UInt16.self)
        unsafe maskBytes = (bytes + Self.indexCount * 2).assumingMemoryBound(to: UInt8.self)
    }

    /// Eight indices past the end may be written by the conversion from a mask.
    private static var indexCount: Int { VectorBatch.capacity + 64 }
    private static var byteCount: Int { indexCount * 2 + VectorBatch.capacity + 64 }

    deinit {
        unsafe FreedMemory.fill(indices, byteCount: Self.byteCount)
        unsafe UnsafeMutableRawPointer(indices).deallocate()
    }

    /// One byte per row: scratch of the kernels that select, 0 or 1 after
    /// ``ComparisonKernel/mask(_:_:_:collation:rows:into:isFirst:)``.
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

    /// The rows of a range as a selection among `rowCount` rows.
    package func range(_ rows: Range<Int>, rowCount: Int) -> SelectionVector {
        for (place, row) in rows.enumerated() { unsafe indices[place] = UInt16(truncatingIfNeeded: row) }
        return selection(count: rows.count, rowCount: rowCount)
    }
}
