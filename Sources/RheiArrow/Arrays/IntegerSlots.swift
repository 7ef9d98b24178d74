/// Reads the integers of a buffer, of any width, as `Int`: offsets, sizes, run ends and dictionary indices.
///
/// Valid while the buffer lives. Numbers beyond `Int.max` read as negative ones.
@safe struct IntegerSlots {
    private let base: UnsafeRawPointer
    private let physical: PhysicalType

    init(_ buffer: Buffer, _ physical: PhysicalType) {
        unsafe base = buffer.pointer
        self.physical = physical
    }

    /// The integer in slot `slot`, which must exist.
    subscript(slot: Int) -> Int {
        switch physical {
        case .int8: unsafe Int(base.load(fromByteOffset: slot, as: Int8.self))
        case .uint8: unsafe Int(base.load(fromByteOffset: slot, as: UInt8.self))
        case .int16: unsafe Int(base.load(fromByteOffset: slot &* 2, as: Int16.self))
        case .uint16: unsafe Int(base.load(fromByteOffset: slot &* 2, as: UInt16.self))
        case .int32: unsafe Int(base.load(fromByteOffset: slot &* 4, as: Int32.self))
        case .uint32: unsafe Int(base.load(fromByteOffset: slot &* 4, as: UInt32.self))
        default: unsafe base.load(fromByteOffset: slot &* 8, as: Int.self)
        }
    }

    /// The first slot from `low` up to but without `high` whose integer exceeds `value`, in ascending slots.
    func firstSlot(above value: Int, from low: Int, to high: Int) -> Int {
        var (low, high) = (low, high)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] > value { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension PhysicalType {
    /// Bytes of an integer of this layout, nil for all others.
    var integerByteWidth: Int? {
        switch self {
        case .int8, .uint8: 1
        case .int16, .uint16: 2
        case .int32, .uint32: 4
        case .int64, .uint64: 8
        default: nil
        }
    }

    /// The largest integer of this layout, as far as `Int` goes; zero for all others.
    var largestInteger: Int {
        switch self {
        case .int8: Int(Int8.max)
        case .uint8: Int(UInt8.max)
        case .int16: Int(Int16.max)
        case .uint16: Int(UInt16.max)
        case .int32: Int(Int32.max)
        case .uint32: Int(UInt32.max)
        case .int64, .uint64: Int.max
        default: 0
        }
    }
}

extension MutableBuffer {
    /// Appends the low `byteCount` bytes of an integer.
    mutating func append(integer value: Int, byteCount: Int) {
        let target = unsafe extend(by: byteCount)
        switch byteCount {
        case 1: unsafe target.storeBytes(of: UInt8(truncatingIfNeeded: value), as: UInt8.self)
        case 2: unsafe target.storeBytes(of: UInt16(truncatingIfNeeded: value), as: UInt16.self)
        case 4: unsafe target.storeBytes(of: UInt32(truncatingIfNeeded: value), as: UInt32.self)
        default: unsafe target.storeBytes(of: value, as: Int.self)
        }
    }
}
