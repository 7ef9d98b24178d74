import RheiCore

/// Evaluates an aggregate for whole partitions by its grouping states: every row of a partition gets the one result.
struct PartitionAggregate {
    private let aggregate: AggregateDescription
    private let groups: WindowGroups
    private let rows: PositionColumn<UInt32>

    init(_ aggregate: AggregateDescription, _ groups: WindowGroups, _ rows: PositionColumn<UInt32>) {
        self.aggregate = aggregate
        self.groups = groups
        self.rows = rows
    }

    func result(
        _ columns: [ColumnStore], filter: ColumnStore?, check: () throws -> Void
    ) throws -> WindowResult {
        let partitionCount = groups.partitionBounds.count - 1
        let partitions = PositionColumn<UInt32>(count: rows.count)
        for index in 0..<partitionCount {
            for position in groups.partitionBounds[index]..<groups.partitionBounds[index + 1] {
                partitions[position] = UInt32(truncatingIfNeeded: index)
            }
        }
        let state = try aggregate.makeState()
        state.extend(to: partitionCount)
        for first in stride(from: 0, to: rows.count, by: VectorBatch.capacity) {
            try check()
            update(state, columns, filter, partitions, first..<min(first + VectorBatch.capacity, rows.count))
        }
        return try spread(state, partitions, partitionCount)
    }

    private func update(
        _ state: AggregateState, _ columns: [ColumnStore], _ filter: ColumnStore?,
        _ partitions: PositionColumn<UInt32>, _ range: Range<Int>
    ) {
        let list = unsafe rows.block.pointer(UInt32.self) + range.lowerBound
        let buffers = columns.map { VectorBuffer(type: $0.type) }
        let selection = SelectionBuffer()
        defer { withExtendedLifetime((buffers, selection, rows, partitions)) {} }
        let vectors = zip(columns, buffers).map { column, buffer in
            unsafe column.gather(list, positions: nil, count: range.count, mayMiss: false, into: buffer)
        }
        let passes = filter.map { $0.vector(from: 0, count: $0.rowCount) }
        var count = 0
        for index in 0..<range.count {
            let row = Int(rows[range.lowerBound + index])
            if let passes, !passes.isValid(row) || passes.elements(UInt8.self)[row] == 0 { continue }
            if let value = vectors.first, !aggregate.takesNulls, !value.isValid(index) { continue }
            unsafe selection.indices[count] = UInt16(truncatingIfNeeded: index)
            count += 1
        }
        guard count > 0 else { return }
        let taken = unsafe AggregateRows(
            groups: partitions.block.pointer(UInt32.self) + range.lowerBound, selection: selection.indices,
            count: count)
        state.update(vectors, taken, sequence: UInt64(range.lowerBound))
    }

    /// Gives every row the result of its partition.
    private func spread(
        _ state: AggregateState, _ partitions: PositionColumn<UInt32>, _ partitionCount: Int
    ) throws -> WindowResult {
        let results = ColumnStore(type: aggregate.resultType)
        let strings = StringArena()
        let scratch = StringArena()
        let buffer = VectorBuffer(type: aggregate.resultType)
        for first in stride(from: 0, to: partitionCount, by: VectorBatch.capacity) {
            scratch.reset()
            let count = min(VectorBatch.capacity, partitionCount - first)
            let vector = try state.finish(first: first, count: count, into: buffer, arena: scratch)
            unsafe results.append(vector, selection: nil, count: count, arena: strings)
        }
        let target = VectorBuffer(type: aggregate.resultType, capacity: max(rows.count, 64))
        let values = unsafe results.gather(
            partitions.block.pointer(UInt32.self), positions: nil, count: rows.count, mayMiss: false, into: target)
        return .values(values, owners: [target, strings])
    }
}
