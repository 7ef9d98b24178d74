/// The groups of one aggregator, ordered by the part that the hash of their keys belongs to.
package struct PartitionOrder: Sendable {
    let bits: Int
    let skippedBits: Int
    /// Group numbers, those of part 0 first.
    let groups: [UInt32]
    /// Where each part begins, and the end of the last.
    let starts: [Int]

    var groupCount: Int { groups.count }

    /// The part of each group; there are at most 256 parts.
    var partOfGroup: [UInt8] {
        var result = [UInt8](repeating: 0, count: groups.count)
        for part in 0..<starts.count - 1 {
            for index in starts[part]..<starts[part + 1] { result[Int(groups[index])] = UInt8(part) }
        }
        return result
    }

    /// - Parameters:
    ///   - source: has keys.
    ///   - bits: the number of parts is two to this power.
    ///   - skippedBits: how many of the topmost bits of the hash all keys agree on.
    package init(_ source: HashAggregator, bits: Int, skippedBits: Int) {
        self.bits = bits
        self.skippedBits = skippedBits
        let count = source.groupCount
        let hashes = source.hashedKeys()
        defer { withExtendedLifetime((source, hashes)) {} }
        let words = unsafe source.keyHashes ?? UnsafePointer(hashes.pointer(UInt64.self))
        let (skip, shift) = (UInt64(skippedBits), UInt64(64 - bits))
        var starts = Array(repeating: 0, count: (1 << bits) + 1)
        for group in 0..<count { unsafe starts[Int((words[group] &<< skip) &>> shift) + 1] += 1 }
        for part in 0..<1 << bits { starts[part + 1] += starts[part] }
        var cursors = starts
        groups = unsafe Array(unsafeUninitializedCapacity: count) { groups, filled in
            for group in 0..<count {
                let part = unsafe Int((words[group] &<< skip) &>> shift)
                unsafe groups[cursors[part]] = UInt32(truncatingIfNeeded: group)
                cursors[part] += 1
            }
            filled = count
        }
        self.starts = starts
    }
}

extension HashAggregator {
    /// Hashes the keys of all groups, unless their hashes are kept.
    fileprivate func hashedKeys() -> MemoryBlock {
        guard unsafe keyHashes == nil else { return MemoryBlock(byteCount: 0) }
        let hashes = MemoryBlock(byteCount: max(groupCount, 1) * 8)
        let words = unsafe hashes.pointer(UInt64.self)
        for first in stride(from: 0, to: groupCount, by: VectorBatch.capacity) {
            let rows = min(VectorBatch.capacity, groupCount - first)
            let keys = keyColumns.map { $0.vector(from: first, count: rows) }
            unsafe VectorHasher.hash(keys, selection: nil, count: rows, into: words + first)
        }
        return hashes
    }
}
