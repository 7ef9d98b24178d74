/// The groups of several workers' aggregators, split by the hash of their keys so that parts can be merged apart.
///
/// The aggregators are only read, so threads may merge different parts at once.
package final class AggregatePartitions: Sendable {
    private let sources: [HashAggregator]
    private let keyTypes: [VectorType]
    private let aggregates: [AggregateDescription]
    private let bits: Int
    private let hasDistinct: Bool
    /// Per source: its group numbers ordered by part, and where each part begins.
    private let orders: [(groups: [UInt32], starts: [Int])]

    /// - Parameters:
    ///   - keyTypes: at least one.
    ///   - bits: the number of parts is two to this power.
    ///   - skippedBits: how many of the topmost bits of the hash all keys agree on.
    package init(
        _ sources: [HashAggregator], keyTypes: [VectorType], aggregates: [AggregateDescription], bits: Int,
        skippedBits: Int = 0
    ) {
        hasDistinct = aggregates.contains { $0.isDistinct }
        self.sources = sources
        self.keyTypes = keyTypes
        self.aggregates = aggregates
        self.bits = bits
        orders = sources.map { Self.order($0, bits: bits, skippedBits: skippedBits) }
    }

    package var partCount: Int { 1 << bits }

    /// Whether no source has groups in a part.
    package func isEmpty(part: Int) -> Bool { orders.allSatisfy { $0.starts[part] == $0.starts[part + 1] } }

    /// Groups of all sources; those that several sources have count several times.
    package var groupCount: Int { sources.reduce(0) { $0 + $1.groupCount } }

    private static func order(
        _ source: HashAggregator, bits: Int, skippedBits: Int
    ) -> (groups: [UInt32], starts: [Int]) {
        let count = source.groupCount
        let hashes = MemoryBlock(byteCount: max(count, 1) * 8)
        defer { withExtendedLifetime(hashes) {} }
        let words = unsafe hashes.pointer(UInt64.self)
        for first in stride(from: 0, to: count, by: VectorBatch.capacity) {
            let rows = min(VectorBatch.capacity, count - first)
            let keys = source.keyColumns.map { $0.vector(from: first, count: rows) }
            unsafe VectorHasher.hash(keys, selection: nil, count: rows, into: words + first)
        }
        let shift = UInt64(64 - bits)
        for group in 0..<count { unsafe words[group] = unsafe words[group] &<< UInt64(skippedBits) }
        var starts = Array(repeating: 0, count: (1 << bits) + 1)
        for group in 0..<count { unsafe starts[Int(words[group] >> shift) + 1] += 1 }
        for part in 0..<1 << bits { starts[part + 1] += starts[part] }
        var cursors = starts
        var groups = Array(repeating: UInt32(0), count: count)
        for group in 0..<count {
            let part = unsafe Int(words[group] >> shift)
            groups[cursors[part]] = UInt32(truncatingIfNeeded: group)
            cursors[part] += 1
        }
        return (groups, starts)
    }

    /// Merges one part of all sources.
    package func merged(part: Int) throws -> HashAggregator {
        let result = try HashAggregator(keyTypes: keyTypes, aggregates: aggregates)
        let buffers = keyTypes.map { VectorBuffer(type: $0) }
        defer { withExtendedLifetime(buffers) {} }
        for (source, order) in zip(sources, orders) {
            let places = hasDistinct ? MemoryBlock(byteCount: max(source.groupCount, 1) * 4) : nil
            defer { withExtendedLifetime(places) {} }
            unsafe places?.pointer(UInt32.self).update(repeating: noStoredRow, count: source.groupCount)
            unsafe order.groups.withUnsafeBufferPointer { groups in
                guard let base = groups.baseAddress else { return }
                for first in stride(from: order.starts[part], to: order.starts[part + 1], by: VectorBatch.capacity) {
                    let count = min(VectorBatch.capacity, order.starts[part + 1] - first)
                    let keys = zip(source.keyColumns, buffers).map { column, buffer in
                        unsafe column.gather(base + first, positions: nil, count: count, mayMiss: false, into: buffer)
                    }
                    unsafe result.absorb(
                        source, groups: base + first, count: count, keys: keys, places: places?.pointer(UInt32.self))
                }
            }
            if let places { unsafe result.absorbDistinct(of: source, places: places.pointer(UInt32.self)) }
        }
        return result
    }
}
