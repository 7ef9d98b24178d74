import RheiArrow

/// Keeps all values of each group and finds one by its place in their order: a quantile, or the most frequent value.
final class OrderStatisticState: AggregateState {
    enum Choice {
        /// Between neighbouring values the result lies proportionally between them.
        case continuousQuantile(Double)
        /// The first value that at least this share of the values does not exceed.
        case discreteQuantile(Double)
        /// The most frequent value; of several the least.
        case mode
    }

    private let choice: Choice
    private let store: RowStore
    /// Row of the store plus one, zero for none: the last row of each group, and the row before each row of its group.
    private var tails = ZeroedColumn<UInt32>()
    private var previous = ZeroedColumn<UInt32>()
    private let buffer: VectorBuffer

    init(_ choice: Choice, type: VectorType) {
        self.choice = choice
        store = RowStore(types: [type])
        buffer = VectorBuffer(type: type)
    }

    override func extend(to groupCount: Int) { tails.extend(to: groupCount) }

    private func link(_ row: Int, _ group: Int) {
        unsafe previous.pointer[row] = unsafe tails.pointer[group]
        unsafe tails.pointer[group] = UInt32(truncatingIfNeeded: row + 1)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        var row = store.rowCount
        previous.extend(to: row + rows.count)
        rows.forEach { _, group in
            link(row, group)
            row += 1
        }
        unsafe store.append(Array(arguments.prefix(1)), selection: rows.selection, count: rows.count)
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? OrderStatisticState else { return }
        pairs.forEach { source, target in
            for row in other.rows(of: source) {
                var stored = UInt32(truncatingIfNeeded: row)
                let value = unsafe other.store.columns[0].gather(
                    &stored, positions: nil, count: 1, mayMiss: false, into: buffer)
                previous.extend(to: store.rowCount + 1)
                link(store.rowCount, target)
                unsafe store.append([value], selection: nil, count: 1)
            }
        }
    }

    private func rows(of group: Int) -> [Int] {
        var list: [Int] = []
        var row = unsafe Int(tails.pointer[group])
        while row != 0 {
            list.append(row - 1)
            row = unsafe Int(previous.pointer[row - 1])
        }
        return list
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        if case .continuousQuantile(let fraction) = choice { return quantiles(fraction, first, count, target) }
        let key = SortColumn(store.columns[0], SortOrder())
        return unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: max(count, 1)) { list in
            for index in 0..<count {
                let sorted = rows(of: first + index).sorted { key.compare($0, $1) < 0 }
                let row = sorted.isEmpty ? nil : sorted[place(in: sorted, key)]
                unsafe list[index] = row.map { UInt32(truncatingIfNeeded: $0) } ?? noStoredRow
            }
            guard let base = list.baseAddress else { return target.vector() }
            return unsafe store.columns[0].gather(base, positions: nil, count: count, mayMiss: true, into: target)
        }
    }

    private func place(in sorted: [Int], _ key: SortColumn) -> Int {
        if case .discreteQuantile(let fraction) = choice {
            return min(max(Int((fraction * Double(sorted.count)).rounded(.up)) - 1, 0), sorted.count - 1)
        }
        var (best, bestLength) = (0, 0)
        var start = 0
        for index in 1...sorted.count
        where index == sorted.count || key.compare(sorted[start], sorted[index]) != 0 {
            if index - start > bestLength { (best, bestLength) = (start, index - start) }
            start = index
        }
        return best
    }

    private func quantiles(_ fraction: Double, _ first: Int, _ count: Int, _ target: VectorBuffer) -> ColumnVector {
        let result = target.vector()
        let values = store.columns[0].vector(from: 0, count: store.rowCount).elements(Double.self)
        let quantiles = result.elements(Double.self)
        for row in 0..<count {
            let sorted = rows(of: first + row).map { values[$0] }.sorted()
            if sorted.isEmpty {
                quantiles[row] = .nan
                continue
            }
            let place = fraction * Double(sorted.count - 1)
            let lower = Int(place.rounded(.down))
            let upper = min(lower + 1, sorted.count - 1)
            let share = sorted[lower] == sorted[upper] ? 0 : place - Double(lower)
            quantiles[row] =
                share == 0 ? sorted[lower] : sorted[lower] + (sorted[upper] - sorted[lower]) * share
        }
        return attachValidity(result, target, count: count) { !quantiles[$0].isNaN }
    }

    override var byteCount: Int { tails.count * 4 + previous.count * 4 + store.byteCount }
}
