import Rhei

/// The printed forms of one value.
enum CellText {
    /// Appends the plain form: numbers as SQLite prints them, text and blobs as their bytes.
    static func appendPlain(_ cell: Cell, null: String, to bytes: inout [UInt8]) {
        switch cell {
        case .null: bytes.append(contentsOf: null.utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .real(let value): bytes.append(contentsOf: NumberFormat.real(value).utf8)
        case .text(let value), .blob(let value), .nested(let value, _): bytes.append(contentsOf: value)
        }
    }

    /// Appends the SQL literal that stands for the value.
    static func appendLiteral(_ cell: Cell, null: String, to bytes: inout [UInt8]) {
        switch cell {
        case .null: bytes.append(contentsOf: null.utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .real(let value): bytes.append(contentsOf: NumberFormat.exactReal(value).utf8)
        case .text(let value): appendQuoted(value, to: &bytes)
        case .blob(let value): appendBlobLiteral(value, to: &bytes)
        case .nested(let text, _): appendQuoted(text, to: &bytes)
        }
    }

    /// Appends text between single quotes, quotes within it doubled.
    static func appendQuoted(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        let quote = UInt8(ascii: "'")
        bytes.append(quote)
        for byte in text {
            if byte == quote { bytes.append(quote) }
            bytes.append(byte)
        }
        bytes.append(quote)
    }

    private static func appendBlobLiteral(_ blob: [UInt8], to bytes: inout [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(contentsOf: "X'".utf8)
        for byte in blob {
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
        bytes.append(UInt8(ascii: "'"))
    }

    /// Appends a field of CSV (RFC 4180): quoted when it holds a separator, a quote, a line end or is empty text.
    static func appendCSV(_ cell: Cell, null: String, to bytes: inout [UInt8]) {
        switch cell {
        case .text(let value), .blob(let value), .nested(let value, _): appendCSVText(value, to: &bytes)
        default: appendPlain(cell, null: null, to: &bytes)
        }
    }

    static func appendCSVText(_ text: [UInt8], to bytes: inout [UInt8]) {
        let needsQuotes = text.isEmpty || text.contains { $0 <= 32 || $0 == 34 || $0 == 39 || $0 == 44 || $0 >= 127 }
        guard needsQuotes else {
            bytes.append(contentsOf: text)
            return
        }
        bytes.append(34)
        for byte in text {
            if byte == 34 { bytes.append(34) }
            bytes.append(byte)
        }
        bytes.append(34)
    }

    /// Appends a JSON value; reals read back bit for bit. Infinities become the numbers `±1e999`, which JSON readers
    /// take for infinite.
    static func appendJSON(_ cell: Cell, to bytes: inout [UInt8]) {
        switch cell {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .integer(let value): bytes.append(contentsOf: String(value).utf8)
        case .real(let value) where value.isInfinite:
            bytes.append(contentsOf: (value < 0 ? "-1e999" : "1e999").utf8)
        case .real(let value): bytes.append(contentsOf: NumberFormat.exactReal(value).utf8)
        case .text(let value), .blob(let value): appendJSONString(value, to: &bytes)
        case .nested(_, let json): bytes.append(contentsOf: json)
        }
    }

    static func appendJSONString(_ text: some Sequence<UInt8>, to bytes: inout [UInt8]) {
        bytes.append(34)
        for byte in text {
            switch byte {
            case 34, 92:
                bytes.append(92)
                bytes.append(byte)
            case 8: bytes.append(contentsOf: "\\b".utf8)
            case 9: bytes.append(contentsOf: "\\t".utf8)
            case 10: bytes.append(contentsOf: "\\n".utf8)
            case 12: bytes.append(contentsOf: "\\f".utf8)
            case 13: bytes.append(contentsOf: "\\r".utf8)
            case 0..<32:
                let hex = String(byte, radix: 16)
                bytes.append(contentsOf: ("\\u00" + (hex.utf8.count == 1 ? "0" + hex : hex)).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(34)
    }
}
