package import RheiArrow

extension ArrowArray {
    /// The same 64-bit numbers in the fewest bytes that hold all from `low` to `high`, from slot 0 on; the array itself
    /// when those are eight, the type is another one, or some value, that of a null row included, lies elsewhere.
    func narrowed(from low: Int64, through high: Int64) -> ArrowArray {
        switch type.narrowed(from: low, through: high) {
        case .int8: numbers(Int64.self, as: Int8.self, .int8)
        case .int16: numbers(Int64.self, as: Int16.self, .int16)
        case .int32: numbers(Int64.self, as: Int32.self, .int32)
        default: self
        }
    }

    /// The rows of a column that is kept in fewer bytes, in its own type; the array itself when it has that.
    package func widened(to type: DataType) -> ArrowArray {
        guard type.isCountedIn64Bits else { return self.type == type ? self : decodingFewTexts() }
        switch self.type {
        case .int8: return numbers(Int8.self, as: Int64.self, type)
        case .int16: return numbers(Int16.self, as: Int64.self, type)
        case .int32: return numbers(Int32.self, as: Int64.self, type)
        default: return self
        }
    }

    /// Copies the numbers; the array itself when one does not fit.
    @inline(__always)
    private func numbers<Source: FixedWidthInteger & BitwiseCopyable, Target: FixedWidthInteger & BitwiseCopyable>(
        _: Source.Type, as _: Target.Type, _ type: DataType
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

extension DataType {
    /// The type of the fewest bytes that holds all numbers from `low` to `high` of this type; nil when it is this one.
    func narrowed(from low: Int64, through high: Int64) -> DataType? {
        guard isCountedIn64Bits else { return nil }
        if low >= Int64(Int8.min), high <= Int64(Int8.max) { return .int8 }
        if low >= Int64(Int16.min), high <= Int64(Int16.max) { return .int16 }
        return low >= Int64(Int32.min) && high <= Int64(Int32.max) ? .int32 : nil
    }

    /// Whether values are 64-bit integers, or counted in them. Those of 32 bits, dates too, stay as they are: scans
    /// have no fast way from fewer bytes to four.
    fileprivate var isCountedIn64Bits: Bool {
        switch self {
        case .int64, .decimal64, .timestamp, .time64: true
        default: false
        }
    }
}
