/// The distinct words of a chunk: how often each occurs, and which one each row has.
struct WordTable {
    private(set) var words: [UInt64] = []
    private(set) var counts: [Int] = []
    /// By row: the position of its word in `words`.
    private(set) var rowPositions: [UInt32] = []
    /// Hashed slots of position + 1.
    private var slots = [UInt32](repeating: 0, count: 1 << 12)

    /// Collects words, vector by vector; nil when more than `largestCount` are distinct, or so many of the first rows
    /// that most words occur once.
    init?(rowCount: Int, largestCount: Int, _ vectors: () -> [UInt64]?) {
        rowPositions.reserveCapacity(rowCount)
        while let vector = vectors() {
            for word in vector { insert(word) }
            if words.count > largestCount || (rowPositions.count >= 32_768 && words.count * 4 > rowPositions.count * 3)
            {
                return nil
            }
        }
    }

    /// The number of distinct words in some samples.
    static func distinctCount(_ samples: [[UInt64]]) -> Int {
        var rest = samples[...]
        let table = WordTable(rowCount: 0, largestCount: .max) { rest.popFirst() }
        return table?.words.count ?? .max
    }

    private mutating func insert(_ word: UInt64) {
        var slot = Self.slot(word, slots.count)
        while slots[slot] != 0 {
            let position = Int(slots[slot]) - 1
            if words[position] == word {
                counts[position] += 1
                rowPositions.append(UInt32(position))
                return
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        rowPositions.append(UInt32(words.count))
        words.append(word)
        counts.append(1)
        slots[slot] = UInt32(words.count)
        if words.count * 2 > slots.count { grow() }
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 4)
        for (position, word) in words.enumerated() {
            var slot = Self.slot(word, slots.count)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(position + 1)
        }
    }

    private static func slot(_ word: UInt64, _ slotCount: Int) -> Int {
        let product = word.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return Int(truncatingIfNeeded: product.high ^ product.low) & (slotCount - 1)
    }
}
