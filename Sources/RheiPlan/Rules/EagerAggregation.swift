import RheiArrow
import RheiCore

/// Groups rows before they are joined with tables whose texts they are grouped by: first by the numbers that the join
/// and the other keys read, and what has become of them, once it is joined, by the texts ("Eager Aggregation and Lazy
/// Aggregation", VLDB 1995).
///
/// The join is one of equal columns that parts the inputs in two: the *fine* ones, which the aggregates read, and the
/// *coarse* ones, which hold the texts. Aggregates must be put together from those of the fine groups without a
/// difference, and may not fail for rows that the join would have left out; what is computed anew for each row, like the
/// numbers of a sample, keeps all of it as it is.
struct EagerAggregation {
    let context: PlanContext
    let estimator: CardinalityEstimator
    /// Rows per batch: for few batches nothing is done.
    let vectorSize: Int

    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        let plan = plan.mapInputs(apply)
        guard case .aggregate(let aggregate) = plan, !aggregate.aggregates.isEmpty,
            aggregate.keys.count(where: \.expression.type.isString) > 1, Self.isOpen(aggregate)
        else { return plan }
        let cuts = JoinCut.all(of: aggregate.input).compactMap { cut in
            saving(aggregate, cut).map { (cut: cut, saving: $0) }
        }
        for (cut, _) in cuts.sorted(by: { $0.saving > $1.saving }) {
            if let result = split(aggregate, cut) { return result }
        }
        return plan
    }

    /// Whether results are the same however often keys and arguments are computed, and in whichever order values come.
    private static func isOpen(_ aggregate: LogicalAggregate) -> Bool {
        aggregate.keys.allSatisfy(\.expression.isDeterministic)
            && aggregate.aggregates.allSatisfy { column in
                column.call.arguments.allSatisfy(\.isDeterministic)
                    && (column.call.collation == .binary || !column.call.type.isString)
            }
    }

    // MARK: - Rewriting

    private func split(_ aggregate: LogicalAggregate, _ cut: JoinCut) -> LogicalPlan? {
        guard let keys = fineKeys(aggregate, cut) else { return nil }
        let fine = cut.fine.plan
        // The second sums are of as many rows as the join has.
        var split = AggregateSplit(context: context, bounds: IntegerBounds(aggregate.input), sumsDecimals: true)
        for column in aggregate.aggregates {
            if column.call.columns.isSubset(of: cut.fine.columnIDs), column.call.arguments.allSatisfy(\.neverFails) {
                guard split.add(column) else { return nil }
            } else {
                guard column.call.columns.isSubset(of: cut.coarse.columnIDs), split.keep(column) else { return nil }
            }
        }
        let lower = LogicalPlan.aggregate(
            LogicalAggregate(input: fine, keys: keys.map { ProjectedColumn($0) }, aggregates: split.lower))
        let joined = JoinInputs(
            leaves: [lower] + cut.coarse.leaves, conditions: cut.coarse.conditions + cut.conditions)
        let upper = LogicalAggregate(input: joined.plan, keys: aggregate.keys, aggregates: split.upper)
        return .project(.aggregate(upper), aggregate.keys.map { ProjectedColumn($0.column) } + split.results)
    }

    /// The columns that fine rows are grouped by: those that the join compares, and those that are keys already.
    ///
    /// - Returns: nil where they are not cheap to compare, or a key reads both parts.
    private func fineKeys(_ aggregate: LogicalAggregate, _ cut: JoinCut) -> [PlanColumn]? {
        let own = cut.fine.columnIDs
        var read: [Expression] = cut.equalities.map(\.fine)
        for key in aggregate.keys {
            let columns = key.expression.columns
            if columns.isSubset(of: cut.coarse.columnIDs) { continue }
            guard columns.isSubset(of: own), key.expression.columnID != nil else { return nil }
            read.append(key.expression)
        }
        var keys: [PlanColumn] = []
        for expression in read {
            guard let id = expression.columnID, expression.type.hasOneFormPerValue, !expression.type.isString else {
                return nil
            }
            if !keys.contains(where: { $0.id == id }) { keys.append(PlanColumn(id: id, type: expression.type)) }
        }
        return keys
    }

    // MARK: - Costs

    /// Nanoseconds, roughly, for a row that is grouped by numbers, for each text that it is fetched and grouped by, and
    /// for a group that is joined.
    private static let (numbersCost, textCost, joinCost) = (15.0, 20.0, 10.0)
    /// The cost of the new plan must be less than this part of the old one's.
    private static let worthwhileFraction = 0.7
    /// Rows of fewer batches are not worth two groupings.
    private static let leastBatchCount = 32

    /// Estimates the nanoseconds that the new plan takes less; nil where it is not worthwhile.
    private func saving(_ aggregate: LogicalAggregate, _ cut: JoinCut) -> Double? {
        let coarse = cut.coarse.columnIDs
        let textCount = aggregate.keys.count { key in
            key.expression.type.isString && !key.expression.columns.isDisjoint(with: coarse)
                && hasManyValues(key.expression)
        }
        guard textCount > 1, let keys = fineKeys(aggregate, cut), !isFilter(cut) else { return nil }
        let rowCount = fineRowCount(cut)
        let groupCount = groupCount(keys, rowCount, cut)
        guard rowCount >= Double(Self.leastBatchCount * vectorSize) else { return nil }
        let textCost = Self.textCost * Double(textCount)
        let lazy = rowCount * (textCost + Self.joinCost)
        let eager = rowCount * Self.numbersCost + groupCount * (textCost + Self.numbersCost + Self.joinCost)
        return eager < lazy * Self.worthwhileFraction ? lazy - eager : nil
    }

    /// Texts of few values are grouped by their places in a dictionary.
    private func hasManyValues(_ expression: Expression) -> Bool {
        guard let known = expression.columnID.flatMap({ estimator.columns[$0] }) else { return true }
        return known.distinctCount > Double(vectorSize / 2)
    }

    /// Whether the join leaves out many rows, which then need not be grouped.
    private func isFilter(_ cut: JoinCut) -> Bool {
        let values = cut.equalities.map { min(distinctCount($0.fine), distinctCount($0.coarse)) }.min() ?? 1
        return estimator.rowCount(cut.coarse.plan) < values / 2
    }

    private func distinctCount(_ column: Expression) -> Double {
        column.columnID.flatMap { estimator.columns[$0]?.distinctCount } ?? .infinity
    }

    /// Estimates how many rows the fine inputs join to, as if a filter of one input chose among the rows that others refer
    /// to: years of a calendar are asked for in which something was sold.
    private func fineRowCount(_ cut: JoinCut) -> Double {
        let counts = cut.fine.leaves.map(estimator.rowCount)
        guard let largest = counts.indices.max(by: { counts[$0] < counts[$1] }) else { return 0 }
        return counts.indices.reduce(counts[largest]) { count, leaf in
            guard leaf != largest, let reference = cut.fine.reference(to: leaf) else { return count }
            return count * min(1, counts[leaf] / max(1, distinctCount(reference.from)))
        }
    }

    /// Estimates the groups of so many rows.
    private func groupCount(_ keys: [PlanColumn], _ rowCount: Double, _ cut: JoinCut) -> Double {
        min(rowCount, keys.reduce(1) { $0 * max(1, valueCount($1.id, cut.fine)) })
    }

    private func valueCount(_ id: ColumnID, _ inputs: JoinInputs) -> Double {
        guard let leaf = inputs.leaf(of: id), let count = estimator.distinctCount(id, in: inputs.leaves[leaf]) else {
            return .infinity
        }
        guard let reference = inputs.reference(to: leaf), let known = estimator.columns[id]?.distinctCount else {
            return count
        }
        // Of a table that is referred to from few of its keys, about as few of the other values count.
        let referredPart = distinctCount(reference.from) / max(1, distinctCount(reference.to))
        return min(count, known * min(1, referredPart))
    }
}

extension AggregateCall {
    /// All columns that it reads.
    fileprivate var columns: Set<ColumnID> {
        (arguments + [filter].compactMap { $0 }).reduce(into: []) { $0.formUnion($1.columns) }
    }
}

extension Expression {
    /// Whether no value of its columns makes it fail: columns, constants, and arithmetic on decimals whose results have
    /// room in their types.
    fileprivate var neverFails: Bool {
        switch self {
        case .column, .literal: true
        case .cast(let operand, .represent, _): operand.neverFails
        case .call("decimal_add", let operands, .decimal128(let precision, _)),
            .call("decimal_subtract", let operands, .decimal128(let precision, _)),
            .call("decimal_multiply", let operands, .decimal128(let precision, _)):
            precision < DataType.widestPrecision && operands.allSatisfy(\.neverFails)
        default: false
        }
    }
}
