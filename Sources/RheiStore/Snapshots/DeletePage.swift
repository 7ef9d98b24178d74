import RheiArrow

/// The deleted rows among 2 048 rows, as 32 words of bits.
///
/// Unchecked because only the transaction named `owner` changes it, and only before it is published.
@safe package final class DeletePage: @unchecked Sendable {
    static let wordCount = DeleteVector.pageRowCount / 64
    static let byteCount = wordCount * 8

    /// One bit per row, set where the row is gone. Valid while this object lives.
    package var words: UnsafePointer<UInt64> { unsafe UnsafePointer(storage) }
    private let storage: UnsafeMutablePointer<UInt64>
    let owner: UInt64

    init(copying other: DeletePage?, owner: UInt64) {
        self.owner = owner
        unsafe storage = .allocate(capacity: Self.wordCount)
        if let other {
            unsafe storage.initialize(from: other.storage, count: Self.wordCount)
        } else {
            unsafe storage.initialize(repeating: 0, count: Self.wordCount)
        }
    }

    /// - Precondition: there are `wordCount` words.
    init(words saved: [UInt64]) {
        precondition(saved.count == Self.wordCount)
        owner = 0
        unsafe storage = .allocate(capacity: Self.wordCount)
        for (index, word) in saved.enumerated() { unsafe (storage + index).initialize(to: word) }
    }

    func copiedWords() -> [UInt64] { unsafe Array(UnsafeBufferPointer(start: storage, count: Self.wordCount)) }

    deinit {
        unsafe FreedMemory.fill(storage, byteCount: Self.byteCount)
        unsafe storage.deallocate()
    }

    func mark(_ row: Int) { unsafe storage[row &>> 6] |= 1 &<< UInt64(row & 63) }

    func isMarked(_ row: Int) -> Bool { unsafe storage[row &>> 6] &>> UInt64(row & 63) & 1 != 0 }
}
