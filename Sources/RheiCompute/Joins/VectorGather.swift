/// Copies the rows `positions[0..<count]` of a vector to the front of `target` and returns the view of them; a constant
/// is returned as it is.
package func gatherRows(
    of vector: ColumnVector, positions: UnsafePointer<UInt16>, count: Int, into target: VectorBuffer
) -> ColumnVector {
    if vector.isConstant { return vector }
    var result = target.vector()
    switch vector.type.byteWidth {
    case 1: unsafe copyElements(vector.pointer(UInt8.self), to: result.pointer(UInt8.self), false, positions, count)
    case 2: unsafe copyElements(vector.pointer(UInt16.self), to: result.pointer(UInt16.self), false, positions, count)
    case 4: unsafe copyElements(vector.pointer(UInt32.self), to: result.pointer(UInt32.self), false, positions, count)
    case 8: unsafe copyElements(vector.pointer(UInt64.self), to: result.pointer(UInt64.self), false, positions, count)
    default:
        unsafe copyElements(
            vector.pointer(StringValue.self), to: result.pointer(StringValue.self), false, positions, count)
    }
    if let source = unsafe vector.tags, let tags = unsafe result.tags {
        unsafe copyElements(source, to: tags, false, positions, count)
    }
    guard unsafe vector.validity != nil else { return result }
    let words = unsafe target.validityWords
    for first in stride(from: 0, to: count, by: 64) {
        var word: UInt64 = 0
        for index in first..<min(first &+ 64, count) {
            unsafe word |= UInt64(asInt(vector.isValid(Int(positions[index])))) &<< UInt64(index &- first)
        }
        unsafe words[first &>> 6] = word
    }
    unsafe result.validity = unsafe words
    return result
}

/// Lends single rows of vectors as constants.
package final class ConstantRow {
    private let words: MemoryBlock

    package init(columnCount: Int) { words = MemoryBlock(byteCount: max(columnCount, 1) * 8) }

    /// Returns the values of one row as constant vectors, valid until the next call.
    package func constants(of vectors: [ColumnVector], row: Int) -> [ColumnVector] {
        let words = unsafe words.pointer(UInt64.self)
        var result = vectors
        for (index, vector) in vectors.enumerated() where !vector.isConstant {
            let isValid = vector.isValid(row)
            unsafe words[index] = isValid ? ~0 : 0
            result[index] = unsafe ColumnVector(
                type: vector.type, isConstant: true, values: vector.values + row * vector.type.byteWidth,
                validity: isValid ? nil : words + index, tags: vector.tags.map { unsafe $0 + row })
        }
        return result
    }
}
