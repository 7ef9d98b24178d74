import RheiArrow
import RheiCore

/// Estimates row counts from the tables' statistics, under the usual assumptions of uniform and independent values
/// ("Access Path Selection in a Relational Database Management System", SIGMOD 1979).
struct CardinalityEstimator {
    /// What is known of a base column.
    struct Column {
        var distinctCount: Double
        var minimum: Double?
        var maximum: Double?
        var nullFraction: Double
        /// Whether the column is a key of its table: then equal columns have no further values.
        var isUnique = false
        /// Index of its table in `tables`.
        var table = 0
    }

    /// What is known of a scanned table.
    struct Table {
        var rowCount: Double
        /// Sets of columns on which no two rows agree.
        var keys: [Set<ColumnID>]
    }

    private(set) var columns: [ColumnID: Column] = [:]
    private(set) var tables: [Table] = []
    private var sharedRowCounts: [Int: Double] = [:]

    init(_ plan: LogicalPlan, _ context: PlanContext) {
        for id in context.readersFirst(plan).reversed() {
            guard let body = context.sharedPlans[id] else { continue }
            collect(body, context)
            sharedRowCounts[id] = rowCount(body)
        }
        collect(plan, context)
    }

    private mutating func collect(_ plan: LogicalPlan, _ context: PlanContext) {
        for input in plan.inputs { collect(input, context) }
        switch plan {
        case .scan(let scan): collect(scan)
        case .project(_, let projected):
            for column in projected where !column.isPassedThrough {
                if let source = column.expression.columnID { columns[column.id] = columns[source] }
            }
        case .aggregate(let aggregate):
            for key in aggregate.keys where !key.isPassedThrough {
                if let source = key.expression.columnID { columns[key.id] = columns[source] }
            }
        case .unionAll(let inputs, let own): collect(union: inputs, own)
        case .shared(let id, let own):
            guard let body = context.sharedPlans[id] else { return }
            for (column, source) in zip(own, body.columns) { columns[column.id] = columns[source.id] }
        default: break
        }
    }

    /// A column of a union has the values of all its parts; where nothing is known of one, nothing is of all. The parts
    /// are taken to share their values.
    private mutating func collect(union inputs: [LogicalPlan], _ own: [PlanColumn]) {
        let rowCounts = inputs.map { max(1, rowCount($0)) }
        let total = rowCounts.reduce(0, +)
        tables.append(Table(rowCount: max(1, total), keys: []))
        for (position, column) in own.enumerated() {
            let parts = inputs.compactMap { columns[$0.columns[position].id] }
            guard parts.count == inputs.count, let largest = parts.map(\.distinctCount).max() else { continue }
            let bounds = parts.compactMap { part in part.minimum.flatMap { low in part.maximum.map { (low, $0) } } }
            let isBounded = bounds.count == parts.count
            columns[column.id] = Column(
                distinctCount: largest, minimum: isBounded ? bounds.map(\.0).min() : nil,
                maximum: isBounded ? bounds.map(\.1).max() : nil,
                nullFraction: zip(parts, rowCounts).reduce(0) { $0 + $1.0.nullFraction * $1.1 } / max(1, total),
                table: tables.count - 1)
        }
    }

    private mutating func collect(_ scan: LogicalScan) {
        let rowCount = Double(max(1, scan.provider.rowCount))
        let ids = Dictionary(zip(scan.tableColumns, scan.columns.map(\.id)), uniquingKeysWith: { first, _ in first })
        let keys = scan.provider.table.uniqueKeys.compactMap { key -> Set<ColumnID>? in
            let held = key.compactMap { ids[$0] }
            return held.count == key.count ? Set(held) : nil
        }
        tables.append(Table(rowCount: rowCount, keys: keys))
        for (index, column) in zip(scan.tableColumns, scan.columns) {
            let known = scan.provider.statistics(column: index)
            let nullFraction = Double(known?.nullCount ?? 0) / rowCount
            var distinctCount = known?.distinctCount.map(Double.init) ?? rowCount.squareRoot() * 4
            let minimum = known?.minimum?.number
            let maximum = known?.maximum?.number
            if known?.distinctCount == nil, column.type == .int64, let minimum, let maximum {
                distinctCount = maximum - minimum + 1
            }
            let isUnique = scan.provider.table.uniqueKeys.contains([index])
            if isUnique { distinctCount = rowCount }
            columns[column.id] = Column(
                distinctCount: max(1, min(distinctCount, rowCount)), minimum: minimum, maximum: maximum,
                nullFraction: min(1, max(0, nullFraction)), isUnique: isUnique, table: tables.count - 1)
        }
    }

