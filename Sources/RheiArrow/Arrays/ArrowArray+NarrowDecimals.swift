extension ArrowArray {
    /// The same decimals in 64 bits, from slot 0 on, when the type has at most 18 digits and every value fits; else the
    /// array itself.
    package func narrowingDecimals() -> ArrowArray {
        guard case .decimal128(let precision, let scale) = type, precision <= 18 else { return self }
        var target = MutableBuffer(capacity: count * 8)
        defer { withExtendedLifetime(buffers) {} }
        let source = unsafe buffers[0].pointer.assumingMemoryBound(to: Int64.self) + 2 * offset
        let values = unsafe target.extend(by: count * 8).assumingMemoryBound(to: Int64.self)
        var misfit: Int64 = 0
        for row in 0..<count {
            let (low, high) = unsafe (source[2 &* row], source[2 &* row &+ 1])
            unsafe values[row] = low
            misfit |= high ^ (low &>> 63)
        }
        if misfit != 0 {
            // The values of null rows are unspecified: they may be what does not fit.
            for row in 0..<count where unsafe isValid(row) && source[2 * row + 1] != source[2 * row] >> 63 {
                return self
            }
        }
        return ArrowArray(
            .decimal64(precision: precision, scale: scale), count: count, nullCount: nullCount,
            validity: validityFromFirstRow(), buffers: [target.freeze()])
    }

    /// The validity bits with that of the first row at bit 0.
    package func validityFromFirstRow() -> Buffer? {
        guard let validity, offset > 0 else { return validity }
        defer { withExtendedLifetime(validity) {} }
        var words = MutableBuffer(capacity: (count + 63) / 64 * 8)
        for row in stride(from: 0, to: count, by: 64) {
            let word = unsafe Bits.word(validity.pointer, offset + row, count: min(64, count - row))
            unsafe words.extend(by: 8).storeBytes(of: word, as: UInt64.self)
        }
        return words.freeze()
    }
}

extension DataType {
    /// The wider of two decimal types of 64 and 128 bits that agree in their digits; nil for all others.
    func decimalHolding(_ other: DataType) -> DataType? {
        switch (self, other) {
        case (.decimal128(let precision, let scale), .decimal64(let others, let otherScale))
        where precision == others && scale == otherScale:
            self
        case (.decimal64(let precision, let scale), .decimal128(let others, let otherScale))
        where precision == others && scale == otherScale:
            other
        default: nil
        }
    }
}
