import RheiArrow
import RheiCompute
import RheiCore
import RheiPlan

/// One worker's part in a scan: makes batches, leaves out deleted rows, applies the conditions one by one, and reads a
/// column only when a condition or the output needs it for rows that are still alive.
final class ScanReader {
    private let worker: WorkerContext
    private let predicate: PredicateEvaluator
    /// Per condition, the slots of the columns it names.
    private let filterSlots: [[Int]]
    private let joinFilters: [ScanJoinFilter]
    private let topFilters: [(slot: Int, threshold: TopThreshold)]
    private let topRows = SelectionBuffer()
    /// How many of the conditions are applied before the join filters.
    private let firstConditions: Int
    private let importers: [ColumnImporter]
    private let batch = VectorBatch()
    private let living = LivingRows()
    /// Takes the rows of batches of which few are left.
    private let compactor: RowCompactor
    private let compacted = VectorBatch()
    private var groupIndex = -1
    /// Of which columns the importers have those of the current row group.
    private var isBound: [Bool]
    private var isLoaded: [Bool]

    init(_ source: ScanSource, worker: WorkerContext) throws {
        self.worker = worker
        predicate = try PredicateEvaluator(source.scan.filters, layout: source.output)
        filterSlots = try source.scan.filters.map { filter in
            try filter.columns.map { try source.output.slot(of: $0) }
        }
        joinFilters = source.rowFilters.compactMap { filter in
            guard case .join(let join) = filter.filter else { return nil }
            return join.value.map { ScanJoinFilter(slot: filter.slot, keys: $0) }
        }
        topFilters = source.rowFilters.compactMap { filter in
            guard case .top(let threshold) = filter.filter else { return nil }
            return (filter.slot, threshold)
        }
        // A plain comparison of numbers costs less than a look into a filter; a search in a text costs more.
        firstConditions = source.scan.filters.prefix { $0.isCheaperThanJoinFilter }.count
        compactor = RowCompactor(types: source.output.types)
        importers = source.output.types.map { ColumnImporter(type: $0) }
        isBound = Array(repeating: false, count: importers.count)
        isLoaded = Array(repeating: false, count: importers.count)
        batch.columns = importers.map { $0.placeholder }
    }

    func read(_ morsel: ScanSource.Morsel, vectorSize: Int, into consumer: any BatchConsumer) throws {
        if groupIndex != morsel.groupIndex {
            groupIndex = morsel.groupIndex
            for slot in isBound.indices { isBound[slot] = false }
        }
        for filter in joinFilters { filter.beginMorsel() }
        let end = morsel.start + morsel.count
        for start in stride(from: morsel.start, to: end, by: vectorSize) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            let count = min(vectorSize, end - start)
            if try readBatch(morsel.group, start: start, count: count) {
                try push(vectorSize: vectorSize, into: consumer)
            }
        }
        try pushCompacted(into: consumer)
    }

    /// Pushes the batch that was read, or keeps its rows for a fuller one. Rows stay in order.
    private func push(vectorSize: Int, into consumer: any BatchConsumer) throws {
        let isSparse = batch.selectedCount * 4 <= batch.rowCount
        if !isSparse || compactor.count + batch.selectedCount > vectorSize { try pushCompacted(into: consumer) }
        if isSparse {
            compactor.append(batch)
        } else {
            try consumer.consume(batch)
        }
    }

    private func pushCompacted(into consumer: any BatchConsumer) throws {
        if compactor.count == 0 { return }
        compactor.take(into: compacted)
        try consumer.consume(compacted)
    }

    /// Reads the rows that fulfil all conditions; false when there is none.
    private func readBatch(_ group: any ScanRowGroup, start: Int, count: Int) throws -> Bool {
        batch.resetSelection(rowCount: count)
        if let deleted = group.deletedRows { batch.select(living.select(deleted, start: start, count: count)) }
        guard batch.selectedCount > 0 else { return false }
        for slot in isLoaded.indices { isLoaded[slot] = false }
        predicate.begin(batch)
        guard try narrow(0..<firstConditions, group, start) else { return false }
        for (slot, threshold) in topFilters {
            try load(slot, group, start: start)
            batch.select(threshold.select(batch.columns[slot], batch.rows, into: topRows))
            if batch.selectedCount == 0 { return false }
        }
        for filter in joinFilters where filter.isWorthwhile {
            batch.select(filter.select(try key(filter.slot, group, start: start), batch.rows))
            if batch.selectedCount == 0 { return false }
        }
        guard try narrow(firstConditions..<filterSlots.count, group, start) else { return false }
        for slot in importers.indices { try load(slot, group, start: start) }
        return true
    }

    /// Applies conditions in order; false when no row is left.
    private func narrow(_ conditions: Range<Int>, _ group: any ScanRowGroup, _ start: Int) throws -> Bool {
        for index in conditions {
            for slot in filterSlots[index] { try load(slot, group, start: start) }
            try predicate.narrow(batch, conjunct: index, worker: worker)
            if batch.selectedCount == 0 { return false }
        }
        return true
    }

    private func load(_ slot: Int, _ group: any ScanRowGroup, start: Int) throws {
        guard !isLoaded[slot] else { return }
        isLoaded[slot] = true
        try bind(slot, group)
        batch.columns[slot] = try importers[slot].vector(offset: start, rows: batch.rows)
    }

    private func bind(_ slot: Int, _ group: any ScanRowGroup) throws {
        guard !isBound[slot] else { return }
        let array = try group.column(slot)
        guard array.count == group.rowCount else {
            throw EngineError(.corrupt, "a column of \(array.count) rows in a row group of \(group.rowCount)")
        }
        try importers[slot].bind(array)
        isBound[slot] = true
    }

    /// The integers that a join filter looks at, as narrow as they are stored: they are widened for the rows that pass.
    private func key(_ slot: Int, _ group: any ScanRowGroup, start: Int) throws -> ColumnVector {
        try bind(slot, group)
        if isLoaded[slot] || !importers[slot].widensIntegers {
            try load(slot, group, start: start)
            return batch.columns[slot]
        }
        return try importers[slot].narrowVector(offset: start, rows: batch.rows)
    }
}

