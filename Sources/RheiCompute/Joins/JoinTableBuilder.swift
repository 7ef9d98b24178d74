import Synchronization

/// Builds a ``JoinTable`` in passes whose tasks several threads may share: numbers the keys, then lists the rows of
/// each.
///
/// Unchecked because what is no lock changes between passes alone, or is written by the only task of its pass.
package final class JoinTableBuilder: ParallelPasses, @unchecked Sendable {
    private let keyColumns: [ColumnStore]
    private let rowCount: Int
    private let nullsMatch: [Bool]
    /// The only key, where it is an integer that nulls do not match.
    private let integerKey: IntegerKey?
    private enum Step { case start, survey, direct, group, list, ranked, done }
    private var step = Step.start
    private let surveys: Mutex<[IntegerKey.Survey]>
    private var direct: DirectKeyRange?
    private var groups: GroupTable?
    private var ranked: RankedKeys?
    /// The key number of every row, unless keys are numbered by rank.
    private var numbers = MemoryBlock(byteCount: 0)
    private var lister: KeyRowLister?
    private var lists = KeyRowLists()
    private var hasUnmatchableNull = false

    /// - Parameters:
    ///   - keyColumns: the keys of all build rows.
    ///   - nullsMatch: per key, whether null equals null; rows with another null are found by no key.
    package init(keyColumns: [ColumnStore], rowCount: Int, nullsMatch: [Bool]) {
        self.keyColumns = keyColumns
        self.rowCount = rowCount
        self.nullsMatch = nullsMatch
        integerKey = keyColumns.count == 1 && !nullsMatch[0] ? IntegerKey(keyColumns[0], rowCount: rowCount) : nil
        surveys = Mutex(Array(repeating: IntegerKey.Survey(), count: integerKey?.taskCount ?? 0))
    }

    package func nextPass() -> Int? {
        switch step {
        case .start:
            guard let integerKey, rowCount > 0 else { return startGrouping() }
            step = .survey
            return integerKey.taskCount
        case .survey: return chooseForm()
        case .direct: return startListing(keyCount: direct?.codeCount ?? 0)
        case .group: return startListing(keyCount: groups?.groupCount ?? 0)
        case .list:
            if let taskCount = lister?.nextPass() { return taskCount }
            if let lister { lists = lister.lists }
            (lister, numbers) = (nil, MemoryBlock(byteCount: 0))
            step = .done
            return nil
        case .ranked:
            if let taskCount = ranked?.nextPass() { return taskCount }
            if let ranked { lists = ranked.lists }
            step = .done
            return nil
        case .done: return nil
        }
    }

    private func startGrouping() -> Int? {
        numbers = MemoryBlock(byteCount: max(rowCount, 1) * 4)
        step = .group
        return 1
    }

    private func startListing(keyCount: Int) -> Int? {
        let lister = KeyRowLister(numbers: numbers, rowCount: rowCount, keyCount: keyCount)
        self.lister = lister
        step = .list
        return lister.nextPass()
    }

    private func chooseForm() -> Int? {
        var survey = IntegerKey.Survey()
        for part in surveys.withLock({ $0 }) { survey.append(part) }
        guard let integerKey else { return startGrouping() }
        if let range = survey.range.flatMap({ DirectKeyRange($0, rowCount: rowCount) }) {
            direct = range
            hasUnmatchableNull = survey.validCount < rowCount
            numbers = MemoryBlock(byteCount: max(rowCount, 1) * 4)
            step = .direct
            return integerKey.taskCount
        }
        guard let ranked = RankedKeys(integerKey, survey) else { return startGrouping() }
        self.ranked = ranked
        hasUnmatchableNull = survey.validCount < rowCount
        step = .ranked
        return ranked.nextPass()
    }

    package func run(task: Int) {
        switch step {
        case .survey:
            guard let integerKey else { return }
            let found = integerKey.survey(integerKey.rows(ofTask: task))
            surveys.withLock { $0[task] = found }
        case .direct:
            guard let direct, let integerKey else { return }
            let list = unsafe numbers.pointer(UInt32.self)
            let rows = integerKey.rows(ofTask: task)
            unsafe integerKey.write(rows, hasNulls: hasUnmatchableNull, to: list) { value in
                UInt32(truncatingIfNeeded: value &- direct.minimum)
            }
        case .group:
            let list = unsafe numbers.pointer(UInt32.self)
            let found = unsafe JoinTable.group(keyColumns, rowCount: rowCount, nullsMatch: nullsMatch, into: list)
            (groups, hasUnmatchableNull) = (found.groups, found.hasUnmatchableNull)
        case .list: lister?.run(task: task)
        case .ranked: ranked?.run(task: task)
        case .start, .done: return
        }
    }

    /// The table, once all passes are done.
    package func table() -> JoinTable {
        let index: JoinTable.Index
        if let direct {
            index = .direct(direct)
        } else if let ranks = ranked?.ranks {
            index = .ranked(ranks)
        } else if let groups {
            index = .grouped(groups)
        } else {
            preconditionFailure("a table is taken before it is built")
        }
        return JoinTable(keyColumns, nullsMatch: nullsMatch, index, lists, hasUnmatchableNull: hasUnmatchableNull)
    }

    /// The values of the only key, where the table knows them; nil where a filter must be made of the column.
    package func keyFilter() -> KeyFilter? {
        guard let ranked, let bits = ranked.bits else { return nil }
        return KeyFilter(bits: bits, bounds: ranked.bounds)
    }
}
