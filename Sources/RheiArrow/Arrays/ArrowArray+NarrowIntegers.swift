extension ArrowArray {
    /// The same 64-bit integers in the fewest bytes that hold all from `low` to `high`, from slot 0 on; the array itself
    /// when that is 8 bytes, the type is another one, or some value, that of a null row included, lies elsewhere.
    package func narrowingIntegers(from low: Int64, through high: Int64) -> ArrowArray {
        guard type == .int64 else { return self }
        if low >= Int64(Int8.min), high <= Int64(Int8.max) { return converted(Int64.self, to: Int8.self, .int8) }
        if low >= Int64(Int16.min), high <= Int64(Int16.max) { return converted(Int64.self, to: Int16.self, .int16) }
        if low >= Int64(Int32.min), high <= Int64(Int32.max) { return converted(Int64.self, to: Int32.self, .int32) }
        return self
    }

    /// The integers of a narrower type in 64 bits each, from slot 0 on; the array itself when the type is another one.
    package func wideningIntegers() -> ArrowArray {
        switch type {
        case .int8: converted(Int8.self, to: Int64.self, .int64)
        case .int16: converted(Int16.self, to: Int64.self, .int64)
        case .int32: converted(Int32.self, to: Int64.self, .int64)
        default: self
        }
    }

    /// Copies the numbers; the array itself when one does not fit.
    @inline(__always)
    private func converted<Source: FixedWidthInteger & BitwiseCopyable, Target: FixedWidthInteger & BitwiseCopyable>(
        _: Source.Type, to _: Target.Type, _ type: DataType
    ) -> ArrowArray {
        let byteCount = count * MemoryLayout<Target>.size
        var target = MutableBuffer(capacity: byteCount)
        defer { withExtendedLifetime(buffers) {} }
        let source = unsafe buffers[0].pointer.assumingMemoryBound(to: Source.self) + offset
        let values = unsafe target.extend(by: byteCount).assumingMemoryBound(to: Target.self)
        var misfits: Source = 0
        for row in 0..<count {
            let value = unsafe source[row]
            unsafe values[row] = Target(truncatingIfNeeded: value)
            misfits |= unsafe Source(truncatingIfNeeded: values[row]) ^ value
        }
        if misfits != 0 { return self }
        return ArrowArray(
            type, count: count, nullCount: nullCount, validity: validityFromFirstRow(), buffers: [target.freeze()])
    }
}
