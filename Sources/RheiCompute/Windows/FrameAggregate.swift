import RheiCore

/// Evaluates an aggregate over frames by its grouping states: every row's frame is a group of its own.
///
/// Frames that begin where their partition does grow: each takes over what the one before it has seen. Others are fed
/// anew, which costs the sum of the frames' lengths.
struct FrameAggregate {
    private let aggregate: AggregateDescription
    private let frames: FrameTable
    private let rows: PositionColumn<UInt32>
    private let columns: [ColumnStore]
    private let filter: ColumnStore?
    /// Throws when the caller wants no more of it; asked at least once for so many rows as a vector has.
    private let check: () throws -> Void

    /// Rows of frames that are held at a time, at most, unless one frame has more.
    private static let heldRowCount = 1 << 18

    init(
        _ aggregate: AggregateDescription, _ frames: FrameTable, _ rows: PositionColumn<UInt32>,
        columns: [ColumnStore], filter: ColumnStore?, check: @escaping () throws -> Void
    ) {
        self.check = check
        self.aggregate = aggregate
        self.frames = frames
        self.rows = rows
        self.columns = columns
        self.filter = filter
    }

    func result() throws -> WindowResult {
        let results = ColumnStore(type: aggregate.resultType)
        let strings = StringArena()
        if frames.startsUnbounded, frames.excludesNothing {
            try appendGrowing(to: results, strings)
        } else {
            try appendSeparate(to: results, strings)
        }
        let target = VectorBuffer(type: aggregate.resultType, capacity: max(rows.count, 64))
        let numbers = PositionColumn<UInt32>(count: rows.count)
        for position in 0..<rows.count { numbers[position] = UInt32(truncatingIfNeeded: position) }
        defer { withExtendedLifetime(numbers) {} }
        let values = unsafe results.gather(
            numbers.block.pointer(UInt32.self), positions: nil, count: rows.count, mayMiss: false, into: target)
        return .values(values, owners: [target, strings])
    }

    private func appendGrowing(to results: ColumnStore, _ strings: StringArena) throws {
        var output = FrameOutput(aggregate, results, strings)
        for index in 0..<frames.groups.partitionBounds.count - 1 {
            let partition = frames.groups.partitionBounds[index]..<frames.groups.partitionBounds[index + 1]
            let state = try aggregate.makeState()
            state.extend(to: 1)
            var feed = FrameFeed(self, state)
            var end = partition.lowerBound
            for position in partition {
                if position.isMultiple(of: 64) { try check() }
                let frame = frames.frame(of: position)
                for row in end..<max(end, frame.upperBound) { try feed.add(row, to: 0) }
                end = max(end, frame.upperBound)
                try feed.flush()
                try output.append(state, count: 1)
            }
        }
    }

    private func appendSeparate(to results: ColumnStore, _ strings: StringArena) throws {
        var output = FrameOutput(aggregate, results, strings)
        var first = 0
        while first < rows.count {
            let state = try aggregate.makeState()
            state.extend(to: VectorBatch.capacity)
            var feed = FrameFeed(self, state)
            var count = 0
            while first + count < rows.count, count < VectorBatch.capacity, feed.rowCount < Self.heldRowCount {
                try frames.forEachPart(of: first + count) { part in
                    for row in part { try feed.add(row, to: count) }
                }
                count += 1
            }
            try feed.flush()
            try output.append(state, count: count)
            first += count
        }
    }

    /// Collects rows for a state and hands them over a vector at a time.
    private struct FrameFeed {
        private let frames: FrameAggregate
        private let state: AggregateState
        private let positions = PositionColumn<UInt32>(count: VectorBatch.capacity)
        private let groups = PositionColumn<UInt32>(count: VectorBatch.capacity)
        private let buffers: [VectorBuffer]
        private let selection = SelectionBuffer()
        private let passes: ColumnVector?
        private var count = 0
        private var sequence: UInt64 = 0
        /// Rows that were added.
        private(set) var rowCount = 0

        init(_ frames: FrameAggregate, _ state: AggregateState) {
            self.frames = frames
            self.state = state
            buffers = frames.columns.map { VectorBuffer(type: $0.type) }
            passes = frames.filter.map { $0.vector(from: 0, count: $0.rowCount) }
        }

        mutating func add(_ position: Int, to group: Int) throws {
            let row = frames.rows[position]
            if let passes, !passes.isValid(Int(row)) || passes.elements(UInt8.self)[Int(row)] == 0 { return }
            positions[count] = row
            groups[count] = UInt32(truncatingIfNeeded: group)
            count += 1
            rowCount += 1
            if count == VectorBatch.capacity { try flush() }
        }

        mutating func flush() throws {
            guard count > 0 else { return }
            if count == VectorBatch.capacity { try frames.check() }
            defer { withExtendedLifetime((positions, groups, buffers, selection)) {} }
            let vectors = zip(frames.columns, buffers).map { column, buffer in
                unsafe column.gather(
                    positions.block.pointer(UInt32.self), positions: nil, count: count, mayMiss: false, into: buffer)
            }
            var taken = 0
            for index in 0..<count {
                if let value = vectors.first, !frames.aggregate.takesNulls, !value.isValid(index) { continue }
                unsafe selection.indices[taken] = UInt16(truncatingIfNeeded: index)
                taken += 1
            }
            if taken > 0 {
                let rows = unsafe AggregateRows(
                    groups: groups.block.pointer(UInt32.self), selection: selection.indices, count: taken)
                state.update(vectors, rows, sequence: sequence)
            }
            sequence += 1
            count = 0
        }
    }

    /// Appends results to a column.
    private struct FrameOutput {
        private let results: ColumnStore
        private let strings: StringArena
        private let scratch = StringArena()
        private let buffer: VectorBuffer

        init(_ aggregate: AggregateDescription, _ results: ColumnStore, _ strings: StringArena) {
            self.results = results
            self.strings = strings
            buffer = VectorBuffer(type: aggregate.resultType)
        }

        mutating func append(_ state: AggregateState, count: Int) throws {
            scratch.reset()
            let vector = try state.finish(first: 0, count: count, into: buffer, arena: scratch)
            unsafe results.append(vector, selection: nil, count: count, arena: strings)
        }
    }
}
