import Synchronization

/// Sorts all rows of a store by several keys, in passes whose tasks threads share; rows that no key tells apart keep
/// their order.
///
/// Rows are split by a word each: their packed keys, where those are integers of 64 bits at most or texts of few values
/// (``TextRanks``), otherwise what ``SortPrefix`` says of the first key. Words that stand at even distances in a sorted
/// sample part the rows into ranges, which are sorted apart ("Parallel Sorting by Over Partitioning", SPAA 1994). Rows
/// with equal words stay together, so few distinct words make few parts.
///
/// Unchecked because each task writes to places of its own; the rest changes between passes.
package final class ParallelSort: ParallelPasses, @unchecked Sendable {
    private let keys: [ColumnStore]
    private let orders: [SortOrder]
    private let rowCount: Int
    private let check: @Sendable () throws -> Void
    /// The rows in order, when all passes are done.
    package let order: SortedRows
    private enum Step { case start, ranges, words, count, scatter, sort, done }
    private var step = Step.start
    /// By task, the ranges of the keys, empty ones for texts; no range where the keys do not pack.
    private let ranges: Mutex<[[KeyRange]]>
    /// By key, of texts.
    private var textRanks: [TextRanks?] = []
    private var packed: PackedSort?
    private var words = MemoryBlock(byteCount: 0)
    /// Part by row.
    private var parts = MemoryBlock(byteCount: 0)
    private var splitters: [UInt64] = []
    /// By task and part: the number of rows, then where they go.
    private var places = MemoryBlock(byteCount: 0)
    private var partStarts: [Int] = []

    struct KeyRange {
        var minimum = Int64.max
        var maximum = Int64.min
    }

    /// A multiple of 64.
    private static let rowsPerTask = 1 << 14
    /// Fewer rows are sorted by one task.
    private static let leastRowCount = 1 << 14
    private static let greatestPartCount = 32
    private static let rowsPerPart = 1 << 13
    private static let samplesPerPart = 64
    /// As many have room where the scratch memory of a sort is.
    private static let greatestTextCount = 4

    /// - Parameter check: asked in long work whether to go on; when it throws, the rows are left in any order.
    package init(
        keys: [ColumnStore], orders: [SortOrder], rowCount: Int, check: @escaping @Sendable () throws -> Void
    ) {
        self.keys = keys
        self.orders = orders
        self.rowCount = rowCount
        self.check = check
        order = SortedRows(all: rowCount)
        ranges = Mutex(Array(repeating: [], count: Self.taskCount(rowCount)))
    }

    private static func taskCount(_ rowCount: Int) -> Int { (rowCount + rowsPerTask - 1) / rowsPerTask }

    private var isSplit: Bool { rowCount >= Self.leastRowCount && !keys.isEmpty }

    package func nextPass() -> Int? {
        let taskCount = Self.taskCount(rowCount)
        switch step {
        case .start:
            step = isSplit ? .ranges : .sort
            partStarts = [0, rowCount]
            if isSplit { textRanks = makeTextRanks(taskCount) }
            return isSplit ? taskCount : 1
        case .ranges:
            packed = choosePacking()
            if packed == nil { textRanks = [] }
            words = MemoryBlock(byteCount: rowCount * 8)
            step = .words
            return taskCount
        case .words:
            chooseSplitters()
            parts = MemoryBlock(byteCount: rowCount)
            places = MemoryBlock(byteCount: taskCount * partCount * 4, zeroed: true)
            step = .count
            return taskCount
        case .count:
            choosePlaces(taskCount)
            step = .scatter
            return taskCount
        case .scatter:
            (words, parts, places) = (MemoryBlock(byteCount: 0), MemoryBlock(byteCount: 0), MemoryBlock(byteCount: 0))
            step = .sort
            return partCount
        case .sort, .done:
            step = .done
            return nil
        }
    }

    /// The rows of a task of any step but the last, whose tasks are parts.
    private func rows(ofTask task: Int) -> Range<Int> {
        task * Self.rowsPerTask..<min((task + 1) * Self.rowsPerTask, rowCount)
    }

    package func run(task: Int) {
        switch step {
        case .ranges: findRanges(rows(ofTask: task), task)
        case .words: writeWords(rows(ofTask: task), task)
        case .count: count(rows(ofTask: task), task)
        case .scatter: scatter(rows(ofTask: task), task)
        case .sort: sort(part: task)
        case .start, .done: return
        }
    }

    /// One part for rows without a value of the first key, where they are told by no word.
    private var partCount: Int { splitters.count + 2 }

    private var hasNullPart: Bool { packed == nil && keys[0].hasNulls }

    /// For keys that are all integers or texts that seem to have few values.
    private func makeTextRanks(_ taskCount: Int) -> [TextRanks?] {
        let textCount = keys.count { !$0.type.isInteger }
        guard textCount > 0, textCount <= Self.greatestTextCount else { return keys.map { _ in nil } }
        var result: [TextRanks?] = []
        for (key, order) in zip(keys, orders) {
            let ranks = TextRanks(key, order, rowCount: rowCount, taskCount: taskCount)
            if ranks == nil && !key.type.isInteger { return keys.map { _ in nil } }
            result.append(ranks)
        }
        return result
    }

    private func findRanges(_ rows: Range<Int>, _ task: Int) {
        guard zip(keys, textRanks).allSatisfy({ $0.type.isInteger || $1 != nil }) else { return }
        let found = zip(keys, textRanks).map { key, texts in
            if let texts {
                texts.number(rows, task: task)
                return KeyRange()
            }
            let range = integerRange(key.vector(from: rows.lowerBound, count: rows.count), nil, rows.count)
            return KeyRange(minimum: range?.minimum ?? .max, maximum: range?.maximum ?? .min)
        }
        ranges.withLock { $0[task] = found }
    }

    /// Nil where the keys do not pack.
    private func choosePacking() -> PackedSort? {
        let found = ranges.withLock { $0 }
        guard found.allSatisfy({ !$0.isEmpty }) else { return nil }
        var (columns, all): ([SortColumn], [KeyRange]) = ([], [])
        for key in keys.indices {
            if let texts = textRanks[key] {
                guard let rankCount = texts.rank() else { return nil }
                columns.append(texts.key)
                all.append(KeyRange(minimum: 0, maximum: Int64(rankCount - 1)))
            } else {
                columns.append(SortColumn(keys[key], orders[key]))
                all.append(
                    KeyRange(
                        minimum: found.reduce(.max) { min($0, $1[key].minimum) },
                        maximum: found.reduce(.min) { max($0, $1[key].maximum) }))
            }
        }
        return PackedSort(columns, ranges: all, rowCount: rowCount)
    }

    private func writeWords(_ rows: Range<Int>, _ task: Int) {
        let words = unsafe words.pointer(UInt64.self) + rows.lowerBound
        let list = unsafe order.list + rows.lowerBound
        if let packed {
            for texts in textRanks { texts?.writeRanks(rows, task: task) }
            unsafe packed.pack(list, count: rows.count, into: words)
            return
        }
        let column = SortColumn(keys[0], orders[0])
        let inversion: UInt64 = column.order.isDescending ? ~0 : 0
        // What stands at a null is any bytes: for text a view that must not be followed.
        guard column.hasNulls else {
            SortPrefix.encode(column.vector, column.order.collation, count: rows.count) { index in
                rows.lowerBound + index
            } store: { index, word in
                unsafe words[index] = word ^ inversion
            }
            return
        }
        let valid = rows.filter { column.vector.isValid($0) }
        for index in 0..<rows.count { unsafe words[index] = 0 }
        SortPrefix.encode(column.vector, column.order.collation, count: valid.count) { index in
            valid[index]
        } store: { index, word in
            unsafe words[valid[index] - rows.lowerBound] = word ^ inversion
        }
    }

    private func chooseSplitters() {
        let wantedCount = min(max(rowCount / Self.rowsPerPart, 2), Self.greatestPartCount)
        let words = unsafe words.pointer(UInt64.self)
        let sampleCount = wantedCount * Self.samplesPerPart
        var sample: [UInt64] = []
        for index in 0..<sampleCount {
            let row = rowCount * index / sampleCount
            if !hasNullPart || keys[0].isValid(row) { unsafe sample.append(words[row]) }
        }
        sample.sort()
        guard !sample.isEmpty else { return }
        let chosen = (1..<wantedCount).map { sample[sample.count * $0 / wantedCount] }
        splitters = chosen.enumerated().filter { $0.offset == 0 || chosen[$0.offset - 1] != $0.element }.map(\.element)
    }

    /// The part of nulls stands before or behind the others; where there are none, it is empty.
    private func count(_ rows: Range<Int>, _ task: Int) {
        let (words, parts) = unsafe (words.pointer(UInt64.self), parts.pointer(UInt8.self))
        let counts = unsafe places.pointer(UInt32.self) + task * partCount
        let nullPart = orders[0].nullsFirst ? 0 : partCount - 1
        let firstPart = orders[0].nullsFirst ? 1 : 0
        let hasNullPart = hasNullPart
        unsafe splitters.withUnsafeBufferPointer { splitters in
            for row in rows {
                var part = nullPart
                if !hasNullPart || keys[0].isValid(row) {
                    part = firstPart
                    for index in splitters.indices { unsafe part &+= asInt(splitters[index] <= words[row]) }
                }
                unsafe parts[row] = UInt8(truncatingIfNeeded: part)
                unsafe counts[part] &+= 1
            }
        }
    }

    /// Parts follow each other; within a part the rows of earlier tasks come first.
    private func choosePlaces(_ taskCount: Int) {
        let places = unsafe places.pointer(UInt32.self)
        var next: UInt32 = 0
        partStarts = []
        for part in 0..<partCount {
            partStarts.append(Int(next))
            for task in 0..<taskCount {
                let count = unsafe places[task * partCount + part]
                unsafe places[task * partCount + part] = next
                next += count
            }
        }
        partStarts.append(Int(next))
    }

    private func scatter(_ rows: Range<Int>, _ task: Int) {
        let (list, parts) = unsafe (order.list, parts.pointer(UInt8.self))
        let places = unsafe places.pointer(UInt32.self) + task * partCount
        for row in rows {
            let part = unsafe Int(parts[row])
            unsafe list[Int(places[part])] = UInt32(truncatingIfNeeded: row)
            unsafe places[part] &+= 1
        }
    }

    private func sort(part: Int) {
        let rows = partStarts[part]..<partStarts[part + 1]
        if let packed {
            unsafe packed.sort(order.list + rows.lowerBound, count: rows.count)
        } else {
            // Whoever runs the passes asks in turn, and throws.
            try? RowSorter(keys: keys, orders: orders).sort(order, rows, check: check)
        }
    }
}
