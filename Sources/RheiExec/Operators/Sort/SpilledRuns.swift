import RheiCompute
import RheiCore

/// Rows in order, in blocks of a temporary file.
struct SpilledRun: Sendable {
    var blocks: [SpillBlock]

    var rowCount: Int { blocks.reduce(0) { $0 + $1.rowCount } }
}

/// Sorted runs that are merged when they are read.
struct SpilledRuns: Sendable {
    let order: RowOrder
    let file: SpillFile
    let memory: OperatorMemory
    let runs: [SpilledRun]

    var rowCount: Int { runs.reduce(0) { $0 + $1.rowCount } }

    /// How many runs can be read at once: two blocks of each must fit, one as it lies in memory and the one before it.
    private var fanIn: Int {
        let blocks = runs.flatMap(\.blocks)
        let largest = blocks.reduce(1) { max($0, $1.rawByteCount) } + VectorBatch.capacity * 8
        return min(max(memory.bound(.reading) / (4 * largest), 2), 256)
    }

    /// Merges runs into longer ones until all that are left can be read at once.
    func merged(check: () throws -> Void) throws -> SpilledRuns {
        var runs = runs
        let fanIn = fanIn
        let writer = SpillWriter(file, memory: memory)
        while runs.count > fanIn {
            let group = SpilledRuns(order: order, file: file, memory: memory, runs: Array(runs.prefix(fanIn)))
            let merger = try RunMerger(group)
            var blocks: [SpillBlock] = []
            while let (columns, count) = try merger.next() {
                try check()
                blocks.append(try writer.write(columns, count: count))
            }
            runs.removeFirst(fanIn)
            runs.append(SpilledRun(blocks: blocks))
        }
        return SpilledRuns(order: order, file: file, memory: memory, runs: runs)
    }
}

/// Merges sorted runs of a temporary file; for one thread.
final class RunMerger {
    private let order: RowOrder
    private let reader: SpillReader
    private let reservation: MemoryReservation
    private var cursors: [Cursor] = []
    /// Indices of cursors that have rows; the one whose row comes first is at the front, in the order of a binary heap.
    private var heap: [Int] = []
    private let buffers: [VectorBuffer]
    private var rows: [BlockRow] = []
    /// The cursor whose block was read to its end; it keeps the block until the next call, for the strings of rows
    /// returned.
    private var exhausted: Int?

    private struct Cursor {
        var blocks: ArraySlice<SpillBlock>
        var block: RowBlock
        var keys: SortedBlock
        var row = 0
    }

    init(_ runs: SpilledRuns) throws {
        order = runs.order
        reader = SpillReader(runs.file, types: runs.order.spilledTypes)
        reservation = runs.memory.makeReservation()
        buffers = runs.order.spilledTypes.map { VectorBuffer(type: $0) }
        rows.reserveCapacity(VectorBatch.capacity)
        for run in runs.runs {
            guard let first = run.blocks.first else { continue }
            let (block, keys) = try load(first)
            cursors.append(Cursor(blocks: run.blocks.dropFirst(), block: block, keys: keys))
            try reserve()
        }
        heap = Array(cursors.indices)
        for place in heap.indices.reversed() { sift(from: place) }
    }

    private func load(_ place: SpillBlock) throws -> (RowBlock, SortedBlock) {
        let block = try reader.read(place)
        let keys = SortedBlock(
            keys: order.spilledSlots.map { block.columns[$0] }, orders: order.spilledOrders, count: block.rowCount)
        return (block, keys)
    }

    private func reserve() throws {
        let held = cursors.reduce(0) { $0 + $1.block.byteCount + VectorBatch.capacity * 8 }
        try reservation.resize(to: held)
    }

    /// Returns the next rows: dense vectors of the kept columns and the number, valid until the next call; nil at the
    /// end.
    func next() throws -> (columns: [ColumnVector], count: Int)? {
        try refill()
        guard !heap.isEmpty else { return nil }
        rows.removeAll(keepingCapacity: true)
        while rows.count < VectorBatch.capacity, exhausted == nil, let first = heap.first {
            rows.append(BlockRow(block: first, row: cursors[first].row))
            cursors[first].row += 1
            if cursors[first].row == cursors[first].block.rowCount {
                exhausted = first
            } else {
                sift(from: 0)
            }
        }
        defer { withExtendedLifetime(cursors) {} }
        let columns = buffers.enumerated().map { index, buffer in
            ColumnVector.gather(rows, of: cursors.map { $0.block.columns[index] }, into: buffer)
        }
        return (columns, rows.count)
    }

    /// Loads the next block of the run whose block was read to its end, which stands at the front.
    private func refill() throws {
        guard let index = exhausted else { return }
        exhausted = nil
        if let place = cursors[index].blocks.popFirst() {
            (cursors[index].block, cursors[index].keys) = try load(place)
            cursors[index].row = 0
        } else {
            heap.swapAt(0, heap.count - 1)
            heap.removeLast()
        }
        if !heap.isEmpty { sift(from: 0) }
        try reserve()
    }

    private func sift(from start: Int) {
        var parent = start
        while true {
            var least = parent
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            if left < heap.count && precedes(heap[left], heap[least]) { least = left }
            if right < heap.count && precedes(heap[right], heap[least]) { least = right }
            if least == parent { return }
            heap.swapAt(least, parent)
            parent = least
        }
    }

    private func precedes(_ left: Int, _ right: Int) -> Bool {
        cursors[left].keys.compare(cursors[left].row, cursors[right].keys, cursors[right].row) < 0
    }
}
