import RheiArrow
package import RheiCompute

extension RowCollection {
    /// Copies the values of one column for rows anywhere in the collection into `buffer`. Needs ``seal()``.
    ///
    /// Strings keep pointing into the collection. ``RowReference/missing`` gives null.
    ///
    /// - Parameters:
    ///   - references: `count` rows.
    ///   - positions: where in the vector each row goes, or nil for `0..<count`. Other rows keep what they had, which
    ///     for a fresh buffer is zero, and are valid or not as it happens.
    /// - Returns: a vector of the buffer, with validity only when some row is null.
    package func gather(
        column: Int, _ references: UnsafePointer<RowReference>, count: Int,
        positions: UnsafePointer<UInt16>? = nil, into buffer: VectorBuffer
    ) -> ColumnVector {
        var target = buffer.vector()
        precondition(target.type == types[column], "a buffer of another type than its column")
        var nullCount = 0
        if rowCount == 0 {
            nullCount = unsafe gatherNothing(count, positions, target, buffer.validityWords)
        } else {
            let list = unsafe GatherList(references: references, positions: positions, count: count)
            _ = unsafe withChunks(column: column) { chunks in
                unsafe gatherValues(chunks, list, target)
                nullCount = unsafe gatherValidity(chunks, list, chunkCount, buffer.validityWords)
            }
        }
        if nullCount > 0 { unsafe target.validity = buffer.validityWords }
        return target
    }

    private func gatherNothing(
        _ count: Int, _ positions: UnsafePointer<UInt16>?, _ target: ColumnVector, _ words: UnsafeMutablePointer<UInt64>
    ) -> Int {
        for index in 0..<count {
            let row = unsafe positions.map { unsafe Int($0[index]) } ?? index
            unsafe words[row &>> 6] &= ~(1 &<< UInt64(truncatingIfNeeded: row & 63))
            if let tags = unsafe target.tags { unsafe tags[row] = StorageClass.null.rawValue }
        }
        return count
    }
}

/// Rows to gather and where they go.
@safe private struct GatherList {
    let references: UnsafePointer<RowReference>
    let positions: UnsafePointer<UInt16>?
    let count: Int

    init(references: UnsafePointer<RowReference>, positions: UnsafePointer<UInt16>?, count: Int) {
        unsafe self.references = references
        unsafe self.positions = positions
        self.count = count
    }

    @inline(__always) func position(_ index: Int) -> Int {
        if let positions = unsafe positions { return unsafe Int(positions[index]) }
        return index
    }
}

private func gatherValues(_ chunks: UnsafePointer<ColumnVector>, _ list: GatherList, _ target: ColumnVector) {
    switch target.type {
    case .bool, .int8: unsafe gatherElements(chunks, list, target.pointer(UInt8.self), 0)
    case .int16: unsafe gatherElements(chunks, list, target.pointer(UInt16.self), 0)
    case .int32, .float32: unsafe gatherElements(chunks, list, target.pointer(UInt32.self), 0)
    case .int64, .float64: unsafe gatherElements(chunks, list, target.pointer(UInt64.self), 0)
    case .int128: unsafe gatherElements(chunks, list, target.pointer(UInt128.self), 0)
    case .text, .blob: unsafe gatherElements(chunks, list, target.pointer(StringValue.self), .empty)
    case .any:
        unsafe gatherElements(chunks, list, target.pointer(StringValue.self), .empty)
        unsafe gatherTags(chunks, list, target)
    }
}

@inline(__always)
private func gatherElements<Element: BitwiseCopyable>(
    _ chunks: UnsafePointer<ColumnVector>, _ list: GatherList, _ target: UnsafeMutablePointer<Element>,
    _ missing: Element
) {
    for index in 0..<list.count {
        let reference = unsafe list.references[index]
        let position = list.position(index)
        if reference == .missing {
            unsafe target[position] = missing
        } else {
            unsafe target[position] = chunks[reference.chunk].pointer(Element.self)[reference.row]
        }
    }
}

private func gatherTags(_ chunks: UnsafePointer<ColumnVector>, _ list: GatherList, _ target: ColumnVector) {
    guard let targetTags = unsafe target.tags else { return }
    for index in 0..<list.count {
        let reference = unsafe list.references[index]
        var tag = StorageClass.null.rawValue
        if reference != .missing, let tags = unsafe chunks[reference.chunk].tags { tag = unsafe tags[reference.row] }
        unsafe targetTags[list.position(index)] = tag
    }
}

/// Writes the validity bits of the gathered rows and returns how many are null.
private func gatherValidity(
    _ chunks: UnsafePointer<ColumnVector>, _ list: GatherList, _ chunkCount: Int, _ words: UnsafeMutablePointer<UInt64>
) -> Int {
    let hasNulls = (0..<chunkCount).contains { unsafe !chunks[$0].hasNoNulls }
    var nullCount = 0
    for index in 0..<list.count {
        let reference = unsafe list.references[index]
        let isValid =
            unsafe reference != .missing && (!hasNulls || chunks[reference.chunk].isValid(reference.row))
        let position = list.position(index)
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: position & 63)
        if isValid {
            unsafe words[position &>> 6] |= bit
        } else {
            unsafe words[position &>> 6] &= ~bit
            nullCount &+= 1
        }
    }
    return nullCount
}
