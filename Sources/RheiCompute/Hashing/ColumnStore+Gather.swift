import RheiArrow

/// Stands for "no row" in lists of stored rows: the gathered value is null.
package let noStoredRow = UInt32.max

/// So many rows and more are not joined or sorted: their places, and some spare ones behind them, have 32 bits.
package let storedRowBound = Int(noStoredRow) - 1024

extension ColumnStore {
    /// Writes the stored `rows[i]` to position `positions[i]` (or `i`) of `target` and returns the view of it.
    ///
    /// With `mayMiss`, ``noStoredRow`` gives a null. Positions that are not written keep unspecified values, and their
    /// validity is unspecified. Bytes of strings stay where they are.
    package func gather(
        _ rows: UnsafePointer<UInt32>, positions: UnsafePointer<UInt16>?, count: Int, mayMiss: Bool,
        into target: VectorBuffer
    ) -> ColumnVector {
        var result = target.vector()
        if mayMiss && rowCount == 0 { return unsafe allNull(result, positions, count, target) }
        switch type.byteWidth {
        case 1: unsafe gatherValues(UInt8.self, rows, positions, count, mayMiss, result)
        case 2: unsafe gatherValues(UInt16.self, rows, positions, count, mayMiss, result)
        case 4: unsafe gatherValues(UInt32.self, rows, positions, count, mayMiss, result)
        case 8: unsafe gatherValues(UInt64.self, rows, positions, count, mayMiss, result)
        default: unsafe gatherValues(StringValue.self, rows, positions, count, mayMiss, result)
        }
        let stored = vector(from: 0, count: rowCount)
        if let source = unsafe stored.tags, let tags = unsafe result.tags {
            unsafe gatherElements(source, rows, positions, count, mayMiss, tags)
        }
        if unsafe stored.validity != nil || mayMiss {
            unsafe result.validity = unsafe gatherValidity(stored, rows, positions, count, mayMiss, target, result.tags)
        }
        return result
    }

    private func allNull(
        _ vector: ColumnVector, _ positions: UnsafePointer<UInt16>?, _ count: Int, _ target: VectorBuffer
    ) -> ColumnVector {
        var result = vector
        let words = unsafe target.validityWords
        unsafe words.update(repeating: 0, count: VectorBatch.capacity / 64)
        unsafe result.validity = unsafe words
        if let tags = unsafe result.tags { unsafe tags.update(repeating: 0, count: VectorBatch.capacity) }
        return result
    }

    @inline(__always)
    private func gatherValues<Element: BitwiseCopyable>(
        _: Element.Type, _ rows: UnsafePointer<UInt32>, _ positions: UnsafePointer<UInt16>?, _ count: Int,
        _ mayMiss: Bool, _ result: ColumnVector
    ) {
        let source = unsafe vector(from: 0, count: rowCount).pointer(Element.self)
        unsafe gatherElements(source, rows, positions, count, mayMiss, result.pointer(Element.self))
    }

    private func gatherValidity(
        _ stored: ColumnVector, _ rows: UnsafePointer<UInt32>, _ positions: UnsafePointer<UInt16>?, _ count: Int,
        _ mayMiss: Bool, _ target: VectorBuffer, _ tags: UnsafeMutablePointer<UInt8>?
    ) -> UnsafeMutablePointer<UInt64> {
        let words = unsafe target.validityWords
        for index in 0..<count {
            let position = unsafe positions.map { unsafe Int($0[index]) } ?? index
            let missing = unsafe mayMiss && rows[index] == noStoredRow
            let isValid = unsafe !missing && stored.isValid(Int(rows[index]))
            let bit = UInt64(position & 63)
            let word = unsafe words[position &>> 6] & ~(1 &<< bit)
            unsafe words[position &>> 6] = word | (UInt64(asInt(isValid)) &<< bit)
            if let tags = unsafe tags, !isValid { unsafe tags[position] = StorageClass.null.rawValue }
        }
        return unsafe words
    }
}

/// Gathers elements; a missing row reads element 0, which exists.
@inline(__always)
private func gatherElements<Element: BitwiseCopyable>(
    _ source: UnsafePointer<Element>, _ rows: UnsafePointer<UInt32>, _ positions: UnsafePointer<UInt16>?,
    _ count: Int, _ mayMiss: Bool, _ target: UnsafeMutablePointer<Element>
) {
    if mayMiss {
        for index in 0..<count {
            let position = unsafe positions.map { unsafe Int($0[index]) } ?? index
            let row = unsafe rows[index]
            unsafe target[position] = unsafe source[row == noStoredRow ? 0 : Int(row)]
        }
    } else if let positions = unsafe positions {
        for index in 0..<count { unsafe target[Int(positions[index])] = unsafe source[Int(rows[index])] }
    } else {
        for index in 0..<count { unsafe target[index] = unsafe source[Int(rows[index])] }
    }
}
