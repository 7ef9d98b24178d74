/// Validity bits as words of 64 rows, least significant bit first; a set bit means valid.
@safe struct ValidityWords {
    let words: UnsafeMutablePointer<UInt64>

    @inline(__always) init(_ words: UnsafeMutablePointer<UInt64>) { unsafe self.words = words }

    /// The validity of a vector that has one.
    @inline(__always) init?(_ vector: ColumnVector) {
        guard let words = unsafe vector.validity else { return nil }
        unsafe self.init(words)
    }

    static func wordCount(_ rowCount: Int) -> Int { (rowCount &+ 63) &>> 6 }

    @inline(__always) subscript(row: Int) -> Bool {
        get { unsafe (words[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 1 == 1 }
        nonmutating set {
            let mask = UInt64(1) &<< UInt64(truncatingIfNeeded: row & 63)
            let word = unsafe words[row &>> 6]
            unsafe words[row &>> 6] = newValue ? word | mask : word & ~mask
        }
    }

    @inline(__always) subscript(word index: Int) -> UInt64 {
        get { unsafe words[index] }
        nonmutating set { unsafe words[index] = newValue }
    }

    /// Clears the bit of `row`.
    @inline(__always) func clear(_ row: Int) {
        unsafe words[row &>> 6] &= ~(UInt64(1) &<< UInt64(truncatingIfNeeded: row & 63))
    }

    /// Sets or clears all bits of `rowCount` rows, to the end of the last word.
    func fill(_ valid: Bool, rowCount: Int) {
        for word in 0..<Self.wordCount(rowCount) { self[word: word] = valid ? ~0 : 0 }
    }

    func copy(_ source: ValidityWords, rowCount: Int) {
        for word in 0..<Self.wordCount(rowCount) { self[word: word] = source[word: word] }
    }

    /// Clears the bits of the rows whose byte in `mask` is 0; the mask is 0 or 1 per row and readable up to a multiple
    /// of 64 rows.
    func formIntersection(_ mask: Values<UInt8>, rowCount: Int) {
        for word in 0..<Self.wordCount(rowCount) {
            var bits: UInt64 = 0
            for group in 0..<8 {
                let eight = mask.eightBytes(at: word &* 64 &+ group &* 8)
                bits |= UInt64(packBits(eight)) &<< UInt64(truncatingIfNeeded: group &* 8)
            }
            self[word: word] &= bits
        }
    }
}

/// Collects the low bits of eight bytes of 0 or 1 into one byte, the first byte's at the bottom.
@inline(__always) func packBits(_ eightBytes: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: (eightBytes &* 0x0102_0408_1020_4080) &>> 56)
}

extension Values where Element == UInt8 {
    /// The bytes of rows `row ..< row + 8` as one word.
    @inline(__always) func eightBytes(at row: Int) -> UInt64 {
        unsafe UnsafeRawPointer(base + row).loadUnaligned(as: UInt64.self)
    }
}

extension VectorBuffer {
    /// The validity words of the buffer.
    @inline(__always) var validity: ValidityWords { unsafe ValidityWords(validityWords) }

    /// The result vector of a kernel: all rows valid.
    func nullFree(isConstant: Bool) -> ColumnVector { vector(isConstant: isConstant) }

    /// The result vector of a kernel with the buffer's validity words attached.
    func nullable(isConstant: Bool) -> ColumnVector {
        var result = vector(isConstant: isConstant)
        unsafe result.validity = validityWords
        return result
    }

    /// A constant null of the buffer's type.
    package func constantNull() -> ColumnVector {
        validity.fill(false, rowCount: 1)
        let result = nullable(isConstant: true)
        if unsafe result.tags != nil { result.tagValues[0] = 0 }
        return result
    }

    /// Returns the result vector whose rows are valid where both inputs are.
    func propagatingNulls(_ left: ColumnVector, _ right: ColumnVector, rowCount: Int) -> ColumnVector {
        let isConstant = left.isConstant && right.isConstant
        switch (left.variableValidity, right.variableValidity) {
        case (nil, nil): return nullFree(isConstant: isConstant)
        case (let only?, nil), (nil, let only?): validity.copy(only, rowCount: rowCount)
        case (let first?, let second?):
            for word in 0..<ValidityWords.wordCount(rowCount) {
                validity[word: word] = first[word: word] & second[word: word]
            }
        }
        return nullable(isConstant: isConstant)
    }

    /// Returns the result vector whose rows are valid where the input is.
    func propagatingNulls(_ input: ColumnVector, rowCount: Int) -> ColumnVector {
        guard let source = ValidityWords(input) else { return nullFree(isConstant: input.isConstant) }
        validity.copy(source, rowCount: input.isConstant ? 1 : rowCount)
        return nullable(isConstant: input.isConstant)
    }
}

extension ColumnVector {
    /// The validity of a column with nulls; nil for a constant, which the caller has found not to be null.
    @inline(__always) var variableValidity: ValidityWords? { isConstant ? nil : ValidityWords(self) }
}
