/// Which texts stand in quotes inside the text of a list or struct.
package enum NestedQuoting {
    /// Whether a text inside a list or struct could be taken for something else.
    package static func needsQuotes(_ text: [UInt8]) -> Bool {
        guard let first = text.first, let last = text.last else { return true }
        if first == 0x20 || last == 0x20 { return true }
        if text.count == 4, zip(text, "null".utf8).allSatisfy({ $0 | 0x20 == $1 }) { return true }
        return text.contains { special.contains($0) }
    }

    private static let special = Set("'\"\\,:()[]{}=".utf8)

    /// Appends the text in quotes.
    package static func appendInQuotes(_ text: [UInt8], to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "'"))
        for byte in text {
            if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\\") { bytes.append(UInt8(ascii: "\\")) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "'"))
    }
}
