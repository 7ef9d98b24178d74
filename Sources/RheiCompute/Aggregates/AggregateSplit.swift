/// One worker's groups, and the values of their DISTINCT aggregates, in the order of parts that are merged apart.
package struct AggregateSplit: Sendable {
    let source: HashAggregator
    let order: PartitionOrder
    /// Per aggregate its values, in lists; none for aggregates without DISTINCT.
    let values: [[ValuesByPart]]

    /// - Parameters:
    ///   - bits: the number of parts is two to this power.
    ///   - skippedBits: how many of the topmost bits of the hash all keys agree on.
    ///   - order: that of the groups, where it is known.
    package init(_ source: HashAggregator, bits: Int, skippedBits: Int, order: PartitionOrder? = nil) {
        self.source = source
        if let order, order.bits == bits, order.skippedBits == skippedBits, order.groupCount == source.groupCount {
            self.order = order
        } else {
            self.order = PartitionOrder(source, bits: bits, skippedBits: skippedBits)
        }
        values = source.distinctValues(by: self.order)
    }

    func groupCount(ofPart part: Int) -> Int { order.starts[part + 1] - order.starts[part] }

    func valueCount(ofAggregate index: Int, part: Int) -> Int {
        values.isEmpty ? 0 : values[index].reduce(0) { $0 + $1.count(ofPart: part) }
    }

    /// Merges the groups of one part, then their values.
    ///
    /// - Parameter buffers: one per key.
    func merge(part: Int, into result: HashAggregator, _ buffers: [VectorBuffer]) {
        let hasValues = values.contains { !$0.isEmpty }
        // What is left unwritten belongs to groups of other parts.
        let places = hasValues ? MemoryBlock(byteCount: max(source.groupCount, 1) * 4) : nil
        defer { withExtendedLifetime(places) {} }
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
        if let places { unsafe result.absorbDistinct(self, part: part, places: places.pointer(UInt32.self)) }
    }
}
