/// Multiplies to 128 bits and folds the halves, so that every input bit reaches the low and the high bits.
@inline(__always)
func foldMultiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// Odd constants with even bit counts, the fractions of square roots.
enum HashSeed {
    static let first: UInt64 = 0x9E37_79B9_7F4A_7C15
    static let second: UInt64 = 0xBB67_AE85_84CA_A73B
    static let third: UInt64 = 0x3C6E_F372_FE94_F82B
    static let null: UInt64 = 0xA54F_F53A_5F1D_36F1
    static let blob: UInt64 = 0x510E_527F_ADE6_82D1
}

/// Hashes one word. A second multiplication, since one fold alone clusters on doubles.
@inline(__always)
func hashWord(_ word: UInt64) -> UInt64 {
    let mixed = foldMultiply(word ^ HashSeed.third, HashSeed.first) &* HashSeed.second
    return mixed ^ (mixed &>> 32)
}

/// Mixes the hash of a further key into that of the keys before it.
@inline(__always)
func combineHash(_ earlier: UInt64, _ later: UInt64) -> UInt64 {
    hashWord(((earlier &<< 23) | (earlier &>> 41)) ^ later)
}

/// Hashes the bytes of a text or blob.
@inline(__always)
func hashString(_ value: StringValue) -> UInt64 {
    if value.isInline { return hashWord(foldMultiply(value.head ^ HashSeed.second, value.tail ^ HashSeed.first)) }
    return hashLongString(value)
}

/// Hashes more than 12 bytes: 16 per multiplication, the last 16 overlapping, so all reads stay inside the value.
func hashLongString(_ value: StringValue) -> UInt64 {
    guard let bytes = unsafe value.address else { return 0 }
    let count = value.count
    var state = value.head ^ HashSeed.second
    var offset = 0
    while offset &+ 16 < count {
        let low = unsafe (bytes + offset).loadUnaligned(as: UInt64.self)
        let high = unsafe (bytes + offset + 8).loadUnaligned(as: UInt64.self)
        state = foldMultiply(low ^ state, high ^ HashSeed.first)
        offset &+= 16
    }
    let tail = max(count - 16, 0)
    let low = unsafe (bytes + tail).loadUnaligned(as: UInt64.self)
    let high = unsafe (bytes + (count - 8)).loadUnaligned(as: UInt64.self)
    return hashWord(foldMultiply(low ^ state, high ^ HashSeed.third))
}

/// The bits of a double for hashing: equal numbers have equal bits (one zero, one NaN).
@inline(__always)
func hashBits(_ value: Double) -> UInt64 {
    if value != value { return Double.nan.bitPattern }
    return (value + 0.0).bitPattern
}

/// The word that an `any` number hashes by: an integral real counts as its integer.
@inline(__always)
func numberHashBits(_ value: Double) -> UInt64 {
    if let integer = Int64(exactly: value) { return UInt64(bitPattern: integer) }
    return hashBits(value)
}
