import RheiArrow
package import RheiCore

/// Keeps the value that one row of each group has, null or not: that of the first or last row, or of the first row with
/// the least or greatest key.
///
/// While all keys of a group are null the last row counts, as for SQLite's bare columns beside `min` and `max`.
/// Where the rows that their order alone tells apart must agree, a group in which they differ is an error.
final class ChosenRowState: AggregateState {
    enum Choice { case first, last, minimum, maximum }

    private let choice: Choice
    private let collation: TextCollation
    /// The chosen rows and those that were chosen before: key and value, or the value alone.
    private let store: RowStore
    private let buffers: [VectorBuffer]
    /// Row of the store plus one; zero for a group without rows.
    private var rows = ZeroedColumn<UInt32>()
    private var sequences = ZeroedColumn<UInt64>()
    private let mustAgree: Bool
    /// One for a group in which another row than the chosen one might be SQLite's choice and has another value.
    private var disputes = ZeroedColumn<UInt8>()
    /// Row of the batch plus one while a batch is looked at, by group.
    private var candidates = ZeroedColumn<UInt32>()
    private var touched: [UInt32] = []

    /// - Parameter types: those of key and value, or the value alone for the first and last row.
    init(_ choice: Choice, types: [VectorType], collation: TextCollation, mustAgree: Bool = false) {
        self.mustAgree = mustAgree
        self.choice = choice
        self.collation = collation
        store = RowStore(types: types)
        buffers = types.map { VectorBuffer(type: $0) }
    }

    override func extend(to groupCount: Int) {
        rows.extend(to: groupCount)
        sequences.extend(to: groupCount)
        candidates.extend(to: groupCount)
        if mustAgree { disputes.extend(to: groupCount) }
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        guard let key = arguments.first else { return }
        let candidates = unsafe candidates.pointer
        let stored = storedKeys
        let storedValues = storedValues
        rows.forEach { row, group in
            let candidate = unsafe Int(candidates[group])
            let isFirst = unsafe candidate == 0 && self.rows.pointer[group] == 0
            if !isFirst {
                if mustAgree, let value = arguments.last {
                    let isStored = candidate == 0
                    let known = unsafe isStored ? Int(self.rows.pointer[group]) - 1 : candidate - 1
                    let knownKey = (isStored ? stored : key).datum(known)
                    let knownValue = (isStored ? storedValues : value).datum(known)
                    settle(group, key.datum(row), value.datum(row), knownKey, knownValue, disputes: 0)
                }
                if choice == .first { return }
                let known =
                    unsafe candidate > 0 ? key.datum(candidate - 1) : stored.datum(Int(self.rows.pointer[group]) - 1)
                guard isBetter(key.datum(row), known) else { return }
            }
            if candidate == 0 { touched.append(UInt32(truncatingIfNeeded: group)) }
            unsafe candidates[group] = UInt32(truncatingIfNeeded: row + 1)
        }
        keepCandidates(arguments, sequence)
    }

    /// Notes whether a row that ties with the known one of its group has another value; one with a better key settles
    /// that.
    ///
    /// - Parameter isDisputed: one when the row stands for several that differ.
    private func settle(
        _ group: Int, _ key: Datum, _ value: Datum, _ knownKey: Datum, _ knownValue: Datum, disputes isDisputed: UInt8
    ) {
        switch order(key, knownKey) {
        case .tie: unsafe disputes.pointer[group] |= value.isIdentical(to: knownValue) ? isDisputed : 1
        case .better: unsafe disputes.pointer[group] = isDisputed
        case .worse: break
        }
    }

    private enum KeyOrder { case better, tie, worse }

    /// How a row's key stands to the known one, the order of the rows left aside.
    private func order(_ key: Datum, _ known: Datum) -> KeyOrder {
        if choice == .first || choice == .last { return .tie }
        if key.isNull || known.isNull { return key.isNull == known.isNull ? .tie : known.isNull ? .better : .worse }
        let order = Datum.compare(key, known, collation)
        return order == 0 ? .tie : (order < 0) == (choice == .minimum) ? .better : .worse
    }

    private var storedValues: ColumnVector {
        store.columns[store.columns.count - 1].vector(from: 0, count: store.rowCount)
    }

    private var storedKeys: ColumnVector { store.columns[0].vector(from: 0, count: store.rowCount) }

