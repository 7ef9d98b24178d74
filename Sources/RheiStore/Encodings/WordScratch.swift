/// Memory for the words of two vectors.
@safe final class WordScratch {
    /// Valid while this object lives.
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 2 * Encoding.vectorRowCount)

    init() { unsafe words.initialize(repeating: 0, count: 2 * Encoding.vectorRowCount) }

    deinit { unsafe words.deallocate() }
}
