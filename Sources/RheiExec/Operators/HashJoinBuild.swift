import RheiCompute
import RheiCore
import RheiPlan
import Synchronization

/// The build side of a join: its rows, kept by every worker in a store of its own, and joined in the order of the input
/// when all have come.
///
/// The stored columns are the input's, then those keys that are not columns of the input themselves.
///
/// When a worker finds no room, all workers put their rows aside, split by their keys, and so do those of the probe
/// side.
final class HashJoinBuildSink: StagedSink {
    let input: ColumnLayout
    private let keys: [JoinKey]
    /// Per key its stored column.
    private let keySlots: [Int]
    private let range: JoinRange?
    /// The stored columns of the range: the ordered value and the reach.
    private let rangeSlots: [Int]
    private let check: @Sendable () throws -> Void
    private let computedKeys: [Expression]
    private let storedTypes: [VectorType]
    private let memory: OperatorMemory
    /// How often the rows have been split by their hash already.
    private let level: Int
    private let canSpill: Bool
    /// Whether it will be asked what a null on either side leaves open.
    private let isMarked: Bool
    private let parts = Mutex<[Part]>([])
    private let spill = Mutex<HashJoinSpill?>(nil)
    private let finished = Mutex<HashJoinBuild?>(nil)
    /// By key, what scans of the probe side want to know of it.
    private let filters = Mutex<[(key: Int, filter: JoinFilter)]>([])

    /// One worker's rows. Unchecked because the worker hands them over for good.
    private struct Part: @unchecked Sendable {
        var rows: RowStore
        /// Which rows came with which morsel.
        var runs: [MorselRun]
        var reservation: MemoryReservation
    }

    private struct MorselRun {
        var position: MorselPosition
        var rows: Range<Int>
    }

    /// - Parameters:
    ///   - canSpill: whether the parts of a split join together give what the join gives.
    ///   - check: throws when the query is cancelled.
    init(
        input: ColumnLayout, keys: [JoinKey], range: JoinRange? = nil, memory: OperatorMemory, canSpill: Bool,
        isMarked: Bool = false, level: Int = 0, check: @escaping @Sendable () throws -> Void = {}
    ) throws {
        self.input = input
        self.keys = keys
        self.range = range
        self.check = check
        self.memory = memory
        self.level = level
        self.isMarked = isMarked
        self.canSpill = canSpill && !keys.isEmpty && level < memory.query.manager.splitLevelCount
        var computed: [Expression] = []
        var types = input.types
        func slot(of build: Expression, comparedWith probe: Expression) throws -> Int {
            guard probe.type == build.type else {
                throw EngineError(.invariant, "join keys of types \(probe.type) and \(build.type)")
            }
            if case .column(let id, _) = build { return try input.slot(of: id) }
            computed.append(build)
            types.append(try vectorType(of: build.type))
            return types.count - 1
        }
        keySlots = try keys.map { try slot(of: $0.build, comparedWith: $0.probe) }
        rangeSlots = try (range?.comparisons ?? []).map { try slot(of: $0.build, comparedWith: $0.probe) }
        computedKeys = computed
        storedTypes = types
    }

    /// Makes a filter of one key's values, to be filled when the sink is complete; nil for a key that is no integer.
    func makeFilter(key: Int) -> JoinFilter? {
        guard storedTypes[keySlots[key]].isInteger else { return nil }
        let filter = JoinFilter()
        filters.withLock { $0.append((key, filter)) }
        return filter
    }

    /// Nil until the sink is complete, and where rows were put aside.
    var build: HashJoinBuild? { finished.withLock { $0 } }

    /// Where rows were put aside; nil where they were not.
    var spilled: HashJoinSpill? { spill.withLock { $0 } }

    /// The build side of one part of what was put aside.
    func nextLevel() throws -> HashJoinBuildSink {
        try HashJoinBuildSink(
            input: input, keys: keys, range: range, memory: memory, canSpill: canSpill, isMarked: isMarked,
            level: level + 1, check: check)
    }

    /// Begins to put rows aside, unless that has begun; nil where it would not help.
    private func startSpilling() throws -> HashJoinSpill? {
        guard canSpill else { return nil }
        return try spill.withLock { spill in
            if let spill { return spill }
            let result = HashJoinSpill(level: level, file: try memory.query.manager.spill.makeFile())
            spill = result
            return result
        }
    }

    /// Takes part of the rows of the probe side where those of the build side were put aside.
    func makeProbePartitions(types: [VectorType]) -> SpillPartitions? {
        spilled.map { makePartitions(types: types, $0) }
    }