    /// Estimates the rows of a plan.
    func rowCount(_ plan: LogicalPlan) -> Double {
        switch plan {
        case .scan(let scan): return Double(scan.provider.rowCount)
        case .values(let rows, _): return Double(rows.count)
        case .filter(let input, let conditions):
            return rowCount(input) * selectivity(ofAll: conditions, 1000, 1000)
        case .project(let input, _), .sort(let input, _): return rowCount(input)
        case .limit(let input, let limit, let offset):
            let count = max(0, rowCount(input) - Double(offset))
            return limit.map { min(count, Double($0)) } ?? count
        case .aggregate(let aggregate):
            return groupCount(aggregate.keys.map(\.expression), rowCount(aggregate.input), in: aggregate.input)
        case .window(let window): return rowCount(window.input)
        case .join(let join): return rowCount(join)
        case .expand(let expansion): return rowCount(expansion.input) * 10
        case .unionAll(let inputs, _): return inputs.reduce(0) { $0 + rowCount($1) }
        case .recursion(let recursion): return 10 * (rowCount(recursion.start) + 1)
        case .shared(let id, _): return sharedRowCounts[id] ?? 1000
        }
    }

    /// Estimates the number of groups among so many rows.
    ///
    /// - Parameter plan: yields the rows, if known; its filters may list the values of a key.
    func groupCount(_ keys: [Expression], _ rowCount: Double, in plan: LogicalPlan? = nil) -> Double {
        if keys.isEmpty { return 1 }
        let product = keys.reduce(1.0) { $0 * min(distinctCount($1, rowCount, plan), 1e12) }
        return max(min(1, rowCount), min(product, rowCount))
    }

    private func distinctCount(_ expression: Expression, _ rowCount: Double, _ plan: LogicalPlan?) -> Double {
        if expression.literalValue != nil { return 1 }
        let read = expression.columns
        if read.isEmpty { return 1 }
        return read.reduce(1.0) { product, id in
            let known = plan.map { distinctCount(id, in: $0) } ?? columns[id]?.distinctCount
            return product * (known ?? max(1, rowCount / 10))
        }
    }

    private func rowCount(_ join: LogicalJoin) -> Double {
        let left = rowCount(join.left)
        let right = rowCount(join.right)
        let conditions = join.condition + join.membership
        let matches = joinedRowCount(left, right, conditions) { join.left.yields($0) }
        switch join.kind {
        case .inner: return matches
        case .left: return join.rightIsAtMostOne ? left : max(left, matches)
        case .right: return max(right, matches)
        case .full: return max(left, right, matches)
        case .single, .mark: return left
        case .semi: return min(left, max(matches, 1))
        case .anti: return max(left * 0.1, left - matches)
        }
    }

    /// Estimates the rows of an inner join.
    ///
    /// - Parameter isLeft: whether a column is one of the left side's.
    func joinedRowCount(
        _ left: Double, _ right: Double, _ conditions: [Expression], isLeft: (ColumnID) -> Bool
    ) -> Double {
        let equalities = conditions.compactMap(ColumnEquivalence.equality)
        let others = conditions.filter { ColumnEquivalence.equality($0) == nil }
        var matches = left * right
        if equalities.count > 1 {
            matches /= combinedValueCount(equalities)
        } else if let (first, second) = equalities.first {
            let sides = [first, second].map { $0.columnID.map(isLeft) ?? true ? left : right }
            matches /= valueCount((first, sides[0]), (second, sides[1]))
        }
        return others.reduce(matches) { $0 * selectivity($1, left: left, right: right) }
    }

    /// Estimates the values among which rows meet that agree in one column: a side has no more of them than rows, so
    /// that the rows a filter leaves of a table are taken for such as the other side refers to.
    private func valueCount(_ first: (Expression, rowCount: Double), _ second: (Expression, rowCount: Double)) -> Double
    {
        let counts = [first, second].map { min(distinct($0.0, $0.rowCount), $0.rowCount) }
        // A reference to a key has no more values than the key.
        let bound = min(keyCount(first.0), keyCount(second.0))
        return max(1, min(max(counts[0], counts[1]), bound))
    }

