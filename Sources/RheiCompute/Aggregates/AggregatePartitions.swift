/// The groups of several workers' aggregators, split by the hash of their keys so that parts can be merged apart.
///
/// The aggregators are only read, so threads may merge different parts at once.
package final class AggregatePartitions: Sendable {
    private let sources: [HashAggregator]
    private let keyTypes: [VectorType]
    private let aggregates: [AggregateDescription]
    private let bits: Int
    private let hasDistinct: Bool
    private let orders: [PartitionOrder]
    /// Rows that belong to the groups as well.
    private let rows: [PartitionedRows]

    /// - Parameters:
    ///   - keyTypes: at least one.
    ///   - bits: the number of parts is two to this power.
    ///   - skippedBits: how many of the topmost bits of the hash all keys agree on.
    ///   - orders: the sources' orders as far as they are known; others are made here.
    ///   - rows: split by as many bits or more.
    package init(
        _ sources: [HashAggregator], keyTypes: [VectorType], aggregates: [AggregateDescription], bits: Int,
        skippedBits: Int = 0, orders: [PartitionOrder?] = [], rows: [PartitionedRows] = []
    ) {
        precondition(rows.allSatisfy { $0.bits >= bits && $0.skippedBits == skippedBits }, "rows split in another way")
        self.rows = rows
        hasDistinct = aggregates.contains { $0.isDistinct }
        self.sources = sources
        self.keyTypes = keyTypes
        self.aggregates = aggregates
        self.bits = bits
        self.orders = sources.enumerated().map { index, source in
            if index < orders.count, let known = orders[index], known.bits == bits, known.skippedBits == skippedBits,
                known.groupCount == source.groupCount
            {
                return known
            }
            return PartitionOrder(source, bits: bits, skippedBits: skippedBits)
        }
    }

    package var partCount: Int { 1 << bits }

    /// Whether no source has groups in a part.
    package func isEmpty(part: Int) -> Bool {
        orders.allSatisfy { $0.starts[part] == $0.starts[part + 1] } && rows.allSatisfy { rowCount($0, part) == 0 }
    }

    private func rowParts(_ rows: PartitionedRows, _ part: Int) -> Range<Int> {
        let shift = rows.bits - bits
        return part << shift..<(part + 1) << shift
    }

    private func rowCount(_ rows: PartitionedRows, _ part: Int) -> Int { rows.rowCount(rowParts(rows, part)) }

    /// Groups and rows of all sources: an upper bound of the number of groups.
    package var groupCount: Int {
        sources.reduce(0) { $0 + $1.groupCount } + rows.reduce(0) { $0 + $1.rowCount }
    }

    /// Merges one part of all sources.
    package func merged(part: Int) throws -> HashAggregator {
        let result = try HashAggregator(keyTypes: keyTypes, aggregates: aggregates)
        let sourceCount = orders.reduce(0) { $0 + $1.starts[part + 1] - $1.starts[part] }
        result.expect(groupCount: rows.reduce(sourceCount) { $0 + rowCount($1, part) })
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
        for rows in rows { add(rows, part, to: result) }
        return result
    }

    /// Groups the rows of one part.
    private func add(_ rows: PartitionedRows, _ part: Int, to result: HashAggregator) {
        rows.forEachBatch(rowParts(rows, part)) { vectors, count in
            let selection = SelectionVector(all: count)
            result.assignGroups(Array(vectors[..<keyTypes.count]), selection)
            var first = keyTypes.count
            for (index, aggregate) in aggregates.enumerated() {
                let end = first + aggregate.argumentTypes.count
                result.update(aggregate: index, Array(vectors[first..<end]), selection, sequence: 0)
                first = end
            }
        }
    }
}