    /// Whether a later row takes the place of a known one.
    private func isBetter(_ key: Datum, _ known: Datum) -> Bool {
        if choice == .last || known.isNull { return true }
        if key.isNull { return false }
        let order = Datum.compare(key, known, collation)
        return choice == .minimum ? order < 0 : order > 0
    }

    /// Stores the rows of the batch that have been chosen.
    private func keepCandidates(_ arguments: [ColumnVector], _ sequence: UInt64) {
        for first in stride(from: 0, to: touched.count, by: VectorBatch.capacity) {
            let groups = touched[first..<min(first + VectorBatch.capacity, touched.count)]
            unsafe withUnsafeTemporaryAllocation(of: UInt16.self, capacity: groups.count) { list in
                for (index, group) in groups.enumerated() {
                    let group = Int(group)
                    unsafe list[index] = unsafe UInt16(truncatingIfNeeded: candidates.pointer[group] &- 1)
                    unsafe candidates.pointer[group] = 0
                    unsafe rows.pointer[group] = UInt32(truncatingIfNeeded: store.rowCount + index + 1)
                    unsafe sequences.pointer[group] = sequence
                }
                unsafe store.append(arguments, selection: list.baseAddress, count: groups.count)
            }
        }
        touched.removeAll(keepingCapacity: true)
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? ChosenRowState else { return }
        let theirs = other.storedKeys
        let theirValues = other.storedValues
        pairs.forEach { source, target in
            let row = unsafe Int(other.rows.pointer[source]) - 1
            guard row >= 0 else { return }
            if unsafe rows.pointer[target] != 0 {
                let mine = unsafe storedKeys.datum(Int(rows.pointer[target]) - 1)
                let isEarlier = unsafe other.sequences.pointer[source] < sequences.pointer[target]
                if mustAgree {
                    let known = unsafe Int(rows.pointer[target]) - 1
                    unsafe settle(
                        target, theirs.datum(row), theirValues.datum(row), mine, storedValues.datum(known),
                        disputes: other.disputes.pointer[source])
                }
                guard takes(theirs.datum(row), over: mine, isEarlier: isEarlier) else { return }
            }
            if mustAgree, unsafe rows.pointer[target] == 0 {
                unsafe disputes.pointer[target] = unsafe other.disputes.pointer[source]
            }
            take(row, of: other, source: source, target: target)
        }
    }

    private func takes(_ key: Datum, over known: Datum, isEarlier: Bool) -> Bool {
        if choice == .first || choice == .last { return isEarlier == (choice == .first) }
        switch (key.isNull, known.isNull) {
        case (true, true): return !isEarlier
        case (true, false): return false
        case (false, true): return true
        case (false, false):
            let order = Datum.compare(key, known, collation)
            return order == 0 ? isEarlier : (order < 0) == (choice == .minimum)
        }
    }

    private func take(_ row: Int, of other: ChosenRowState, source: Int, target: Int) {
        var stored = UInt32(truncatingIfNeeded: row)
        let values = zip(other.store.columns, buffers).map { column, buffer in
            unsafe column.gather(&stored, positions: nil, count: 1, mayMiss: false, into: buffer)
        }
        unsafe store.append(values, selection: nil, count: 1)
        unsafe rows.pointer[target] = UInt32(truncatingIfNeeded: store.rowCount)
        unsafe sequences.pointer[target] = unsafe other.sequences.pointer[source]
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        if mustAgree {
            for group in first..<first + count where unsafe disputes.pointer[group] != 0 {
                throw EngineError.openChoice
            }
        }
        let rows = unsafe rows.pointer + first
        return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(count, 1)) { list in
            // The wrapped zero is the mark of a missing row.
            for index in 0..<count { unsafe list[index] = unsafe rows[index] &- 1 }
            guard let base = list.baseAddress else { return target.vector() }
            return unsafe store.columns[store.columns.count - 1].gather(
                base, positions: nil, count: count, mayMiss: true, into: target)
        }
    }

    override var byteCount: Int { rows.count * 16 + store.byteCount }
}

extension Datum {
    /// Whether two values are the same in kind and content, not only equal in comparisons.
    package func isIdentical(to other: Datum) -> Bool {
        storageClass == other.storageClass && Datum.compare(self, other, .binary) == 0
    }
}

extension EngineError {
    /// Several values compare as equal and differ, and only SQLite's plan decides which one the query shows.
    package static var openChoice: EngineError {
        EngineError(
            .leavesStaticType,
            "of several values that compare as equal or stand in one group, SQLite's plan decides which one is shown")
    }
}