    /// Estimates the combined values among which rows meet that agree in several columns.
    private func combinedValueCount(_ equalities: [(Expression, Expression)]) -> Double {
        let sides = [equalities.map(\.0), equalities.map(\.1)].map { $0.compactMap(\.columnID) }
        if let keyCount = keyRowCount(Set(sides.joined()), covering: equalities.count) { return keyCount }
        return max(1, sides.map(combinedDistinctCount).max() ?? 1)
    }

    /// The rows of the smallest table that has a key of as many of the columns: the others are references to it and
    /// take its values.
    func keyRowCount(_ ids: Set<ColumnID>, covering count: Int) -> Double? {
        let held = Set(ids.compactMap { columns[$0]?.table }).map { tables[$0] }
        let fitting = held.filter { $0.keys.contains { $0.count == count && $0.isSubset(of: ids) } }
        return fitting.map(\.rowCount).min()
    }

    /// Estimates the combined values of columns: no more than the largest of their tables has rows.
    func combinedDistinctCount(_ ids: [ColumnID]) -> Double {
        var (product, largest) = (1.0, 1.0)
        for id in ids {
            guard let column = columns[id] else { continue }
            product *= column.distinctCount
            largest = max(largest, tables[column.table].rowCount)
        }
        return min(product, largest)
    }

    /// Estimates the fraction of rows for which a condition is true.
    func selectivity(_ condition: Expression, left: Double = 1000, right: Double = 1000) -> Double {
        switch condition {
        case .literal(let value, _): return value == .integer(1) ? 1 : 0
        case .and(let operands): return selectivity(ofAll: operands, left, right)
        case .or(let operands):
            let share = min(1, operands.reduce(0) { $0 + selectivity($1, left: left, right: right) })
            return min(1, share / impliedSelectivity(condition))
        case .not(let operand): return max(0.01, 1 - selectivity(operand, left: left, right: right))
        case .isNull(.column(let id, _)): return columns[id]?.nullFraction ?? 0.05
        case .isNull: return 0.05
        case .inList(let operand, let values, _):
            let each = operand.columnID.flatMap { columns[$0] }.map { 1 / $0.distinctCount } ?? 0.05
            return min(1, each * Double(values.count))
        case .comparison(let op, let first, let second, _):
            return comparisonSelectivity(op, first, second, left, right)
        case .call: return 0.1
        default: return 0.3
        }
    }

    /// Estimates the fraction of pairs that what a disjunction over several tables says of each of them leaves: their
    /// rows are filtered by that before they are joined.
    private func impliedSelectivity(_ condition: Expression) -> Double {
        let byTable = Dictionary(grouping: condition.columns) { columns[$0]?.table }
        guard byTable.count > 1 else { return 1 }
        let implied = byTable.sorted { ($0.key ?? -1) < ($1.key ?? -1) }
            .compactMap { DisjunctionFactoring.implied(by: condition, over: Set($0.value)) }
        return max(1e-9, implied.reduce(1) { $0 * selectivity($1) })
    }

