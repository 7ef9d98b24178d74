import RheiCore

/// Groups rows by keys and keeps the states of aggregates per group; one worker's share or the whole.
///
/// Per batch: ``assignGroups(_:_:)``, then ``update(aggregate:_:_:sequence:)`` for each aggregate.
///
/// Unchecked because one worker at a time updates it, and after the last update threads only read.
package final class HashAggregator: @unchecked Sendable {
    private let keyTypes: [VectorType]
    private let aggregates: [AggregateDescription]
    private let table: GroupTable?
    private let states: [AggregateState]
    private let distinct: [DistinctFilter?]
    private let groups = MemoryBlock(byteCount: VectorBatch.capacity * 4, zeroed: true)
    private let validRows = SelectionBuffer()
    private lazy var gatheredHashes = MemoryBlock(byteCount: VectorBatch.capacity * 8)
    private lazy var scratch = ProbeScratch()
    private lazy var knownRows = SelectionBuffer()
    private lazy var unknownRows = SelectionBuffer()
    private let flattener = VectorFlattener()
    /// Per aggregate how many arguments those before it have.
    private let firstArguments: [Int]

    /// Without keys there is exactly one group from the start.
    ///
    /// - Parameters:
    ///   - looksForOrder: whether rows are grouped without a hash table as long as their key ascends, see
    ///     ``isAscending``.
    ///   - deferral: when values of DISTINCT aggregates wait in lists, where most are new, until ``settleDistinct()`` or
    ///     a merge in parts looks them up. Nil for results that depend on the order of rows.
    package init(
        keyTypes: [VectorType], aggregates: [AggregateDescription], looksForOrder: Bool = false,
        deferral: DistinctDeferral? = nil
    ) throws {
        self.keyTypes = keyTypes
        self.aggregates = aggregates
        firstArguments = aggregates.indices.map { index in
            aggregates[..<index].reduce(0) { $0 + $1.argumentTypes.count }
        }
        table = keyTypes.isEmpty ? nil : GroupTable(keyTypes: keyTypes, looksForOrder: looksForOrder)
        states = try aggregates.map { try $0.makeState() }
        distinct = aggregates.map { aggregate in
            guard aggregate.isDistinct, let type = aggregate.argumentTypes.first else { return nil }
            return DistinctFilter(
                type: type, collation: aggregate.collation, mustAgree: aggregate.mustAgree,
                deferral: keyTypes.isEmpty ? nil : deferral)
        }
        if keyTypes.isEmpty { extendStates() }
    }

    package var groupCount: Int { table?.groupCount ?? 1 }

    /// Whether the keys of the groups, single integers, ascend with their numbers.
    package var isAscending: Bool { table?.isAscending ?? false }

    /// The hashes of the groups' keys, see ``VectorHasher``, where they are kept; valid until groups are added.
    var keyHashes: UnsafePointer<UInt64>? { unsafe table?.keyHashes }

    /// Makes the table large enough for about so many groups, before the first row.
    func expect(groupCount: Int) { table?.expect(groupCount: groupCount) }

    /// Makes room for about so many values per aggregate with DISTINCT, before the first row.
    func expect(valueCounts: [Int]) {
        for (filter, count) in zip(distinct, valueCounts) { filter?.expect(valueCount: count) }
    }

    package var hasDistinct: Bool { distinct.contains { $0 != nil } }

    /// Bytes held by keys and states, roughly.
    package var byteCount: Int { byteCount(adding: 0) }

    /// Bytes that are held, roughly, while up to `count` rows are taken; the bytes of their strings come on top.
    package func byteCount(adding count: Int) -> Int {
        // States double when they grow.
        let held = states.reduce(0) { $0 + $1.byteCount * 2 + count * 32 }
        return (table?.byteCount(adding: count) ?? 0) + held
            + distinct.reduce(0) { $0 + ($1?.byteCount(adding: count) ?? 0) }
    }

    /// The keys of the groups, one row per group.
    var keyColumns: [ColumnStore] { table?.keyColumns ?? [] }

    private func extendStates() { for state in states { state.extend(to: groupCount) } }

    /// Finds the groups of the rows of a batch when their keys go on ascending.
    ///
    /// - Returns: whether they do; nothing has changed otherwise.
    package func assignAscendingGroups(_ keys: [ColumnVector], _ rows: SelectionVector) -> Bool {
        guard let table, unsafe table.findOrCreateAscending(keys, rows, groups: groups.pointer(UInt32.self)) else {
            return false
        }
        extendStates()
        return true
    }

    /// Finds the groups of the rows of a batch.
    package func assignGroups(_ keys: [ColumnVector], _ rows: SelectionVector) {
        guard let table else { return }
        unsafe table.findOrCreate(keys, rows, groups: groups.pointer(UInt32.self))
        extendStates()
    }

    /// Finds the groups of the rows of a batch and makes none.
    ///
    /// - Returns: the rows that have a group and those that have none; valid until the next call.
    package func findGroups(_ keys: [ColumnVector], _ rows: SelectionVector) -> (
        known: SelectionVector, unknown: SelectionVector
    ) {
        guard let table else { return (rows, SelectionVector(all: 0)) }
        let groups = unsafe groups.pointer(UInt32.self)
        unsafe table.find(keys, rows, groups: groups, scratch)
        var (knownCount, unknownCount) = (0, 0)
        rows.forEach { row in
            let isKnown = unsafe groups[row] != noStoredRow
            unsafe knownRows.indices[knownCount] = UInt16(truncatingIfNeeded: row)
            unsafe unknownRows.indices[unknownCount] = UInt16(truncatingIfNeeded: row)
            knownCount &+= asInt(isKnown)
            unknownCount &+= asInt(!isKnown)
        }
        return (
            knownRows.selection(count: knownCount, rowCount: rows.rowCount),
            unknownRows.selection(count: unknownCount, rowCount: rows.rowCount)
        )
    }

    /// Takes rows of the current batch into one aggregate: all of the batch's rows, or those its FILTER leaves.
    ///
    /// - Parameter sequence: grows with the order of batches in the input, over all workers.
    package func update(
        aggregate index: Int, _ arguments: [ColumnVector], _ rows: SelectionVector, sequence: UInt64
    ) {
        let flat = flattener.flatten(arguments, rowCount: rows.rowCount, from: firstArguments[index])
        unsafe update(index, flat, groups.pointer(UInt32.self), rows, sequence)
    }

    private func update(
        _ index: Int, _ arguments: [ColumnVector], _ groups: UnsafeMutablePointer<UInt32>, _ rows: SelectionVector,
        _ sequence: UInt64
    ) {
        var rows = rows
        if let value = arguments.first, !aggregates[index].takesNulls { rows = rowsWithValue(value, rows) }
        if let filter = distinct[index], let value = arguments.first {
            rows = unsafe filter.newRows(value, groups: groups, rows)
            if filter.isFull { settleDistinct(index) }
        }
        guard rows.count > 0 else { return }
        let taken = unsafe AggregateRows(
            groups: table == nil ? nil : groups, selection: rows.indices, count: rows.count)
        states[index].update(arguments, taken, sequence: sequence)
    }

    private func rowsWithValue(_ value: ColumnVector, _ rows: SelectionVector) -> SelectionVector {
        guard unsafe value.validity != nil else { return rows }
        let list = unsafe validRows.indices
        var count = 0
        rows.forEach { row in
            unsafe list[count] = UInt16(truncatingIfNeeded: row)
            count &+= asInt(value.isValid(row))
        }
        return unsafe SelectionVector(list, count: count, rowCount: rows.rowCount)
    }

    /// Values of DISTINCT aggregates that wait for ``settleDistinct()``.
    package var deferredValueCount: Int { distinct.reduce(0) { $0 + ($1?.deferredCount ?? 0) } }

    /// Looks up all values of DISTINCT aggregates that wait, and has none wait from now on.
    package func settleDistinct() {
        for index in distinct.indices {
            distinct[index]?.stopDeferring()
            settleDistinct(index)
        }
    }

    private func settleDistinct(_ index: Int) {
        distinct[index]?.settle { values in
            unsafe values.forEachRun { value, groups, rows in unsafe update(index, [value], groups, rows, .max) }
        }
    }

    /// The values of DISTINCT aggregates, per aggregate, by the part of their groups.
    func distinctValues(by order: PartitionOrder) -> [[ValuesByPart]] {
        guard hasDistinct else { return [] }
        let parts = order.partOfGroup
        return distinct.map { $0?.split(by: parts, partCount: 1 << order.bits) ?? [] }
    }

    /// Takes all groups of another aggregator of the same keys and aggregates, which is only read.
    package func absorb(_ other: HashAggregator) {
        let targets = MemoryBlock(byteCount: max(other.groupCount, VectorBatch.capacity) * 4, zeroed: true)
        defer { withExtendedLifetime(targets) {} }
        let all = unsafe targets.pointer(UInt32.self)
        for first in stride(from: 0, to: other.groupCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, other.groupCount - first)
            if let table, let keys = other.table?.keys(from: first, count: count) {
                unsafe table.findOrCreate(keys, SelectionVector(all: count), groups: all + first)
                extendStates()
            }
            unsafe merge(other, GroupPairs(firstSource: first, sources: nil, targets: all + first, count: count))
        }
        for index in states.indices { unsafe absorbDistinct(index, other, all) }
    }

    /// Takes what another aggregator knows whose values of DISTINCT aggregates are all other ones than those here.
    ///
    /// - Parameter includingDistinct: whether the results of DISTINCT aggregates are taken too; the values are not.
    package func add(_ other: HashAggregator, includingDistinct: Bool) {
        for (mine, theirs) in zip(distinct, other.distinct) where theirs?.hasDispute ?? false {
            mine?.hasDispute = true
        }
        unsafe withTargets(other) { targets, first, count in
            let pairs = unsafe GroupPairs(firstSource: first, sources: nil, targets: targets + first, count: count)
            merge(other, pairs)
            guard includingDistinct else { return }
            for (index, state) in states.enumerated() where distinct[index] != nil {
                state.merge(other.states[index], pairs)
            }
        }
    }

    /// Takes those values of the DISTINCT aggregates of another aggregator that belong to `part`, and nothing else.
    package func addDistinctValues(of other: HashAggregator, in part: ValuePart) {
        unsafe withTargets(other) { targets, first, count in
            guard first + count == other.groupCount else { return }
            for index in states.indices { unsafe absorbDistinct(index, other, targets, part) }
        }
    }

    /// Gives the groups of another aggregator places here, and calls `body` after each run of them with the places so
    /// far.
    private func withTargets(
        _ other: HashAggregator, _ body: (UnsafePointer<UInt32>, _ first: Int, _ count: Int) -> Void
    ) {
        let targets = MemoryBlock(byteCount: max(other.groupCount, VectorBatch.capacity) * 4, zeroed: true)
        defer { withExtendedLifetime(targets) {} }
        let all = unsafe targets.pointer(UInt32.self)
        for first in stride(from: 0, to: other.groupCount, by: VectorBatch.capacity) {
            let count = min(VectorBatch.capacity, other.groupCount - first)
            if let table, let keys = other.table?.keys(from: first, count: count) {
                unsafe table.findOrCreate(keys, SelectionVector(all: count), groups: all + first)
                extendStates()
            }
            unsafe body(all, first, count)
        }
    }

    /// Takes the listed groups of another aggregator, whose keys have been gathered; the values of DISTINCT aggregates
    /// are left out.
    ///
    /// - Parameter places: takes the group here of each listed group there.
    func absorb(
        _ other: HashAggregator, groups sources: UnsafePointer<UInt32>, count: Int, keys: [ColumnVector],
        places: UnsafeMutablePointer<UInt32>?
    ) {
        let targets = unsafe groups.pointer(UInt32.self)
        var hashes: UnsafePointer<UInt64>?
        if let stored = unsafe other.keyHashes {
            let gathered = unsafe gatheredHashes.pointer(UInt64.self)
            for index in 0..<count { unsafe gathered[index] = unsafe stored[Int(sources[index])] }
            unsafe hashes = UnsafePointer(gathered)
        }
        unsafe table?.findOrCreate(keys, SelectionVector(all: count), groups: targets, hashes: hashes)
        extendStates()
        unsafe merge(other, GroupPairs(firstSource: 0, sources: sources, targets: targets, count: count))
        guard let places = unsafe places else { return }
        for index in 0..<count { unsafe places[Int(sources[index])] = unsafe targets[index] }
    }

    /// Takes the state of one group of another aggregator into one of this, those of DISTINCT aggregates left out.
    func take(group source: Int, of other: HashAggregator, into target: Int) {
        let place = unsafe groups.pointer(UInt32.self)
        unsafe place[0] = UInt32(truncatingIfNeeded: target)
        unsafe merge(other, GroupPairs(firstSource: source, sources: nil, targets: place, count: 1))
    }

    /// Takes the values of DISTINCT aggregates of one part of another aggregator, whose groups have places here.
    func absorbDistinct(_ split: AggregateSplit, part: Int, places: UnsafePointer<UInt32>) {
        for (index, lists) in split.values.enumerated() {
            if split.source.distinct[index]?.hasDispute ?? false { distinct[index]?.hasDispute = true }
            for values in lists {
                unsafe values.forEachRun(ofPart: part, places: places) { value, groups, rows in
                    unsafe update(index, [value], groups, rows, .max)
                }
            }
        }
    }

    private func merge(_ other: HashAggregator, _ pairs: GroupPairs) {
        for (index, state) in states.enumerated() where distinct[index] == nil {
            state.merge(other.states[index], pairs)
        }
    }

    private func absorbDistinct(
        _ index: Int, _ other: HashAggregator, _ targets: UnsafePointer<UInt32>, _ part: ValuePart? = nil
    ) {
        guard let mine = distinct[index], let theirs = other.distinct[index] else { return }
        if theirs.hasDispute { mine.hasDispute = true }
        unsafe mine.forEachRun(of: theirs, targets: targets, part: part) { value, groups, rows in
            unsafe update(index, [value], groups, rows, .max)
        }
    }

    /// Returns the keys, then the results, of `count` groups from `first` (a multiple of 64).
    ///
    /// The vectors are valid as long as the aggregator and until the next use of `output`.
    package func emit(first: Int, count: Int, into output: AggregateOutput) throws -> [ColumnVector] {
        if distinct.contains(where: { $0?.hasDispute ?? false }) { throw EngineError.openChoice }
        guard deferredValueCount == 0 else {
            throw EngineError(.invariant, "groups are read before their values are told apart")
        }
        output.arena.reset()
        var columns = table?.keys(from: first, count: count) ?? []
        for (state, buffer) in zip(states, output.buffers) {
            columns.append(try state.finish(first: first, count: count, into: buffer, arena: output.arena))
        }
        return columns
    }

    /// Makes the memory that one reader emits into.
    package func makeOutput() -> AggregateOutput { AggregateOutput(types: aggregates.map(\.resultType)) }
}

/// The memory of one batch of aggregate results.
package final class AggregateOutput {
    let buffers: [VectorBuffer]
    let arena = StringArena()

    init(types: [VectorType]) { buffers = types.map { VectorBuffer(type: $0) } }
}
