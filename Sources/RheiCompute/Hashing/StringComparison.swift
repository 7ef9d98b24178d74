#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How text compares where order or identity matters; blobs always compare by their bytes.
package enum TextOrder: UInt8, Sendable {
    /// By bytes.
    case binary
    /// By bytes with ASCII letters folded.
    case noCase
    /// By bytes without trailing spaces.
    case rightTrim
}

/// Returns whether two values have the same bytes.
@inline(__always)
func stringsEqual(_ left: StringValue, _ right: StringValue) -> Bool {
    if left.head != right.head { return false }
    if left.tail == right.tail { return true }
    if left.isInline { return false }
    guard let first = left.address, let second = right.address else { return false }
    return memcmp(first, second, left.count) == 0
}

/// Orders two values by their bytes, a prefix before the longer one.
func compareBytes(_ left: StringValue, _ right: StringValue) -> Int {
    let leftPrefix = UInt32(truncatingIfNeeded: left.head &>> 32).byteSwapped
    let rightPrefix = UInt32(truncatingIfNeeded: right.head &>> 32).byteSwapped
    if leftPrefix != rightPrefix { return leftPrefix < rightPrefix ? -1 : 1 }
    return left.withBytes { first in
        right.withBytes { second in compareRuns(first, second) }
    }
}

private func compareRuns(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    if shared > 0, let first = left.baseAddress, let second = right.baseAddress {
        let order = memcmp(first, second, shared)
        if order != 0 { return Int(order) }
    }
    return left.count - right.count
}

/// Orders two texts as SQLite's collation of that name does.
func compareText(_ left: StringValue, _ right: StringValue, _ order: TextOrder) -> Int {
    switch order {
    case .binary: compareBytes(left, right)
    case .noCase: left.withBytes { first in right.withBytes { second in compareFolded(first, second) } }
    case .rightTrim:
        left.withBytes { first in right.withBytes { second in compareRuns(trimmed(first), trimmed(second)) } }
    }
}

private func compareFolded(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
    let shared = min(left.count, right.count)
    var index = 0
    while index < shared {
        let order = Int(foldedByte(left[index])) - Int(foldedByte(right[index]))
        if order != 0 { return order }
        index &+= 1
    }
    return left.count - right.count
}

/// Returns the byte with an ASCII capital made small.
@inline(__always)
func foldedByte(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 32 : byte }

/// Returns the bytes without trailing spaces.
func trimmed(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var count = bytes.count
    while count > 0, bytes[count - 1] == 32 { count -= 1 }
    return UnsafeRawBufferPointer(rebasing: bytes[..<count])
}

/// Returns a value that is equal by bytes exactly when the texts are equal by `order`; new bytes go to the arena.
func collationKey(_ value: StringValue, _ order: TextOrder, in arena: StringArena) -> StringValue {
    switch order {
    case .binary: return value
    case .rightTrim:
        return value.withBytes { bytes in
            let kept = trimmed(bytes)
            return kept.count == bytes.count ? value : arena.store(kept)
        }
    case .noCase:
        return value.withBytes { bytes in
            guard bytes.contains(where: { foldedByte($0) != $0 }) else { return value }
            return withUnsafeTemporaryAllocation(byteCount: bytes.count, alignment: 8) { folded in
                for index in bytes.indices { folded[index] = foldedByte(bytes[index]) }
                return arena.store(UnsafeRawBufferPointer(folded))
            }
        }
    }
}
