/// The groups of several workers' aggregators, split by the hash of their keys so that parts can be merged apart.
///
/// The aggregators are only read, so threads may merge different parts at once.
package final class AggregatePartitions: Sendable {
    private let splits: [AggregateSplit]
    private let keyTypes: [VectorType]
    private let aggregates: [AggregateDescription]
    private let bits: Int
    /// Rows that belong to the groups as well.
    private let rows: [PartitionedRows]

    /// - Parameters:
    ///   - splits: all split by `bits` bits of the hash of their keys.
    ///   - keyTypes: at least one.
    ///   - bits: the number of parts is two to this power.
    ///   - rows: split by as many bits or more.
    package init(
        _ splits: [AggregateSplit], keyTypes: [VectorType], aggregates: [AggregateDescription], bits: Int,
        rows: [PartitionedRows] = []
    ) {
        let orders = splits.map(\.order)
        precondition(
            orders.allSatisfy { $0.bits == bits && $0.skippedBits == orders[0].skippedBits }
                && rows.allSatisfy { $0.bits >= bits && $0.skippedBits == orders.first?.skippedBits ?? $0.skippedBits },
            "groups or rows split in another way")
        self.splits = splits
        self.rows = rows
        self.keyTypes = keyTypes
        self.aggregates = aggregates
        self.bits = bits
    }

    package var partCount: Int { 1 << bits }

    /// Whether no source has groups in a part.
    package func isEmpty(part: Int) -> Bool {
        splits.allSatisfy { $0.groupCount(ofPart: part) == 0 } && rows.allSatisfy { rowCount($0, part) == 0 }
    }

    private func rowParts(_ rows: PartitionedRows, _ part: Int) -> Range<Int> {
        let shift = rows.bits - bits
        return part << shift..<(part + 1) << shift
    }

    private func rowCount(_ rows: PartitionedRows, _ part: Int) -> Int { rows.rowCount(rowParts(rows, part)) }

    /// What all sources have to merge: groups, rows, and values that are yet to be told apart. An upper bound of the
    /// number of groups.
    package var itemCount: Int {
        splits.reduce(0) { $0 + $1.source.groupCount + $1.source.deferredValueCount }
            + rows.reduce(0) { $0 + $1.rowCount }
    }

    /// Merges one part of all sources.
    package func merged(part: Int) throws -> HashAggregator {
        let result = try HashAggregator(keyTypes: keyTypes, aggregates: aggregates)
        let groupCount = splits.reduce(0) { $0 + $1.groupCount(ofPart: part) }
        result.expect(groupCount: rows.reduce(groupCount) { $0 + rowCount($1, part) })
        result.expect(
            valueCounts: aggregates.indices.map { index in
                splits.reduce(0) { $0 + $1.valueCount(ofAggregate: index, part: part) }
            })
        let buffers = keyTypes.map { VectorBuffer(type: $0) }
        defer { withExtendedLifetime(buffers) {} }
        for split in splits { split.merge(part: part, into: result, buffers) }
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
