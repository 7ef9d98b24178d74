/// Appends little-endian numbers, texts and bytes.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    var count: Int { bytes.count }

    mutating func reserve(_ additionalCount: Int) { bytes.reserveCapacity(bytes.count + additionalCount) }

    mutating func append<Value: FixedWidthInteger & BitwiseCopyable>(_ value: Value) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func append(bytes other: [UInt8]) { bytes.append(contentsOf: other) }

    @unsafe mutating func append(_ other: UnsafeRawBufferPointer) { unsafe bytes.append(contentsOf: other) }

    /// Appends the first `byteCount` bytes of some words.
    mutating func append(words: [UInt64], byteCount: Int) {
        unsafe words.withUnsafeBytes { unsafe bytes.append(contentsOf: $0.prefix(byteCount)) }
    }

    /// Appends a length in 4 bytes and the UTF-8 bytes.
    mutating func append(text: String) {
        append(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// Appends a count in 4 bytes and the keys and values, ascending by key.
    mutating func append(texts: [String: String]) {
        append(UInt32(texts.count))
        for (key, value) in texts.sorted(by: { $0.key < $1.key }) {
            append(text: key)
            append(text: value)
        }
    }

    /// Overwrites bytes that were appended before.
    mutating func replace(at offset: Int, with value: UInt32) {
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(index * 8)) }
    }
}
