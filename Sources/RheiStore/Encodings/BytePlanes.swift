/// Numbers as planes of bytes: the lowest byte of each, then the next one of each, as many as the largest number has.
enum BytePlanes {
    static func byteCount(_ count: Int, width: Int) -> Int { (width &+ 7) / 8 &* count }

    /// Appends numbers of at most `width` bits.
    static func pack(_ numbers: [UInt64], width: Int, to writer: inout ByteWriter) {
        let planeCount = (width + 7) / 8
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: numbers.count * planeCount) { target, count in
            var place = 0
            for plane in 0..<planeCount {
                let shift = UInt64(plane * 8)
                for index in 0..<numbers.count {
                    unsafe target[place &+ index] = UInt8(truncatingIfNeeded: numbers[index] &>> shift)
                }
                place += numbers.count
            }
            count = place
        }
        writer.append(bytes: bytes)
    }

    /// Reads numbers and adds `base` to each, wrapping around.
    ///
    /// - Precondition: `byteCount(count, width:)` bytes are readable.
    @unsafe static func unpack(
        _ source: UnsafeRawPointer, width: Int, count: Int, base: UInt64, into out: UnsafeMutablePointer<UInt64>
    ) {
        let bytes = unsafe source.assumingMemoryBound(to: UInt8.self)
        switch (width + 7) / 8 {
        case 0: for index in 0..<count { unsafe out[index] = base }
        case 1: for index in 0..<count { unsafe out[index] = UInt64(bytes[index]) &+ base }
        case 2:
            let high = unsafe bytes + count
            for index in 0..<count { unsafe out[index] = (UInt64(bytes[index]) | UInt64(high[index]) &<< 8) &+ base }
        case let planeCount:
            for index in 0..<count { unsafe out[index] = UInt64(bytes[index]) }
            for plane in 1..<planeCount {
                let next = unsafe bytes + plane &* count
                let shift = UInt64(plane &* 8)
                for index in 0..<count { unsafe out[index] |= UInt64(next[index]) &<< shift }
            }
            for index in 0..<count { unsafe out[index] &+= base }
        }
    }

    /// The place of a difference among 0, -1, 1, -2, 2, …
    @inline(__always) static func alternating(_ difference: UInt64) -> UInt64 {
        difference &<< 1 ^ UInt64(bitPattern: Int64(bitPattern: difference) &>> 63)
    }

    /// Undoes `alternating` for numbers that `unpack` read with base 0, and adds `base`.
    @unsafe static func undoAlternating(_ words: UnsafeMutablePointer<UInt64>, count: Int, base: UInt64) {
        for index in 0..<count {
            let number = unsafe words[index]
            unsafe words[index] = (number &>> 1 ^ (0 &- (number & 1))) &+ base
        }
    }
}
