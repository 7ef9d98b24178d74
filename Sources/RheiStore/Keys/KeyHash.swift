/// Hashes of row keys: folded multiplication, spread over all 64 bits.
enum KeyHash {
    private static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let second: UInt64 = 0xD6E8_FEB8_6659_FD93

    @inline(__always) private static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    @inline(__always) private static func finish(_ word: UInt64) -> UInt64 {
        let mixed = word &* first
        return mixed ^ (mixed &>> 32)
    }

    @inline(__always) static func hash(_ key: Int64) -> UInt64 {
        finish(fold(UInt64(bitPattern: key) ^ second, first))
    }

    /// Words that hold all of 1 to 15 bytes, some of them twice.
    @unsafe @inline(__always) private static func shortWords(
        _ start: UnsafeRawPointer, _ count: Int
    ) -> (low: UInt64, high: UInt64) {
        if count >= 8 {
            return unsafe (
                start.loadUnaligned(as: UInt64.self), (start + (count &- 8)).loadUnaligned(as: UInt64.self)
            )
        }
        if count >= 4 {
            let low = unsafe UInt64(start.loadUnaligned(as: UInt32.self))
            return unsafe (low | UInt64((start + (count &- 4)).loadUnaligned(as: UInt32.self)) &<< 32, 0)
        }
        let bytes = unsafe start.assumingMemoryBound(to: UInt8.self)
        let low = unsafe UInt64(bytes[0]) | UInt64(bytes[count &>> 1]) &<< 8 | UInt64(bytes[count &- 1]) &<< 16
        return (low, 0)
    }

    /// Takes 16 bytes per fold; the last step covers the tail, overlapping what came before.
    @unsafe static func hash(_ key: UnsafeRawBufferPointer) -> UInt64 {
        let count = key.count
        var state = UInt64(truncatingIfNeeded: count) ^ second
        guard let start = key.baseAddress, count > 0 else { return finish(fold(state, first)) }
        if count < 16 {
            let (low, high) = unsafe shortWords(start, count)
            return finish(fold(state ^ low, first ^ high) ^ low)
        }
        var offset = 0
        while offset < count {
            let position = min(offset, count - 16)
            let low = unsafe start.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let high = unsafe start.loadUnaligned(fromByteOffset: position + 8, as: UInt64.self)
            state = fold(state ^ low, first ^ high) ^ (state &<< 1 | state &>> 63)
            offset += 16
        }
        return finish(fold(state, first))
    }
}
