import RheiArrow

/// Turns constant vectors into vectors with a value per row, for kernels that read rows by position.
package final class VectorFlattener {
    private var buffers: [VectorBuffer?] = []

    package init() {}

    /// Returns `vector` itself unless it is constant; then a view of `rowCount` copies of its value, valid until the
    /// next call with the same `index`.
    package func flatten(_ vector: ColumnVector, rowCount: Int, index: Int) -> ColumnVector {
        guard vector.isConstant else { return vector }
        while buffers.count <= index { buffers.append(nil) }
        let buffer =
            buffers[index].flatMap { $0.vector().type == vector.type ? $0 : nil }
            ?? VectorBuffer(type: vector.type)
        buffers[index] = buffer
        return fill(buffer, with: vector, rowCount)
    }

    /// Flattens every vector of a list.
    package func flatten(_ vectors: [ColumnVector], rowCount: Int, from firstIndex: Int = 0) -> [ColumnVector] {
        guard vectors.contains(where: { $0.isConstant }) else { return vectors }
        var result = vectors
        for index in vectors.indices {
            result[index] = flatten(vectors[index], rowCount: rowCount, index: firstIndex + index)
        }
        return result
    }

    private func fill(_ buffer: VectorBuffer, with vector: ColumnVector, _ rowCount: Int) -> ColumnVector {
        var result = buffer.vector()
        switch vector.type.byteWidth {
        case 1: unsafe result.pointer(UInt8.self).update(repeating: vector.pointer(UInt8.self)[0], count: rowCount)
        case 2: unsafe result.pointer(UInt16.self).update(repeating: vector.pointer(UInt16.self)[0], count: rowCount)
        case 4: unsafe result.pointer(UInt32.self).update(repeating: vector.pointer(UInt32.self)[0], count: rowCount)
        case 8: unsafe result.pointer(UInt64.self).update(repeating: vector.pointer(UInt64.self)[0], count: rowCount)
        default:
            let value = unsafe vector.pointer(StringValue.self)[0]
            unsafe result.pointer(StringValue.self).update(repeating: value, count: rowCount)
        }
        if let source = unsafe vector.tags, let tags = unsafe result.tags {
            unsafe tags.update(repeating: source[0], count: rowCount)
        }
        if !vector.isValid(0) {
            unsafe buffer.validityWords.update(repeating: 0, count: (rowCount + 63) / 64)
            unsafe result.validity = unsafe buffer.validityWords
        }
        return result
    }
}
