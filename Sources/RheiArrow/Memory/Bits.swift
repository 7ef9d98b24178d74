/// Bit addressing in Arrow's order: bit `i` is bit `i & 7` of byte `i >> 3`.
///
/// All functions touch only the bytes that hold the named bits.
package enum Bits {
    /// Number of bytes that hold `count` bits.
    @inlinable package static func byteCount(_ count: Int) -> Int { (count &+ 7) &>> 3 }

    @unsafe @inlinable @inline(__always)
    package static func get(_ bits: UnsafeRawPointer, _ index: Int) -> Bool {
        unsafe bits.load(fromByteOffset: index &>> 3, as: UInt8.self) &>> UInt8(truncatingIfNeeded: index & 7) & 1 != 0
    }

    @unsafe @inlinable @inline(__always)
    package static func set(_ bits: UnsafeMutableRawPointer, _ index: Int) {
        let byte = unsafe bits.load(fromByteOffset: index &>> 3, as: UInt8.self)
        let mask = 1 as UInt8 &<< UInt8(truncatingIfNeeded: index & 7)
        unsafe bits.storeBytes(of: byte | mask, toByteOffset: index &>> 3, as: UInt8.self)
    }

    @unsafe @inlinable @inline(__always)
    package static func clear(_ bits: UnsafeMutableRawPointer, _ index: Int) {
        let byte = unsafe bits.load(fromByteOffset: index &>> 3, as: UInt8.self)
        let mask = 1 as UInt8 &<< UInt8(truncatingIfNeeded: index & 7)
        unsafe bits.storeBytes(of: byte & ~mask, toByteOffset: index &>> 3, as: UInt8.self)
    }

    /// Returns the `count` bits from bit `start` on in the low bits of a word; the others are zero.
    ///
    /// - Precondition: `0 < count <= 64`.
    @unsafe @inlinable @inline(__always)
    package static func word(_ bits: UnsafeRawPointer, _ start: Int, count: Int) -> UInt64 {
        let byte = unsafe bits + (start &>> 3)
        let shift = UInt64(truncatingIfNeeded: start & 7)
        if count == 64 {
            let low = unsafe UInt64(littleEndian: byte.loadUnaligned(as: UInt64.self))
            if shift == 0 { return low }
            let high = unsafe UInt64(byte.load(fromByteOffset: 8, as: UInt8.self))
            return low &>> shift | high &<< (64 &- shift)
        }
        return unsafe partialWord(byte, shift: shift, count: count)
    }

    @unsafe @usableFromInline
    package static func partialWord(_ byte: UnsafeRawPointer, shift: UInt64, count: Int) -> UInt64 {
        let byteCount = byteCount(count + Int(shift))
        var low: UInt64 = 0
        for index in 0..<min(byteCount, 8) {
            let value = unsafe UInt64(byte.load(fromByteOffset: index, as: UInt8.self))
            low |= value &<< UInt64(index * 8)
        }
        low = low &>> shift
        if byteCount > 8 { low |= unsafe UInt64(byte.load(fromByteOffset: 8, as: UInt8.self)) &<< (64 &- shift) }
        return low & ((1 &<< UInt64(count)) &- 1)
    }

    /// Counts the set bits among `count` bits from bit `start` on.
    @unsafe package static func countOnes(_ bits: UnsafeRawPointer, _ start: Int, count: Int) -> Int {
        var ones = 0
        var done = 0
        while done + 64 <= count {
            ones &+= unsafe word(bits, start + done, count: 64).nonzeroBitCount
            done += 64
        }
        if done < count { ones += unsafe word(bits, start + done, count: count - done).nonzeroBitCount }
        return ones
    }

    /// Counts how many of `count` bits from bit `start` on are equal to `value` before the first that is not.
    @unsafe package static func prefix(of value: Bool, _ bits: UnsafeRawPointer, _ start: Int, count: Int) -> Int {
        let flip: UInt64 = value ? .max : 0
        var done = 0
        while done < count {
            let taken = min(64, count - done)
            let other = unsafe (word(bits, start + done, count: taken) ^ flip).trailingZeroBitCount
            if other < taken { return done + other }
            done += taken
        }
        return count
    }

    /// Tells whether two runs of `count` bits are equal.
    @unsafe package static func equal(
        _ left: UnsafeRawPointer, _ leftStart: Int, _ right: UnsafeRawPointer, _ rightStart: Int, count: Int
    ) -> Bool {
        var done = 0
        while done < count {
            let taken = min(64, count - done)
            guard unsafe word(left, leftStart + done, count: taken) == word(right, rightStart + done, count: taken)
            else {
                return false
            }
            done += taken
        }
        return true
    }

    /// Writes the low `count` bits of `word` from bit `start` on; neighbouring bits keep their values.
    ///
    /// - Precondition: `0 < count <= 64`.
    @unsafe @inlinable
    package static func store(_ word: UInt64, _ bits: UnsafeMutableRawPointer, _ start: Int, count: Int) {
        if count == 64, start & 7 == 0 {
            unsafe (bits + (start &>> 3)).storeBytes(of: word.littleEndian, as: UInt64.self)
            return
        }
        var remaining = count
        var position = start
        var word = word
        while remaining > 0 {
            let shift = position & 7
            let taken = min(8 - shift, remaining)
            let mask = UInt8(truncatingIfNeeded: ((1 &<< taken) &- 1) &<< shift)
            let old = unsafe bits.load(fromByteOffset: position &>> 3, as: UInt8.self)
            let new = UInt8(truncatingIfNeeded: word &<< UInt64(truncatingIfNeeded: shift))
            unsafe bits.storeBytes(of: old & ~mask | new & mask, toByteOffset: position &>> 3, as: UInt8.self)
            word = word &>> UInt64(truncatingIfNeeded: taken)
            position += taken
            remaining -= taken
        }
    }

    /// Copies `count` bits.
    @unsafe package static func copy(
        from source: UnsafeRawPointer, _ sourceStart: Int, to target: UnsafeMutableRawPointer, _ targetStart: Int,
        count: Int
    ) {
        guard count > 0 else { return }
        // The first piece ends at a byte of the target, so that all others store whole words.
        var done = min(count, (8 - targetStart & 7) & 7)
        if done > 0 { unsafe store(word(source, sourceStart, count: done), target, targetStart, count: done) }
        while done < count {
            let taken = min(64, count - done)
            unsafe store(word(source, sourceStart + done, count: taken), target, targetStart + done, count: taken)
            done += taken
        }
    }

    /// Sets or clears `count` bits from bit `start` on.
    @unsafe package static func fill(_ bits: UnsafeMutableRawPointer, _ start: Int, count: Int, with value: Bool) {
        let word: UInt64 = value ? .max : 0
        var done = min(count, (8 - start & 7) & 7)
        if done > 0 { unsafe store(word, bits, start, count: done) }
        while done < count {
            let taken = min(64, count - done)
            unsafe store(word, bits, start + done, count: taken)
            done += taken
        }
    }
}
