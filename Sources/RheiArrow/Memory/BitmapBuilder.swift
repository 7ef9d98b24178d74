/// Appends bits and hands them over as a `Bitmap` without a copy.
@safe public struct BitmapBuilder: ~Copyable {
    private var bits: MutableBuffer
    public private(set) var count = 0

    /// - Parameter capacity: number of bits to make room for.
    public init(capacity: Int = 0) {
        bits = MutableBuffer(capacity: Bits.byteCount(capacity))
    }

    /// Appends one bit.
    public mutating func append(_ value: Bool) {
        let byteIndex = count &>> 3
        if count & 7 == 0 {
            bits.reserve(byteIndex + 1)
            unsafe bits.pointer.storeBytes(of: 0, toByteOffset: byteIndex, as: UInt8.self)
            bits.byteCount = byteIndex + 1
        }
        if value { unsafe Bits.set(bits.pointer, count) }
        count += 1
    }

    /// Appends `count` equal bits.
    public mutating func append(repeating value: Bool, count: Int) {
        extend(by: count)
        unsafe Bits.fill(bits.pointer, self.count, count: count, with: value)
        self.count += count
    }

    /// Appends the bits of another bitmap.
    public mutating func append(contentsOf bitmap: Bitmap) {
        extend(by: bitmap.count)
        unsafe Bits.copy(
            from: bitmap.buffer.pointer, bitmap.bitOffset, to: bits.pointer, count, count: bitmap.count)
        count += bitmap.count
    }

    /// Returns what was appended and starts anew. Bits past the end of the last byte are zero.
    public mutating func finish() -> Bitmap {
        let result = Bitmap(buffer: bits.freeze(), count: count)
        count = 0
        return result
    }

    private mutating func extend(by additional: Int) {
        let old = bits.byteCount
        let new = Bits.byteCount(count + additional)
        bits.reserve(new)
        if new > old {
            unsafe (bits.pointer + old).initializeMemory(as: UInt8.self, repeating: 0, count: new - old)
        }
        bits.byteCount = new
    }
}
