/// Joins texts: the operator `||`.
package enum ConcatenateKernel {
    /// Writes the text of the left value followed by that of the right; null where either is null. Operands may have
    /// any type: numbers count as their text, blobs as their bytes.
    ///
    /// - Parameter output: of type `text`, or `any`.
    package static func concatenate(
        _ left: ColumnVector, _ right: ColumnVector, rows: SelectionVector, arena: StringArena,
        into output: VectorBuffer
    ) throws -> ColumnVector {
        if left.isNullConstant || right.isNullConstant { return output.constantNull() }
        let isConstant = left.isConstant && right.isConstant
        let rows = isConstant ? .single : rows
        return try output.fillRows(rows, isConstant: isConstant) { row in
            let first = left.datum(row)
            let second = right.datum(row)
            if first.isNull || second.isNull { return .null }
            return .text(arena.join(first.textValue(arena), second.textValue(arena)))
        }
    }
}

extension StringArena {
    /// Stores one value followed by another.
    package func join(_ first: StringValue, _ second: StringValue) -> StringValue {
        if first.count == 0 { return second }
        if second.count == 0 { return first }
        let count = first.count &+ second.count
        return first.withRun { head in
            second.withRun { tail in
                if count <= StringValue.inlineCapacity {
                    var words: (UInt64, UInt64) = (0, 0)
                    return unsafe withUnsafeMutableBytes(of: &words) { target in
                        let start = unsafe target.baseAddress.unsafelyUnwrapped
                        return unsafe copy(head, tail, to: start)
                    }
                }
                return unsafe copy(head, tail, to: allocate(count))
            }
        }
    }

    private func copy(_ head: ByteRun, _ tail: ByteRun, to target: UnsafeMutableRawPointer) -> StringValue {
        unsafe target.copyMemory(from: head.base, byteCount: head.count)
        unsafe (target + head.count).copyMemory(from: tail.base, byteCount: tail.count)
        return unsafe StringValue(target, count: head.count &+ tail.count)
    }
}
