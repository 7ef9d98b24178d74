import RheiArrow

/// What is known of the order of integer keys.
struct AscendingKeys: Sendable {
    /// The first and the last key when they ascend; nil otherwise.
    let range: ClosedRange<Int64>?

    /// What a file notes.
    init(range: ClosedRange<Int64>?) { self.range = range }

    /// - Parameter keys: an array of Int64 without nulls, not empty.
    init(_ keys: ArrowArray) {
        let values = unsafe (keys.buffers[0].pointer + keys.offset &* 8).assumingMemoryBound(to: Int64.self)
        let count = keys.count
        var ascends = true
        for row in 1..<max(count, 1) { ascends = unsafe ascends && values[row - 1] < values[row] }
        range = ascends ? unsafe values[0]...values[count - 1] : nil
        withExtendedLifetime(keys) {}
    }
}
