import RheiArrow

/// Reads rows of fixed width of at most 64 bits as words: integers sign-extended, unsigned ones and truth values as
/// they are, reals as their bits. 128-bit numbers give their low or their high half.
///
/// Null rows repeat the word before them, so that they neither widen a range nor break a run.
@safe struct WordRows {
    private let array: ArrowArray
    private let kind: Kind

    private enum Kind { case bits, int8, int16, int32, word, uint8, uint16, uint32, low, high }

    /// - Returns: nil for types of other layouts.
    init?(_ array: ArrowArray) {
        self.array = array
        switch array.type.physicalType {
        case .bit: kind = .bits
        case .int8: kind = .int8
        case .int16: kind = .int16
        case .int32: kind = .int32
        case .int64, .uint64, .float64: kind = .word
        case .uint8: kind = .uint8
        case .uint16, .float16: kind = .uint16
        case .uint32, .float32: kind = .uint32
        default: return nil
        }
    }

    /// The halves of 128-bit numbers.
    init(wide array: ArrowArray, isHigh: Bool) {
        self.array = array
        kind = isHigh ? .high : .low
    }

    var count: Int { array.count }

    /// Returns the words of some rows.
    func words(_ rows: Range<Int>) -> [UInt64] {
        var words: [UInt64]
        if kind == .bits {
            let bits = array.buffers[0]
            words = rows.map { unsafe Bits.get(bits.pointer, array.offset + $0) ? 1 : 0 }
            withExtendedLifetime(bits) {}
        } else {
            words = numbers(rows)
        }
        if array.nullCount > 0 { repeatOverNulls(&words, rows) }
        return words
    }

    private func numbers(_ rows: Range<Int>) -> [UInt64] {
        let start = unsafe array.buffers[0].pointer
        let first = array.offset + rows.lowerBound
        defer { withExtendedLifetime(array) {} }
        @inline(__always) func load<Value: FixedWidthInteger & BitwiseCopyable>(
            _: Value.Type, _ stride: Int = MemoryLayout<Value>.stride, _ offset: Int = 0
        ) -> [UInt64] {
            unsafe [UInt64](unsafeUninitializedCapacity: rows.count) { target, count in
                for index in 0..<rows.count {
                    let place = (first &+ index) &* stride &+ offset
                    unsafe target[index] = UInt64(
                        truncatingIfNeeded: start.loadUnaligned(fromByteOffset: place, as: Value.self))
                }
                count = rows.count
            }
        }
        switch kind {
        case .int8: return load(Int8.self)
        case .int16: return load(Int16.self)
        case .int32: return load(Int32.self)
        case .uint8: return load(UInt8.self)
        case .uint16: return load(UInt16.self)
        case .uint32: return load(UInt32.self)
        case .low: return load(UInt64.self, 16)
        case .high: return load(UInt64.self, 16, 8)
        case .word, .bits: return load(UInt64.self)
        }
    }

    private func repeatOverNulls(_ words: inout [UInt64], _ rows: Range<Int>) {
        guard let firstValid = rows.first(where: { array.isValid($0) }) else {
            for index in words.indices { words[index] = 0 }
            return
        }
        var last = words[firstValid - rows.lowerBound]
        for index in words.indices {
            if array.isValid(rows.lowerBound + index) { last = words[index] } else { words[index] = last }
        }
    }
}
