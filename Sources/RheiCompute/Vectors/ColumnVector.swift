/// A view of one column of up to ``VectorBatch/capacity`` rows inside the executor: plain pointers, no ownership.
///
/// Copying costs nothing and retains nothing. The memory belongs to the operator, the arena or the snapshot that made
/// the vector and is valid until that maker is called for its next batch; whoever keeps rows copies them.
///
/// Shapes:
/// - `values` holds one element of `type.byteWidth` bytes per row. When `isConstant`, only element 0 exists and stands
///   for every row; the same goes for `tags` and bit 0 of `validity`.
/// - `validity` is nil when no row is null. Otherwise one bit per row, least significant first, set means valid;
///   bits past the row count are unspecified. The value of a null row is unspecified but initialised.
/// - `tags` exists for `any` vectors only: one `StorageClass` per row; it is `null` exactly where the row is null,
///   and `validity` says the same (nil when no row is null).
/// - Integers and doubles of an `any` row lie in the first eight bytes of its slot, text and blobs as ``StringValue``.
@safe package struct ColumnVector {
    package var type: VectorType
    package var isConstant: Bool
    package var values: UnsafeMutableRawPointer
    package var validity: UnsafeMutablePointer<UInt64>?
    package var tags: UnsafeMutablePointer<UInt8>?

    @inlinable
    package init(
        type: VectorType, isConstant: Bool = false, values: UnsafeMutableRawPointer,
        validity: UnsafeMutablePointer<UInt64>? = nil, tags: UnsafeMutablePointer<UInt8>? = nil
    ) {
        self.type = type
        self.isConstant = isConstant
        unsafe self.values = values
        unsafe self.validity = validity
        unsafe self.tags = tags
    }

    /// Whether no row is null.
    @inlinable package var hasNoNulls: Bool { unsafe validity == nil }

    /// Returns the values as elements of `Element`, which must be the type's own.
    @inlinable @inline(__always)
    package func pointer<Element: BitwiseCopyable>(_: Element.Type) -> UnsafeMutablePointer<Element> {
        unsafe values.assumingMemoryBound(to: Element.self)
    }

    /// Returns whether `row` (or, of a constant, every row) is not null.
    @inlinable @inline(__always)
    package func isValid(_ row: Int) -> Bool {
        guard let validity = unsafe validity else { return true }
        let bit = isConstant ? 0 : row
        return unsafe (validity[bit &>> 6] &>> UInt64(bit & 63)) & 1 == 1
    }
}
