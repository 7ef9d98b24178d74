/// Builds the ranks and row lists of a single integer key of a dense range, in passes.
///
/// Where the rows lie in the order of their keys, as those of a table in the order of its primary key, no list of rows
/// is needed: the number of a key tells its row.
///
/// Unchecked because each task writes to places of its own; the rest changes between passes.
@safe final class RankedKeys: ParallelPasses, @unchecked Sendable {
    private let key: IntegerKey
    private let survey: IntegerKey.Survey
    private let minimum: Int64
    private let codeCount: UInt64
    private enum Step { case start, mark, tally, rank, list, number, listing, done }
    private var step = Step.start
    /// A bit for each value of the range; while bits are set, one such map for each task, but one where rows ascend.
    private var maps: [MemoryBlock] = []
    private var ranker: KeyRanker?
    private(set) var ranks: KeyRanks?
    private(set) var lists = KeyRowLists()
    private var numbers = MemoryBlock(byteCount: 0)
    private var lister: KeyRowLister?

    /// How many values of the range there may be for each row: three bits each make 60 bytes, and every row of a build
    /// side has 64 reserved for its table, of whichever kind.
    private static let valuesPerRow: UInt64 = 160

    /// Nil where the range is too large for the number of rows.
    init?(_ key: IntegerKey, _ survey: IntegerKey.Survey) {
        guard let range = survey.range else { return nil }
        let span = UInt64(bitPattern: range.upperBound &- range.lowerBound)
        guard span < UInt64(key.rowCount) * Self.valuesPerRow + 1 << 19, span < 1 << 33 else { return nil }
        self.key = key
        self.survey = survey
        minimum = range.lowerBound
        codeCount = span + 1
    }

    /// The values as bits by their distance from the least one.
    var bits: MemoryBlock? { maps.first }
    var bounds: ClosedRange<Int64> { minimum...minimum + Int64(codeCount - 1) }

    /// Whether the rows lie in the order of their keys, which none of them lacks.
    private var isInOrder: Bool { survey.isAscending && survey.validCount == key.rowCount }

    func nextPass() -> Int? {
        switch step {
        case .start:
            step = .mark
            let mapCount = isInOrder ? 1 : markTaskCount
            maps = (0..<mapCount).map { _ in MemoryBlock(byteCount: Int(codeCount + 63) / 64 * 8, zeroed: true) }
            return markTaskCount
        case .mark:
            let ranker = KeyRanker(minimum: minimum, codeCount: codeCount, maps: maps)
            self.ranker = ranker
            step = .tally
            return ranker.taskCount
        case .tally:
            maps.removeLast(maps.count - 1)
            step = .rank
            return ranker?.taskCount
        case .rank:
            let ranks = ranker?.ranks()
            ranker = nil
            self.ranks = ranks
            return ranks.flatMap { planLists($0) }
        case .number:
            lister = KeyRowLister(numbers: numbers, rowCount: key.rowCount, keyCount: ranks?.keyCount ?? 0)
            step = .listing
            return lister?.nextPass()
        case .listing:
            if let taskCount = lister?.nextPass() { return taskCount }
            if let lister { lists = lister.lists }
            (lister, numbers) = (nil, MemoryBlock(byteCount: 0))
            step = .done
            return nil
        case .list, .done:
            step = .done
            return nil
        }
    }

    func run(task: Int) {
        switch step {
        case .mark: if isInOrder { markInOrder(key.rows(ofTask: task)) } else { mark(task) }
        case .tally: ranker?.count(task: task)
        case .rank: ranker?.rank(task: task)
        case .list: list(key.rows(ofTask: task))
        case .number: number(key.rows(ofTask: task))
        case .listing: lister?.run(task: task)
        case .start, .done: return
        }
    }

    /// Where rows do not ascend every task has a map, so there are few.
    private var markTaskCount: Int {
        if isInOrder { return key.taskCount }
        return codeCount <= UInt64(key.rowCount) * 16 ? min(max(key.rowCount >> 19, 1), 4) : 1
    }

    /// Tasks of neighbouring rows might share a word: it belongs to the task of its first row.
    private func markInOrder(_ rows: Range<Int>) {
        let words = unsafe maps[0].pointer(UInt64.self)
        var rows = rows
        if rows.lowerBound > 0 { rows = endOfWord(from: rows.lowerBound)..<rows.upperBound }
        if rows.upperBound < key.rowCount { rows = rows.lowerBound..<endOfWord(from: rows.upperBound) }
        if rows.isEmpty { return }
        let base = minimum
        key.forEach(rows) { _, value in
            let code = UInt64(bitPattern: value &- base)
            unsafe words[Int(truncatingIfNeeded: code &>> 6)] |= 1 &<< (code & 63)
        }
    }

    private func word(_ row: Int) -> UInt64 { UInt64(bitPattern: key.value(row) &- minimum) >> 6 }

    /// The first row from `row` on, which is not the first of all, whose value lies in another word than that of the
    /// row before it.
    private func endOfWord(from row: Int) -> Int {
        var row = row
        let previous = word(row - 1)
        while row < key.rowCount, word(row) == previous { row += 1 }
        return row
    }

    private func mark(_ task: Int) {
        let words = unsafe maps[task].pointer(UInt64.self)
        let base = minimum
        key.forEach(part(task, of: maps.count, 0..<key.rowCount)) { _, value in
            let code = UInt64(bitPattern: value &- base)
            unsafe words[Int(truncatingIfNeeded: code &>> 6)] |= 1 &<< (code & 63)
        }
    }

    /// Plans how rows are listed.
    ///
    /// - Returns: the number of tasks; nil where rows need no list.
    private func planLists(_ ranks: KeyRanks) -> Int? {
        let isUnique = ranks.keyCount == survey.validCount
        if isUnique && isInOrder {
            step = .done
            return nil
        }
        if isUnique {
            lists.list = MemoryBlock(byteCount: ranks.keyCount * 4)
            step = .list
        } else if isInOrder {
            let starts = MemoryBlock(byteCount: (ranks.keyCount + 1) * 4)
            unsafe starts.pointer(UInt32.self)[ranks.keyCount] = UInt32(truncatingIfNeeded: key.rowCount)
            lists.starts = starts
            step = .list
        } else {
            numbers = MemoryBlock(byteCount: key.rowCount * 4)
            step = .number
        }
        return key.taskCount
    }

    private func list(_ rows: Range<Int>) {
        guard let ranks else { return }
        if let list = unsafe lists.list?.pointer(UInt32.self) {
            key.forEach(rows) { row, value in unsafe list[ranks.number(of: value)] = UInt32(truncatingIfNeeded: row) }
        } else if let starts = unsafe lists.starts?.pointer(UInt32.self), !rows.isEmpty {
            var previous = rows.lowerBound > 0 ? key.value(rows.lowerBound - 1) : ~key.value(0)
            key.forEach(rows) { row, value in
                if value != previous { unsafe starts[ranks.number(of: value)] = UInt32(truncatingIfNeeded: row) }
                previous = value
            }
        }
    }

    private func number(_ rows: Range<Int>) {
        guard let ranks else { return }
        unsafe key.write(rows, hasNulls: survey.validCount < key.rowCount, to: numbers.pointer(UInt32.self)) { value in
            UInt32(truncatingIfNeeded: ranks.number(of: value))
        }
    }
}