    /// Estimates the fraction of rows for which all conditions are true: those on both ends of a column's range are
    /// taken together, of those that list a column's values the narrowest counts, others are taken as independent.
    private func selectivity(ofAll conditions: [Expression], _ left: Double, _ right: Double) -> Double {
        var result = 1.0
        var ranges: [ColumnID: (low: Double, high: Double)] = [:]
        var lists: [ColumnID: Double] = [:]
        for condition in conditions {
            if let id = Self.listingColumn(condition) {
                lists[id] = min(lists[id] ?? 1, selectivity(condition, left: left, right: right))
                continue
            }
            guard let bound = bound(condition) else {
                result *= selectivity(condition, left: left, right: right)
                continue
            }
            var range = ranges[bound.column] ?? (0, 1)
            if bound.isUpper {
                range.high = min(range.high, bound.fraction)
            } else {
                range.low = max(range.low, bound.fraction)
            }
            ranges[bound.column] = range
        }
        for id in ranges.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard let range = ranges[id], let column = columns[id] else { continue }
            result *= max(range.high - range.low, 1 / column.distinctCount)
        }
        for id in lists.keys.sorted(by: { $0.rawValue < $1.rawValue }) { result *= lists[id] ?? 1 }
        return result
    }

    /// The only column of a condition that lists the values it may have.
    private static func listingColumn(_ condition: Expression) -> ColumnID? { listing(condition)?.column }

    /// The same with how many values are listed.
    private static func listing(_ condition: Expression) -> (column: ColumnID, count: Int)? {
        switch condition {
        case .comparison(.equal, let left, let right, _):
            if right.literalValue != nil { return left.columnID.map { ($0, 1) } }
            return left.literalValue != nil ? right.columnID.map { ($0, 1) } : nil
        case .inList(let operand, let values, _): return operand.columnID.map { ($0, values.count) }
        case .or(let operands):
            let listings = operands.compactMap(listing)
            guard let first = listings.first, listings.count == operands.count,
                listings.allSatisfy({ $0.column == first.column })
            else { return nil }
            return (first.column, listings.reduce(0) { $0 + $1.count })
        default: return nil
        }
    }

    /// Estimates the values that a column has in the rows of a plan, as far as filters list them above or below joins.
    func distinctCount(_ id: ColumnID, in plan: LogicalPlan) -> Double? {
        switch plan {
        case .filter(let input, let conditions):
            let listed = conditions.compactMap(Self.listing).filter { $0.column == id }.map { Double($0.count) }.min()
            let known = distinctCount(id, in: input)
            return listed.map { min($0, known ?? $0) } ?? known
        case .join(let join):
            return distinctCount(id, in: join.left.yields(id) || !join.kind.yieldsRight ? join.left : join.right)
        default: return columns[id]?.distinctCount
        }
    }

    /// Of a comparison of a column with a constant: whether it bounds the values from above, and the fraction of them
    /// that lies below the bound.
    private func bound(_ condition: Expression) -> (column: ColumnID, isUpper: Bool, fraction: Double)? {
        guard case .comparison(let op, let first, let second, _) = condition else { return nil }
        let (low, high): (Expression, Expression)
        switch op {
        case .less, .lessOrEqual: (low, high) = (first, second)
        case .greater, .greaterOrEqual: (low, high) = (second, first)
        default: return nil
        }
        if let id = low.columnID, let value = high.literalValue?.number {
            return columns[id]?.fraction(below: value).map { (id, true, $0) }
        }
        if let id = high.columnID, let value = low.literalValue?.number {
            return columns[id]?.fraction(below: value).map { (id, false, $0) }
        }
        return nil
    }

    private func comparisonSelectivity(
        _ op: ComparisonOperator, _ first: Expression, _ second: Expression, _ left: Double, _ right: Double
    ) -> Double {
        switch op {
        case .equal, .isNotDistinct:
            let count = max(distinct(first, left), distinct(second, right))
            // A reference to a key has no more values than the key.
            let bound = min(keyCount(first), keyCount(second))
            return 1 / max(1, min(count, bound))
        case .notEqual, .isDistinct: return 0.9
        case .less, .lessOrEqual: return rangeFraction(first, second) ?? 0.33
        case .greater, .greaterOrEqual: return rangeFraction(second, first) ?? 0.33
        }
    }

    /// The number of a key's values; infinite for what is no key.
    func keyCount(_ expression: Expression) -> Double {
        guard let column = expression.columnID.flatMap({ columns[$0] }), column.isUnique else { return .infinity }
        return column.distinctCount
    }

    private func distinct(_ expression: Expression, _ rowCount: Double) -> Double {
        if expression.literalValue != nil { return 1 }
        var found = 1.0
        for id in expression.columns { found = max(found, columns[id]?.distinctCount ?? max(1, rowCount / 2)) }
        return found
    }

    /// The fraction of values for which `low < high`, where one side is a column with bounds and the other a constant.
    private func rangeFraction(_ low: Expression, _ high: Expression) -> Double? {
        if let column = low.columnID.flatMap({ columns[$0] }), let bound = high.literalValue?.number {
            return column.fraction(below: bound)
        }
        if let column = high.columnID.flatMap({ columns[$0] }), let bound = low.literalValue?.number {
            return column.fraction(below: bound).map { 1 - $0 }
        }
        return nil
    }
}

extension CardinalityEstimator.Column {
    fileprivate func fraction(below bound: Double) -> Double? {
        guard let minimum, let maximum, maximum > minimum else { return nil }
        return min(1, max(0.001, (bound - minimum) / (maximum - minimum)))
    }
}

extension ScalarBound {
    var number: Double {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        }
    }
}

extension SQLValue {
    /// The value of an integer or real.
    var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .real(let value): value
        default: nil
        }
    }
}
