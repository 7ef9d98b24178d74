#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How two texts compare; SQLite's three collations.
package enum TextCollation: UInt8, Sendable, CaseIterable {
    /// Byte by byte; of a prefix and a longer text the prefix comes first.
    case binary
    /// As `binary` after folding A-Z to a-z; other letters are left alone.
    case noCase
    /// As `binary` after removal of trailing spaces.
    case rightTrim
}

extension StringValue {
    /// The first four bytes, zero padded, as a number that orders like the bytes.
    @inline(__always) var orderedPrefix: UInt32 { UInt32(truncatingIfNeeded: head &>> 32).byteSwapped }

    /// Whether both have the same bytes. Values that are not inline must be readable.
    @inline(__always) package static func equal(_ left: StringValue, _ right: StringValue) -> Bool {
        if left.head != right.head { return false }
        if left.tail == right.tail { return true }
        return left.isInline ? false : longEqual(left, right)
    }

    @inline(never) private static func longEqual(_ left: StringValue, _ right: StringValue) -> Bool {
        guard let first = unsafe left.address, let second = unsafe right.address else { return false }
        return unsafe memcmp(first, second, left.count) == 0
    }

    /// Orders by bytes: negative, zero or positive.
    @inline(__always) package static func compare(_ left: StringValue, _ right: StringValue) -> Int {
        let first = left.orderedPrefix
        let second = right.orderedPrefix
        if first != second { return first < second ? -1 : 1 }
        return compareBeyondPrefix(left, right)
    }

    @inline(never) private static func compareBeyondPrefix(_ left: StringValue, _ right: StringValue) -> Int {
        if left.isInline, right.isInline {
            let first = left.tail.byteSwapped
            let second = right.tail.byteSwapped
            if first != second { return first < second ? -1 : 1 }
            return left.count &- right.count
        }
        return left.withRun { first in right.withRun { second in compareBytes(first, second) } }
    }

    /// Orders two texts by a collation.
    package static func compare(_ left: StringValue, _ right: StringValue, _ collation: TextCollation) -> Int {
        switch collation {
        case .binary: compare(left, right)
        case .noCase: left.withRun { first in right.withRun { second in compareNoCase(first, second) } }
        case .rightTrim:
            left.withRun { first in
                right.withRun { second in compareBytes(trimmingSpaces(first), trimmingSpaces(second)) }
            }
        }
    }
}

/// Orders by bytes, then by length.
@inline(__always) func compareBytes(_ left: ByteRun, _ right: ByteRun) -> Int {
    let shared = min(left.count, right.count)
    let order = unsafe memcmp(left.base, right.base, shared)
    return order != 0 ? Int(order) : left.count &- right.count
}

/// Removes spaces, and nothing but spaces, from the end.
func trimmingSpaces(_ bytes: ByteRun) -> ByteRun {
    var count = bytes.count
    while count > 0, bytes[count - 1] == 0x20 { count -= 1 }
    return bytes.slice(0, count)
}

/// Folds A-Z to a-z.
@inline(__always) func foldCase(_ byte: UInt8) -> UInt8 {
    byte &- 0x41 < 26 ? byte | 0x20 : byte
}

/// Orders as SQLite's NOCASE does: the shared length with letters folded, up to a NUL in both, then by length.
func compareNoCase(_ left: ByteRun, _ right: ByteRun) -> Int {
    for index in 0..<min(left.count, right.count) {
        let first = foldCase(left[index])
        let second = foldCase(right[index])
        if first != second { return Int(first) &- Int(second) }
        // SQLite's comparison of C strings ends here and leaves the decision to the lengths.
        if first == 0 { break }
    }
    return left.count &- right.count
}
