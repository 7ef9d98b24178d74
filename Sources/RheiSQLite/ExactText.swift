#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A text by its bytes: two that Unicode calls equivalent, as strings are compared, are different statements.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (first: ExactText, second: ExactText) -> Bool {
        let isSame = unsafe first.text.utf8.withContiguousStorageIfAvailable { one in
            unsafe second.text.utf8.withContiguousStorageIfAvailable { other in unsafe haveSameBytes(one, other) }
        }
        return (isSame ?? nil) ?? first.text.utf8.elementsEqual(second.text.utf8)
    }

    private static func haveSameBytes(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        guard let first = one.baseAddress, let second = other.baseAddress else { return true }
        return unsafe first == second || memcmp(first, second, one.count) == 0
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
