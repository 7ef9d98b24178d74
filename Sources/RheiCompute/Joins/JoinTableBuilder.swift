import Synchronization

/// Builds a ``JoinTable`` in passes whose tasks several threads may share.
///
/// Unchecked because what is no lock changes between passes alone.
package final class JoinTableBuilder: ParallelPasses, @unchecked Sendable {
    private let keyColumns: [ColumnStore]
    private let rowCount: Int
    private let nullsMatch: [Bool]
    /// The only key, where it is an integer that nulls do not match.
    private let integerKey: IntegerKey?
    private enum Step { case start, survey, ranked, whole, done }
    private var step = Step.start
    private let surveys: Mutex<[IntegerKey.Survey]>
    private var range: ClosedRange<Int64>?
    private var ranked: RankedKeys?
    private let whole = Mutex<JoinTable?>(nil)
    private var validCount = 0

    /// - Parameters:
    ///   - keyColumns: the keys of all build rows.
    ///   - nullsMatch: per key, whether null equals null; rows with another null are found by no key.
    package init(keyColumns: [ColumnStore], rowCount: Int, nullsMatch: [Bool]) {
        self.keyColumns = keyColumns
        self.rowCount = rowCount
        self.nullsMatch = nullsMatch
        integerKey = keyColumns.count == 1 && !nullsMatch[0] ? IntegerKey(keyColumns[0], rowCount: rowCount) : nil
        surveys = Mutex(Array(repeating: IntegerKey.Survey(), count: Self.surveyTaskCount(rowCount)))
    }

    private static func surveyTaskCount(_ rowCount: Int) -> Int {
        (rowCount + RankedKeys.rowsPerTask - 1) / RankedKeys.rowsPerTask
    }

    package func nextPass() -> Int? {
        switch step {
        case .start:
            guard integerKey != nil, rowCount > 0 else { return buildWhole() }
            step = .survey
            return Self.surveyTaskCount(rowCount)
        case .survey: return chooseForm()
        case .ranked: return ranked?.nextPass() ?? end()
        case .whole, .done: return end()
        }
    }

    private func end() -> Int? {
        step = .done
        return nil
    }

    private func buildWhole() -> Int? {
        step = .whole
        return 1
    }

    private func chooseForm() -> Int? {
        var survey = IntegerKey.Survey()
        for part in surveys.withLock({ $0 }) { survey.append(part) }
        range = survey.range
        validCount = survey.validCount
        if let range, DirectKeyRange(range, rowCount: rowCount) != nil { return buildWhole() }
        guard let integerKey, let ranked = RankedKeys(integerKey, survey) else { return buildWhole() }
        self.ranked = ranked
        step = .ranked
        return ranked.nextPass()
    }

    package func run(task: Int) {
        switch step {
        case .survey:
            guard let integerKey else { return }
            let first = task * RankedKeys.rowsPerTask
            let found = integerKey.survey(first..<min(first + RankedKeys.rowsPerTask, rowCount))
            surveys.withLock { $0[task] = found }
        case .ranked: ranked?.run(task: task)
        case .whole:
            let direct = range.flatMap { DirectKeyRange($0, rowCount: rowCount) }
            let table = JoinTable(keyColumns, rowCount: rowCount, nullsMatch: nullsMatch, direct: direct)
            whole.withLock { $0 = table }
        case .start, .done: return
        }
    }

    /// The table, once all passes are done.
    package func table() -> JoinTable {
        if let table = whole.withLock({ $0 }) { return table }
        guard let ranked, let ranks = ranked.ranks else { preconditionFailure("a table is taken before it is built") }
        return JoinTable(
            keyColumns, nullsMatch: nullsMatch, ranks: ranks, lists: ranked.lists,
            hasUnmatchableNull: validCount < rowCount)
    }

    /// The values of the only key, where the table knows them; nil where a filter must be made of the column.
    package func keyFilter() -> KeyFilter? {
        guard let ranked, let bits = ranked.bits else { return nil }
        return KeyFilter(bits: bits, bounds: ranked.bounds)
    }
}
