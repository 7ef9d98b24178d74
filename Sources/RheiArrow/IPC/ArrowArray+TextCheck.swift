import RheiCore

extension ArrowArray {
    /// Checks that the text of every row that is not null is valid UTF-8, children included.
    ///
    /// - Throws: `corrupt` naming the first row that is not.
    public func checkText() throws {
        for child in children { try child.checkText() }
        try checkOwnText()
    }

    func checkOwnText() throws {
        guard type.isText, let rows = ByteArrayView(self) else { return }
        defer { withExtendedLifetime(self) {} }
        for row in 0..<count where isValid(row) {
            guard unsafe isUTF8(rows.bytes(row)) else {
                throw EngineError(.corrupt, "the text of row \(row) is not UTF-8")
            }
        }
    }
}

/// Tells whether `bytes` are well-formed UTF-8 (The Unicode Standard, table 3-7).
@unsafe func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
    var index = 0
    while index < bytes.count {
        if index + 8 <= bytes.count {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 == 0 {
                index += 8
                continue
            }
        }
        let lead = unsafe bytes[index]
        guard let (length, second) = continuations(of: lead), index + length <= bytes.count else { return false }
        if length > 1 {
            guard unsafe second.contains(bytes[index + 1]) else { return false }
            for follower in index + 2..<max(index + length, index + 2) {
                guard unsafe bytes[follower] & 0xC0 == 0x80 else { return false }
            }
        }
        index += length
    }
    return true
}

/// Returns the length of the sequence that `lead` begins and the range of its second byte, nil when none begins so.
private func continuations(of lead: UInt8) -> (Int, ClosedRange<UInt8>)? {
    switch lead {
    case 0x00...0x7F: (1, 0x80...0xBF)
    case 0xC2...0xDF: (2, 0x80...0xBF)
    case 0xE0: (3, 0xA0...0xBF)
    case 0xED: (3, 0x80...0x9F)
    case 0xE1...0xEF: (3, 0x80...0xBF)
    case 0xF0: (4, 0x90...0xBF)
    case 0xF1...0xF3: (4, 0x80...0xBF)
    case 0xF4: (4, 0x80...0x8F)
    default: nil
    }
}
