/// Numbers of `width` bits each, the first in the lowest bits, in whole 64-bit words.
enum BitPacking {
    /// Bytes that `count` numbers take.
    static func byteCount(_ count: Int, width: Int) -> Int { (count &* width &+ 63) / 64 &* 8 }

    /// Bits that a number needs.
    @inline(__always) static func width(of value: UInt64) -> Int { 64 &- value.leadingZeroBitCount }

    /// Packs the low `width` bits of each value less `base`.
    static func pack(_ values: [UInt64], base: UInt64, width: Int, to writer: inout ByteWriter) {
        guard width > 0 else { return }
        let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
        var words: [UInt64] = []
        words.reserveCapacity(byteCount(values.count, width: width) / 8)
        var word: UInt64 = 0
        var used = 0
        for value in values {
            let bits = (value &- base) & mask
            word |= bits &<< UInt64(used)
            used &+= width
            if used >= 64 {
                words.append(word.littleEndian)
                used &-= 64
                // What did not fit; a shift by all 64 bits would shift by none.
                word = used == 0 ? 0 : bits &>> UInt64(width &- used)
            }
        }
        if used > 0 { words.append(word.littleEndian) }
        writer.append(words: words, byteCount: words.count * 8)
    }

    /// Unpacks numbers and adds `base` to each, wrapping around.
    ///
    /// - Precondition: `byteCount(count, width:)` bytes and 8 more are readable.
    @unsafe static func unpack(
        _ source: UnsafeRawPointer, width: Int, count: Int, base: UInt64, into out: UnsafeMutablePointer<UInt64>
    ) {
        switch width {
        case 0: for index in 0..<count { unsafe out[index] = base }
        case 8: unsafe widen(source.assumingMemoryBound(to: UInt8.self), count, base, out)
        case 16: unsafe widen(source.assumingMemoryBound(to: UInt16.self), count, base, out)
        case 32: unsafe widen(source.assumingMemoryBound(to: UInt32.self), count, base, out)
        case 64: unsafe widen(source.assumingMemoryBound(to: UInt64.self), count, base, out)
        case ...57: unsafe unpackNarrow(source, width, count, base, out)
        default: unsafe unpackBroad(source, width, count, base, out)
        }
    }

    @inline(__always) @unsafe
    private static func widen<Value: FixedWidthInteger & UnsignedInteger & BitwiseCopyable>(
        _ source: UnsafePointer<Value>, _ count: Int, _ base: UInt64, _ out: UnsafeMutablePointer<UInt64>
    ) {
        let start = unsafe UnsafeRawPointer(source)
        for index in 0..<count {
            let value = unsafe start.loadUnaligned(fromByteOffset: index &* MemoryLayout<Value>.size, as: Value.self)
            unsafe out[index] = UInt64(truncatingIfNeeded: value) &+ base
        }
    }

    /// Eight numbers at a time: they take `width` whole bytes, and each lies within one unaligned word.
    @unsafe private static func unpackNarrow(
        _ source: UnsafeRawPointer, _ width: Int, _ count: Int, _ base: UInt64, _ out: UnsafeMutablePointer<UInt64>
    ) {
        let mask: UInt64 = (1 &<< UInt64(width)) &- 1
        let wide = UInt64(width)
        let (s1, s2, s3, s4) = (wide & 7, 2 &* wide & 7, 3 &* wide & 7, 4 &* wide & 7)
        let (s5, s6, s7) = (5 &* wide & 7, 6 &* wide & 7, 7 &* wide & 7)
        let (b1, b2, b3, b4) = (width &>> 3, (2 &* width) &>> 3, (3 &* width) &>> 3, (4 &* width) &>> 3)
        let (b5, b6, b7) = ((5 &* width) &>> 3, (6 &* width) &>> 3, (7 &* width) &>> 3)
        var index = 0
        var place = unsafe source
        @inline(__always) func load(_ offset: Int, _ shift: UInt64) -> UInt64 {
            unsafe (place.loadUnaligned(fromByteOffset: offset, as: UInt64.self) &>> shift & mask) &+ base
        }
        while index &+ 8 <= count {
            unsafe out[index] = load(0, 0)
            unsafe out[index &+ 1] = load(b1, s1)
            unsafe out[index &+ 2] = load(b2, s2)
            unsafe out[index &+ 3] = load(b3, s3)
            unsafe out[index &+ 4] = load(b4, s4)
            unsafe out[index &+ 5] = load(b5, s5)
            unsafe out[index &+ 6] = load(b6, s6)
            unsafe out[index &+ 7] = load(b7, s7)
            index &+= 8
            unsafe place += width
        }
        while index < count {
            let bit = index &* width
            let word = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
            unsafe out[index] = (word &>> UInt64(bit & 7) & mask) &+ base
            index &+= 1
        }
    }

    /// Numbers of 58 to 63 bits, which may touch nine bytes.
    @unsafe private static func unpackBroad(
        _ source: UnsafeRawPointer, _ width: Int, _ count: Int, _ base: UInt64, _ out: UnsafeMutablePointer<UInt64>
    ) {
        let mask: UInt64 = (1 &<< UInt64(width)) &- 1
        for index in 0..<count {
            let bit = index &* width
            let shift = UInt64(bit & 7)
            let low = unsafe source.loadUnaligned(fromByteOffset: bit &>> 3, as: UInt64.self)
            let high = unsafe UInt64(source.load(fromByteOffset: bit &>> 3 &+ 8, as: UInt8.self))
            let word = shift == 0 ? low : low &>> shift | high &<< (64 &- shift)
            unsafe out[index] = (word & mask) &+ base
        }
    }
}
