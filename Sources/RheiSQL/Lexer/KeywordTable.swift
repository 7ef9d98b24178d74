/// Finds keywords by their bytes, whatever their case.
///
/// A table of open addressing, built once. A word of up to 17 bytes is folded into three integers; only keywords have
/// such a folding, because every other byte that an identifier may hold maps outside the letters.
struct KeywordTable {
    private struct Slot {
        var word: FoldedWord
        var kind: TokenKind
    }

    static let shared = KeywordTable()
    private static let slotCount = 512
    private var slots: [Slot]

    private init() {
        slots = Array(repeating: Slot(word: FoldedWord(), kind: .identifier), count: Self.slotCount)
        for (text, kind) in Self.keywords {
            var word = FoldedWord()
            for byte in "\(text)".utf8 { word.append(byte) }
            var index = word.hash & (Self.slotCount - 1)
            while slots[index].kind != .identifier { index = (index + 1) & (Self.slotCount - 1) }
            slots[index] = Slot(word: word, kind: kind)
        }
    }

    /// Returns the keyword with this folding, or `identifier`.
    func kind(of word: FoldedWord) -> TokenKind {
        guard word.length >= 2, word.length <= 17 else { return .identifier }
        var index = word.hash & (Self.slotCount - 1)
        while true {
            let slot = slots[index]
            if slot.kind == .identifier || slot.word == word { return slot.kind }
            index = (index + 1) & (Self.slotCount - 1)
        }
    }
}

/// The bytes of a word with their case bits cleared, eight to an integer.
struct FoldedWord: Equatable {
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    var length = 0

    mutating func append(_ byte: UInt8) {
        let folded = UInt64(byte & 0xDF)
        switch length {
        case 0..<8: first = first &<< 8 | folded
        case 8..<16: second = second &<< 8 | folded
        default: third = third &<< 8 | folded
        }
        length &+= 1
    }

    var hash: Int {
        let mixed = (first &* 0x9E37_79B9_7F4A_7C15) ^ (second &* 0xC2B2_AE3D_27D4_EB4F) ^ third
        return Int(truncatingIfNeeded: mixed &>> 40)
    }
}
