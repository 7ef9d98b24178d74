import RheiCompute

/// Tells for a `mark` join whether a probe row without a match might have had one but for a null.
///
/// One key is compared as `=`, the others as `IS`. A null probe key makes the comparison unknown with every build row
/// that agrees on the others, a build row with a null key with every probe row that agrees on the others.
final class HashJoinUnknowns: Sendable {
    /// The key compared as `=`.
    let equalityKey: Int
    private let rowCount: Int
    private let hasNull: Bool
    /// Over the other keys: of all build rows, and of those with a null. Nil when there are no other keys.
    private let others: JoinTable?
    private let othersWithNull: JoinTable?

    /// Nil when all keys are compared as `IS`: nothing is unknown then.
    init?(_ keys: [ColumnStore], _ rowCount: Int, _ nullsMatch: [Bool]) {
        guard let equalityKey = nullsMatch.firstIndex(of: false) else { return nil }
        self.equalityKey = equalityKey
        self.rowCount = rowCount
        let nullRows = RowStore.rowsWithNull(in: equalityKey, of: keys, rowCount: rowCount)
        // Its columns refer to strings that it owns.
        defer { withExtendedLifetime(nullRows) {} }
        hasNull = nullRows.rowCount > 0
        guard keys.count > 1, nullsMatch.filter({ !$0 }).count == 1 else {
            others = nil
            othersWithNull = nil
            return
        }
        func table(_ columns: [ColumnStore], _ count: Int) -> JoinTable {
            var columns = columns
            columns.remove(at: equalityKey)
            return JoinTable(keyColumns: columns, rowCount: count, nullsMatch: columns.map { _ in true })
        }
        others = table(keys, rowCount)
        othersWithNull = table(nullRows.columns, nullRows.rowCount)
    }

    /// Returns for each row position whether the result of a row without a match is unknown.
    func areUnknown(_ keys: [ColumnVector], _ rows: SelectionVector, _ probe: JoinProbe) -> (Int) -> Bool {
        let key = keys[equalityKey]
        guard let others, let othersWithNull else {
            let (hasNull, isEmpty) = (hasNull, rowCount == 0)
            return { row in key.isValid(row) ? hasNull : !isEmpty }
        }
        var otherKeys = keys
        otherKeys.remove(at: equalityKey)
        let anywhere = others.hasMatch(otherKeys, rows, probe)
        let amongNulls = othersWithNull.hasMatch(otherKeys, rows, probe)
        return { row in key.isValid(row) ? amongNulls[row] : anywhere[row] }
    }
}
