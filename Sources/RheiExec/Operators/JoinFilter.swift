import RheiCompute
import RheiPlan
import Synchronization

/// Carries the values of a join key from the build side, once that is complete, to scans of the other side.
final class JoinFilter: Sendable {
    private let keys = Mutex<KeyFilter?>(nil)

    /// Nil until the build side is complete, and for keys that are no integers.
    var value: KeyFilter? {
        get { keys.withLock { $0 } }
        set { keys.withLock { $0 = newValue } }
    }
}

/// What a filter leaves of the rows.
enum RowFilter {
    case join(JoinFilter)
    case top(TopThreshold)
}

/// A filter on its way down a plan to the scans whose column it restricts: rows of other values do not matter to the
/// result.
struct PendingFilter {
    var column: ColumnID
    var filter: RowFilter
    /// The pipelines that must have ended before the filter is read.
    var pipelines: [Int]

    func renamed(_ column: ColumnID) -> PendingFilter {
        PendingFilter(column: column, filter: filter, pipelines: pipelines)
    }
}

extension PhysicalPlan {
    /// Of filters on this operator's output, those that each input may apply to its own rows, in the order of
    /// ``children``.
    func pushed(_ filters: [PendingFilter]) -> [[PendingFilter]] {
        if filters.isEmpty { return children.map { _ in [] } }
        switch node {
        case .filter(let input, _), .sort(let input, _, limit: nil, offset: 0): return [filters.on(input)]
        case .expand(let node): return [filters.on(node.input)]
        case .project(_, let expressions): return [filters.renamed(columns, expressions)]
        // Other groups than those that pass do not matter.
        case .aggregate(let node): return [filters.renamed(Array(columns.prefix(node.keys.count)), node.keys)]
        case .unionAll(let inputs):
            return inputs.map { input in
                filters.renamed(columns, input.columns.map { .column($0.id, $0.type) })
            }
        case .hashJoin(let join): return pushed(filters, join)
        case .nestedLoopJoin(let join):
            switch join.kind {
            case .inner: return [filters.on(join.probe), filters.on(join.build)]
            case .left, .single, .semi, .anti, .mark: return [filters.on(join.probe), []]
            case .right, .full: return [[], []]
            }
        default: return children.map { _ in [] }
        }
    }

    /// A row's matches agree with it in the keys, so what is filtered on one side is filtered on the other; except
    /// where rows without a match show, or where a null on the build side tells something.
    private func pushed(_ filters: [PendingFilter], _ join: PhysicalHashJoin) -> [[PendingFilter]] {
        let keys = join.keys.filter { !$0.nullsMatch }
        let ofProbe = filters.on(join.probe)
        let ofBuild = filters.on(join.build)
        let acrossToBuild = ofProbe.across(keys.map { ($0.probe, $0.build) })
        let acrossToProbe = ofBuild.across(keys.map { ($0.build, $0.probe) })
        switch join.kind {
        case .inner: return [ofProbe + acrossToProbe, ofBuild + acrossToBuild]
        case .semi, .anti: return join.yieldsBuildRows ? [acrossToProbe, ofBuild] : [ofProbe, acrossToBuild]
        case .left, .single: return [ofProbe, acrossToBuild]
        case .right: return [acrossToProbe, ofBuild]
        case .mark: return [ofProbe, []]
        case .full: return [[], []]
        }
    }
}

extension [PendingFilter] {
    fileprivate func on(_ plan: PhysicalPlan) -> [PendingFilter] {
        filter { filter in plan.columns.contains { $0.id == filter.column } }
    }

    /// The filters on columns that are copies of an input's columns, by the names of those.
    fileprivate func renamed(_ columns: [PlanColumn], _ expressions: [Expression]) -> [PendingFilter] {
        flatMap { filter in
            zip(columns, expressions).compactMap { column, expression in
                guard column.id == filter.column, case .column(let source, _) = expression else { return nil }
                return filter.renamed(source)
            }
        }
    }

    /// The filters on the first column of a pair, by the name of the second.
    fileprivate func across(_ pairs: [(Expression, Expression)]) -> [PendingFilter] {
        flatMap { filter in
            pairs.compactMap { pair in
                guard case .column(filter.column, _) = pair.0, case .column(let other, _) = pair.1 else { return nil }
                return filter.renamed(other)
            }
        }
    }
}

extension PhysicalHashJoin {
    /// Whether probe rows that no build row has the key of have no part in the result.
    var dropsProbeRowsWithoutMatch: Bool {
        switch kind {
        case .inner, .right: true
        case .semi: true
        case .anti: yieldsBuildRows
        case .left, .full, .single, .mark: false
        }
    }
}
