import RheiArrow

/// One row of an `any` column taken out of its vector: a tag and a 16-byte slot.
@safe package struct AnyValue: BitwiseCopyable {
    package var tag: UInt8
    package var slot: StringValue

    @inline(__always)
    init(tag: UInt8, slot: StringValue) {
        self.tag = tag
        self.slot = slot
    }

    @inline(__always) var integer: Int64 { Int64(bitPattern: slot.head) }
    @inline(__always) var real: Double { Double(bitPattern: slot.head) }
    @inline(__always) var isNumber: Bool { tag == StorageClass.integer.rawValue || tag == StorageClass.real.rawValue }
    @inline(__always) var isString: Bool { tag >= StorageClass.text.rawValue }
}

/// Returns the hash of an `any` row: 1 and 1.0 hash alike, text and blob of equal bytes do not.
func hashAny(_ value: AnyValue) -> UInt64 {
    switch value.tag {
    case StorageClass.integer.rawValue: hashWord(value.slot.head)
    case StorageClass.real.rawValue: hashWord(numberHashBits(value.real))
    case StorageClass.text.rawValue: hashString(value.slot)
    case StorageClass.blob.rawValue: hashString(value.slot) ^ HashSeed.blob
    default: HashSeed.null
    }
}

/// Returns whether two `any` rows are one group: equal numbers of either class, equal bytes of one class, or nulls.
func anyEqual(_ left: AnyValue, _ right: AnyValue) -> Bool {
    if left.isNumber && right.isNumber { return compareNumbers(left, right) == 0 }
    guard left.tag == right.tag else { return false }
    return left.tag == 0 || stringsEqual(left.slot, right.slot)
}

/// Orders two numbers exactly, whatever their classes: negative, zero or positive.
@inline(__always)
func compareNumbers(_ left: AnyValue, _ right: AnyValue) -> Int {
    switch (left.tag == StorageClass.integer.rawValue, right.tag == StorageClass.integer.rawValue) {
    case (true, true): compareValues(left.integer, right.integer)
    case (false, false): compareDoubles(left.real, right.real)
    case (true, false): compareExactly(left.integer, right.real)
    case (false, true): -compareExactly(right.integer, left.real)
    }
}

@inline(__always)
func compareValues<Value: Comparable>(_ left: Value, _ right: Value) -> Int {
    asInt(left > right) &- asInt(left < right)
}

/// Orders doubles with NaN, which SQLite reads as NULL, before every number.
@inline(__always)
func compareDoubles(_ left: Double, _ right: Double) -> Int {
    if left == right { return 0 }
    if left < right { return -1 }
    if left > right { return 1 }
    return asInt(right != right) &- asInt(left != left)
}

/// Orders an integer and a double without rounding either.
func compareExactly(_ integer: Int64, _ real: Double) -> Int {
    if real != real { return 1 }
    if real < -0x1p63 { return 1 }
    if real >= 0x1p63 { return -1 }
    let truncated = Int64(real)
    if integer != truncated { return integer < truncated ? -1 : 1 }
    return compareDoubles(Double(truncated), real)
}