    private func makePartitions(types: [VectorType], _ spill: HashJoinSpill) -> SpillPartitions {
        SpillPartitions(types: types, level: level, file: spill.file, memory: memory, keepsOrder: false)
    }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        Consumer(
            sink: self, evaluator: try ExpressionEvaluator(computedKeys, layout: input),
            rows: RowStore(types: storedTypes), worker: worker)
    }

    /// Bytes for each row beside its columns: those of the tables over the keys.
    private var tableByteCount: Int {
        64 + keySlots.reduce(0) { $0 + storedTypes[$1].byteWidth } + rangeSlots.count * 16
    }

    private func byteCount(_ rows: RowStore, adding count: Int) -> Int {
        rows.byteCount(adding: count) + (rows.rowCount + count) * tableByteCount
    }

    /// Writes the rows of a worker, split by their keys.
    private func write(_ rows: RowStore, to partitions: SpillPartitions) throws {
        defer { withExtendedLifetime(rows) {} }
        for first in stride(from: 0, to: rows.rowCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, rows.rowCount - first)
            let columns = rows.vectors(from: first, count: count)
            try partitions.append(
                Array(columns.prefix(input.count)), keys: keySlots.map { columns[$0] }, SelectionVector(all: count),
                sequence: 0)
        }
    }

    func completion() throws -> CompletionStage? {
        let parts = parts.withLock { parts in
            defer { parts = [] }
            return parts
        }
        if try !hasRoomToJoin(parts), let spill = try startSpilling() {
            let partitions = makePartitions(types: input.types, spill)
            for part in parts { try write(part.rows, to: partitions) }
            spill.addBuild(try partitions.finish())
            return nil
        }
        guard parts.reduce(0, { $0 + $1.rows.rowCount }) < storedRowBound else {
            throw EngineError.unsupported("joins with four billion rows")
        }
        guard parts.count > 1 else { return try index(parts.first?.rows ?? RowStore(types: storedTypes), parts) }
        let join = OrderedRowJoin(parts.map(\.rows), Self.runs(of: parts), types: storedTypes)
        return CompletionStage(taskCount: join.taskCount) { task in
            join.run(task: task)
        } end: { [self] in
            try index(join.result, parts)
        }
    }

    /// All runs in the order of the input.
    private static func runs(of parts: [Part]) -> [OrderedRowJoin.Run] {
        let runs = parts.enumerated().flatMap { store, part in part.runs.map { (store: store, run: $0) } }
        return runs.sorted { $0.run.position < $1.run.position }
            .map { OrderedRowJoin.Run(store: $0.store, rows: $0.run.rows) }
    }

    /// Builds the table over the keys of all rows.
    private func index(_ rows: RowStore, _ parts: [Part]) throws -> CompletionStage? {
        let keyColumns = keySlots.map { rows.columns[$0] }
        if keys.isEmpty {
            return finish(
                rows, parts, table: range == nil ? nil : try ordered(JoinTable(rowCount: rows.rowCount), rows))
        }
        let builder = JoinTableBuilder(
            keyColumns: keyColumns, rowCount: rows.rowCount, nullsMatch: keys.map(\.nullsMatch))
        return try CompletionStage.passes(builder) { [self] in
            try makeFilters(rows, builder) { self.finish(rows, parts, table: try self.ordered(builder.table(), rows)) }
        }
    }

    /// Orders the rows of each key, where there is a range.
    private func ordered(_ table: JoinTable, _ rows: RowStore) throws -> JoinTable {
        guard let range else { return table }
        let columns = rangeSlots.map { rows.columns[$0] }
        return try table.ordered(
            by: columns[0], range.collation.kernel, reach: columns.count > 1 ? columns[1] : nil,
            check: check)
    }

    /// Makes the filters that scans of the probe side want, a task for each key.
    private func makeFilters(
        _ rows: RowStore, _ builder: JoinTableBuilder, end: @escaping @Sendable () throws -> CompletionStage?
    ) throws -> CompletionStage? {
        let wanted = Dictionary(grouping: filters.withLock { $0 }, by: \.key).sorted { $0.key < $1.key }
        if wanted.isEmpty { return try end() }
        let keySlots = keySlots
        return CompletionStage(taskCount: wanted.count) { task in
            let (key, receivers) = wanted[task]
            let filter = builder.keyFilter() ?? KeyFilter(rows.columns[keySlots[key]], rowCount: rows.rowCount)
            for receiver in receivers { receiver.filter.value = filter }
        } end: {
            try end()
        }
    }

    private func unknowns(_ rows: RowStore) -> HashJoinUnknowns? {
        HashJoinUnknowns(keySlots.map { rows.columns[$0] }, rows.rowCount, keys.map(\.nullsMatch))
    }

    private func finish(_ rows: RowStore, _ parts: [Part], table: JoinTable?) -> CompletionStage? {
        let largest = parts.max { $0.reservation.byteCount < $1.reservation.byteCount }
        if parts.count > 1 { _ = largest?.reservation.tryResize(to: byteCount(rows, adding: 0), .reading) }
        let build = HashJoinBuild(
            rows: rows, columnCount: input.count, table: table, unknowns: isMarked ? unknowns(rows) : nil,
            reservation: largest?.reservation)
        finished.withLock { $0 = build }
        return nil
    }

    /// Makes room to copy the rows of all workers to one of them; false where rows were put aside or shall be.
    private func hasRoomToJoin(_ parts: [Part]) throws -> Bool {
        if spilled != nil { return false }
        guard parts.count > 1, let largest = parts.max(by: { $0.rows.rowCount < $1.rows.rowCount }) else { return true }
        let total = parts.reduce(0) { $0 + $1.rows.byteCount } + largest.reservation.byteCount
        if largest.reservation.tryResize(to: total, .reading) { return true }
        if !canSpill { try largest.reservation.resize(to: total) }
        return !canSpill
    }

    private func add(_ rows: RowStore, _ runs: [MorselRun], _ reservation: MemoryReservation) {
        let part = Part(rows: rows, runs: runs, reservation: reservation)
        parts.withLock { $0.append(part) }
    }

    private final class Consumer: BatchConsumer {
        private let sink: HashJoinBuildSink
        private let evaluator: ExpressionEvaluator
        private var rows: RowStore
        private var runs: [MorselRun] = []
        private let reservation: MemoryReservation
        private var partitions: SpillPartitions?
        private let worker: WorkerContext

        init(sink: HashJoinBuildSink, evaluator: ExpressionEvaluator, rows: RowStore, worker: WorkerContext) {
            self.sink = sink
            self.evaluator = evaluator
            self.rows = rows
            reservation = sink.memory.makeReservation()
            self.worker = worker
        }

        func consume(_ batch: VectorBatch) throws {
            let computed = try evaluator.evaluate(batch, worker: worker)
            let columns = batch.columns + computed
            if try partitions == nil && hasRoom(for: batch.selectedCount) {
                append(columns, batch.rows)
            } else {
                try partitions?.append(batch.columns, keys: sink.keySlots.map { columns[$0] }, batch.rows, sequence: 0)
            }
        }

        private func append(_ columns: [ColumnVector], _ selection: SelectionVector) {
            let first = rows.rowCount
            rows.append(columns, selection)
            if let last = runs.last, last.position == worker.position {
                runs[runs.count - 1].rows = last.rows.lowerBound..<rows.rowCount
            } else {
                runs.append(MorselRun(position: worker.position, rows: first..<rows.rowCount))
            }
        }

        /// Makes room for so many rows, or puts the rows aside, now and from now on.
        private func hasRoom(for count: Int) throws -> Bool {
            let needed = sink.byteCount(rows, adding: count)
            let isAlone = sink.spilled == nil
            if isAlone, reservation.tryResize(to: needed, sink.level == 0 ? .gathering : .reading) { return true }
            guard let spill = try sink.startSpilling() else {
                try reservation.resize(to: needed)
                return true
            }
            try startSpilling(spill)
            return false
        }

        private func startSpilling(_ spill: HashJoinSpill) throws {
            let partitions = sink.makePartitions(types: sink.input.types, spill)
            self.partitions = partitions
            try sink.write(rows, to: partitions)
            rows = RowStore(types: sink.storedTypes)
            try reservation.resize(to: 0)
        }

        func finish() throws {
            if partitions == nil, let spill = sink.spilled { try startSpilling(spill) }
            if let partitions {
                sink.spilled?.addBuild(try partitions.finish())
            } else {
                sink.add(rows, runs, reservation)
            }
        }
    }
}

