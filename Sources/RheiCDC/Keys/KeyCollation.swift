/// How the text of a key compares: SQLite's three built-in collating sequences.
package enum KeyCollation: String, Hashable, Sendable {
    case binary = "BINARY"
    case noCase = "NOCASE"
    case rightTrim = "RTRIM"

    /// Appends to `bytes` a form of `text` that is equal for two texts exactly when this collation takes them for
    /// equal.
    ///
    /// NOCASE folds ASCII letters. It compares like C strings and then by length, so what follows a NUL byte counts
    /// only by its length. RTRIM ignores spaces at the end.
    package func appendNormal(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
        switch self {
        case .binary: unsafe bytes.append(contentsOf: text)
        case .rightTrim:
            var end = text.count
            while end > 0, unsafe text[end - 1] == 0x20 { end -= 1 }
            unsafe bytes.append(contentsOf: text[..<end])
        case .noCase:
            var isPastNul = false
            for index in 0..<text.count {
                let byte = unsafe text[index]
                isPastNul = isPastNul || byte == 0
                bytes.append(isPastNul ? 0 : (0x41...0x5a).contains(byte) ? byte | 0x20 : byte)
            }
        }
    }
}
