/// Encodes the values of a composite or text key as bytes, so that two keys are equal exactly when their bytes are.
///
/// Each value is a tag byte (the storage class) and 8 bytes, or a length in 8 bytes and the contents. An integral real
/// within Int64 is encoded as that integer, since SQLite takes 1 and 1.0 for one key. The order of the bytes means
/// nothing.
package struct RowKeyEncoder {
    /// The key so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Forgets the key and keeps the memory.
    package mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    package mutating func appendNull() { bytes.append(0) }

    package mutating func append(integer value: Int64) {
        bytes.append(1)
        append(word: UInt64(bitPattern: value))
    }

    package mutating func append(real value: Double) {
        if let integer = Int64(exactly: value) { return append(integer: integer) }
        bytes.append(2)
        append(word: value.bitPattern)
    }

    package mutating func append(text: UnsafeRawBufferPointer) {
        bytes.append(3)
        append(word: UInt64(text.count))
        unsafe bytes.append(contentsOf: text)
    }

    package mutating func append(blob: UnsafeRawBufferPointer) {
        bytes.append(4)
        append(word: UInt64(blob.count))
        unsafe bytes.append(contentsOf: blob)
    }

    private mutating func append(word: UInt64) {
        unsafe withUnsafeBytes(of: word.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }
}
