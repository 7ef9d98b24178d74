/// Makes keys of texts that are equal byte by byte where the texts are equal under a collation. Other values stay.
package final class CollationFolder {
    private let collation: TextCollation
    private let buffer: VectorBuffer
    private let arena = StringArena()

    package init(type: VectorType, collation: TextCollation) {
        self.collation = collation
        buffer = VectorBuffer(type: type)
    }

    /// Returns the keys of the selected values of a flat vector of type text or any; valid until the next call.
    package func fold(_ value: ColumnVector, _ rows: SelectionVector) -> ColumnVector {
        guard collation != .binary else { return value }
        arena.reset()
        var result = buffer.vector()
        unsafe result.validity = unsafe value.validity
        let (source, target) = unsafe (value.pointer(StringValue.self), result.pointer(StringValue.self))
        rows.forEach { row in
            let isText = unsafe value.tags.map { unsafe $0[row] == 3 } ?? true
            unsafe target[row] =
                unsafe isText && value.isValid(row) ? collationKey(source[row], collation, in: arena) : source[row]
            if let tags = unsafe value.tags { unsafe result.tags?[row] = unsafe tags[row] }
        }
        return result
    }
}