/// The rows of a complete build side and the tables over their keys.
///
/// Unchecked because after `init` only the matched marks change, under their lock.
final class HashJoinBuild: @unchecked Sendable {
    let rows: RowStore
    /// How many of the stored columns belong to the output.
    let columnCount: Int
    /// Nil for a join without keys.
    let table: JoinTable?
    /// Of marked joins.
    let unknowns: HashJoinUnknowns?
    /// One byte per row, made when the first worker reports.
    private let matched = Mutex<MatchedRows?>(nil)
    private let reservation: MemoryReservation?

    init(
        rows: RowStore, columnCount: Int, table: JoinTable?, unknowns: HashJoinUnknowns?,
        reservation: MemoryReservation?
    ) {
        self.rows = rows
        self.reservation = reservation
        self.columnCount = columnCount
        self.table = table
        self.unknowns = unknowns
    }

    /// Views of the output columns of `count` rows from `first`, a multiple of 64.
    func vectors(from first: Int, count: Int) -> [ColumnVector] {
        Array(rows.vectors(from: first, count: count).prefix(columnCount))
    }

    /// Takes a worker's marks of the rows that found a match.
    func add(_ marks: MatchedRows) {
        matched.withLock { all in
            if let all { all.formUnion(marks) } else { all = marks }
        }
    }

    var matchedRows: MatchedRows? { matched.withLock { $0 } }
}
