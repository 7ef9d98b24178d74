import RheiCore

/// Evaluates window functions over rows that are sorted by one list of keys.
///
/// Windows may use different prefixes of the keys. Only reads what it is given, so threads may evaluate different runs
/// at once.
package final class WindowEvaluator: Sendable {
    private let rows: RowStore
    private let order: SortedRows
    private let keySlots: [Int]
    private let orders: [SortOrder]
    private let functions: [WindowFunctionDescription]
    private let differences: RowDifferences

    /// - Parameters:
    ///   - order: all rows, sorted by the keys.
    ///   - keySlots: per key its stored column.
    package init(
        rows: RowStore, order: SortedRows, keySlots: [Int], orders: [SortOrder], functions: [WindowFunctionDescription]
    ) {
        self.rows = rows
        self.order = order
        self.keySlots = keySlots
        self.orders = orders
        self.functions = functions
        differences = RowDifferences(keys: keySlots.map { rows.columns[$0] }, orders: orders, rows: order)
    }

    package var rowCount: Int { order.count }

    /// Cuts the sorted rows into runs that can be evaluated apart: whole partitions of every function.
    package func runs(atLeast rowCount: Int) -> [Range<Int>] {
        differences.runs(keyCount: functions.map(\.partitionKeyCount).min() ?? 0, atLeast: rowCount)
    }

    /// Evaluates all functions for one run.
    ///
    /// - Parameter check: asked from time to time; throws to end the work early.
    /// - Throws: `invalidArgument` where SQLite raises an error over an argument, and what sums raise.
    package func evaluate(run: Range<Int>, check: @escaping () throws -> Void) throws -> WindowOutput {
        let positions = PositionColumn<UInt32>(count: run.count)
        for position in 0..<run.count { positions[position] = unsafe order.list[run.lowerBound + position] }
        withExtendedLifetime(order) {}
        var cache = Cache(check: check)
        let results = try functions.map { function in
            try check()
            return try evaluate(function, run, positions, &cache)
        }
        return WindowOutput(rows: rows, positions: positions, results: results, types: functions.map(\.resultType))
    }

    /// What functions over one run have in common.
    private struct Cache {
        let check: () throws -> Void
        var groups: [[Int]: WindowGroups] = [:]
        var frames: [FrameIdentity: FrameTable] = [:]
    }

    private struct FrameIdentity: Hashable {
        var frame: FrameDescription
        var partitionKeyCount: Int
        var orderKeyCount: Int
    }

    private func groups(
        _ function: WindowFunctionDescription, _ run: Range<Int>, _ cache: inout Cache
    ) -> WindowGroups {
        let keys = [function.partitionKeyCount, function.orderKeyCount]
        if let known = cache.groups[keys] { return known }
        let groups = WindowGroups(
            differences, run: run, partitionKeyCount: function.partitionKeyCount,
            keyCount: function.partitionKeyCount + function.orderKeyCount)
        cache.groups[keys] = groups
        return groups
    }

    private func frames(
        _ function: WindowFunctionDescription, _ groups: WindowGroups, _ positions: PositionColumn<UInt32>,
        _ cache: inout Cache
    ) throws -> FrameTable {
        let identity = FrameIdentity(
            frame: function.frame, partitionKeyCount: function.partitionKeyCount, orderKeyCount: function.orderKeyCount)
        if let known = cache.frames[identity] { return known }
        var key: FrameKey?
        if function.orderKeyCount == 1 {
            let index = function.partitionKeyCount
            key = FrameKey(column: SortColumn(rows.columns[keySlots[index]], orders[index]), rows: positions)
        }
        let frames = try FrameTable(function.frame, groups, key: key)
        cache.frames[identity] = frames
        return frames
    }

    private func evaluate(
        _ function: WindowFunctionDescription, _ run: Range<Int>, _ positions: PositionColumn<UInt32>,
        _ cache: inout Cache
    ) throws -> WindowResult {
        let groups = groups(function, run, &cache)
        switch function.kind {
        case .rowNumber: return RankingFunctions.rowNumber(groups)
        case .rank: return RankingFunctions.rank(groups)
        case .denseRank: return RankingFunctions.denseRank(groups)
        case .percentRank: return RankingFunctions.percentRank(groups)
        case .cumulativeDistribution: return RankingFunctions.cumulativeDistribution(groups)
        case .ntile:
            let count = argument(0, of: function, positions)
            return try RankingFunctions.ntile(groups) { count($0).wholeNumber }
        case .lag, .lead: return shifted(function, groups, positions)
        default: break
        }
        let frames = try frames(function, groups, positions, &cache)
        try cache.check()
        switch function.kind {
        case .firstValue: return chosen(RowChoosingFunctions.first(frames, positions), function)
        case .lastValue: return chosen(RowChoosingFunctions.last(frames, positions), function)
        case .nthValue:
            let number = argument(1, of: function, positions)
            return chosen(
                try RowChoosingFunctions.nth(frames, positions) { number($0).wholeNumber }, function)
        case .aggregate(let aggregate): return try evaluate(aggregate, function, frames, positions, cache.check)
        default: throw EngineError(.invariant, "a window function that is not known here")
        }
    }

    /// The values of an argument by position.
    private func argument(
        _ index: Int, of function: WindowFunctionDescription, _ positions: PositionColumn<UInt32>
    ) -> (Int) -> Datum {
        let column = rows.columns[function.argumentSlots[index]]
        let vector = column.vector(from: 0, count: column.rowCount)
        return { vector.datum(Int(positions[$0])) }
    }

    private func shifted(
        _ function: WindowFunctionDescription, _ groups: WindowGroups, _ positions: PositionColumn<UInt32>
    ) -> WindowResult {
        var isLead = false
        if case .lead = function.kind { isLead = true }
        let distance: (Int) -> Int64?
        if function.argumentSlots.count > 1 {
            let written = argument(1, of: function, positions)
            distance = { position in written(position).wholeNumber.flatMap { isLead ? $0.negatedIfPossible : $0 } }
        } else {
            distance = { _ in isLead ? -1 : 1 }
        }
        return .stored(
            RowChoosingFunctions.shifted(groups, positions, distance: distance), column: function.argumentSlots[0],
            fallback: function.argumentSlots.count > 2 ? function.argumentSlots[2] : nil)
    }

    private func chosen(_ rows: PositionColumn<UInt32>, _ function: WindowFunctionDescription) -> WindowResult {
        .stored(rows, column: function.argumentSlots[0], fallback: nil)
    }

    private func evaluate(
        _ aggregate: AggregateDescription, _ function: WindowFunctionDescription, _ frames: FrameTable,
        _ positions: PositionColumn<UInt32>, _ check: @escaping () throws -> Void
    ) throws -> WindowResult {
        let column = function.argumentSlots.first.map { rows.columns[$0] }
        let input = WindowInput(positions, argument: column, filter: function.filterSlot.map { rows.columns[$0] })
        let sums = WindowSum(input: input, frames: frames)
        switch aggregate.kind {
        case .countRows, .count: return sums.count()
        case .sum: return try sums.sum(.sum, resultType: function.resultType)
        case .total: return try sums.sum(.total, resultType: function.resultType)
        case .average: return try sums.sum(.average, resultType: function.resultType)
        case .minimum, .maximum:
            guard let column else { break }
            var isMaximum = false
            if case .maximum = aggregate.kind { isMaximum = true }
            let extreme = WindowExtreme(input: input, frames: frames, rows: positions, isMaximum: isMaximum)
            return chosen(try extreme.chosenRows(column, aggregate.collation), function)
        case .concatenate where !aggregate.orders.isEmpty:
            return try evaluateWhole(aggregate, function, frames, positions, check)
        case .concatenate:
            let separator = function.argumentSlots.dropFirst().first.map {
                WindowInput(positions, argument: rows.columns[$0], filter: nil)
            }
            return try WindowConcatenation(input: input, separator: separator, frames: frames).result()
        case .anyValue, .firstRow, .lastRow, .rowOfMinimum, .rowOfMaximum, .product, .statistic, .quantile, .mode,
            .collect:
            return try evaluateWhole(aggregate, function, frames, positions, check)
        }
        throw EngineError.unsupported("\(aggregate.kind) as a window function")
    }

    /// Aggregates that no frame can be moved along for: frames are groups then.
    private func evaluateWhole(
        _ aggregate: AggregateDescription, _ function: WindowFunctionDescription, _ frames: FrameTable,
        _ positions: PositionColumn<UInt32>, _ check: @escaping () throws -> Void
    ) throws -> WindowResult {
        let columns = function.argumentSlots.map { rows.columns[$0] }
        guard frames.isPartition else {
            return try FrameAggregate(
                aggregate, frames, positions, columns: columns, filter: function.filterSlot.map { rows.columns[$0] },
                check: check
            ).result()
        }
        return try PartitionAggregate(aggregate, frames.groups, positions).result(
            columns, filter: function.filterSlot.map { rows.columns[$0] }, check: check)
    }
}

extension Int64 {
    /// The number with its sign turned; nil for the least one.
    fileprivate var negatedIfPossible: Int64? { self == .min ? nil : 0 - self }
}