/// One worker's use of a join filter: applied as long as it leaves out enough rows to be worth its time.
final class ScanJoinFilter {
    let slot: Int
    private let keys: KeyFilter
    private let selection = SelectionBuffer()
    private var seenCount = 0
    private var passedCount = 0
    /// Whether batches are left out whole, by their least and greatest key.
    private var looksAtRanges = false
    private var leftOutCount = 0
    /// Whether the filter is to be applied to the next batch.
    private(set) var isWorthwhile = true

    /// After so many rows of a morsel it is judged.
    private static let trialRowCount = 4096

    init(slot: Int, keys: KeyFilter) {
        self.slot = slot
        self.keys = keys
    }

    /// Gives the filter another try, as rows of one kind lie together in many tables.
    func beginMorsel() {
        isWorthwhile = true
        seenCount = 0
        passedCount = 0
        looksAtRanges = keys.knowsGaps
        leftOutCount = 0
    }

    func select(_ key: ColumnVector, _ rows: SelectionVector) -> SelectionVector {
        seenCount += rows.count
        var result = selection.range(0..<0, rowCount: rows.rowCount)
        if looksAtRanges && !keys.mayHoldAny(of: key, rows) {
            leftOutCount += rows.count
        } else {
            result = keys.select(key, rows, into: selection)
        }
        passedCount += result.count
        if seenCount >= Self.trialRowCount {
            isWorthwhile = passedCount < seenCount - seenCount / 8
            looksAtRanges = looksAtRanges && leftOutCount >= seenCount / 4
        }
        return result
    }
}

extension Expression {
    /// Whether a condition only compares numbers with constants.
    fileprivate var isCheaperThanJoinFilter: Bool {
        guard case .comparison(_, let left, let right, _) = self else { return false }
        return [left, right].allSatisfy { operand in
            switch operand {
            case .column(_, let type): type != .utf8View && type != .binaryView && type != .any
            case .literal: true
            default: false
            }
        }
    }
}

/// Selects the rows that a delete vector leaves.
@safe final class LivingRows {
    private let indices = UnsafeMutablePointer<UInt16>.allocate(capacity: VectorBatch.capacity)

    deinit {
        unsafe FreedMemory.fill(indices, byteCount: VectorBatch.capacity * MemoryLayout<UInt16>.stride)
        unsafe indices.deallocate()
    }

    /// Returns the rows `start ..< start + count` of a row group that are not deleted, counted from `start`. The
    /// selection is valid until the next call.
    func select(_ deleted: Bitmap, start: Int, count: Int) -> SelectionVector {
        let bits = deleted.slice(offset: start, count: count)
        var living = 0
        for wordIndex in 0..<(count + 63) / 64 {
            let width = min(64, count - wordIndex * 64)
            let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
            var word = ~bits.word(wordIndex) & mask
            while word != 0 {
                let row = wordIndex * 64 + word.trailingZeroBitCount
                unsafe indices[living] = UInt16(truncatingIfNeeded: row)
                living += 1
                word &= word &- 1
            }
        }
        if living == count { return SelectionVector(all: count) }
        return unsafe SelectionVector(indices, count: living, rowCount: count)
    }
}
