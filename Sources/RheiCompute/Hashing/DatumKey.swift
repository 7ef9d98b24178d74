import RheiArrow

/// Reads a row of an `any` vector.
@inline(__always)
func datum(_ tags: UnsafePointer<UInt8>, _ slots: UnsafePointer<StringValue>, _ row: Int) -> Datum {
    unsafe Datum(storageClass: StorageClass(rawValue: tags[row]) ?? .null, slot: slots[row])
}

/// Returns the hash of an `any` row: 1 and 1.0 hash alike, text and blob of equal bytes do not.
func hashDatum(_ value: Datum) -> UInt64 {
    switch value.storageClass {
    case .null: HashSeed.null
    case .integer: hashWord(value.slot.head)
    case .real: hashWord(numberHashBits(value.real))
    case .text: hashString(value.slot)
    case .blob: hashString(value.slot) ^ HashSeed.blob
    }
}

/// Returns whether two `any` rows are one group: equal numbers of either class, equal bytes of one class, or nulls.
func isSameKey(_ left: Datum, _ right: Datum) -> Bool {
    switch (left.storageClass, right.storageClass) {
    case (.null, .null): true
    case (.integer, .integer): left.integer == right.integer
    case (.real, .real): left.real == right.real || (left.real.isNaN && right.real.isNaN)
    case (.integer, .real): compareExactly(left.integer, right.real) == 0
    case (.real, .integer): compareExactly(right.integer, left.real) == 0
    case (.text, .text), (.blob, .blob): StringValue.equal(left.slot, right.slot)
    default: false
    }
}
