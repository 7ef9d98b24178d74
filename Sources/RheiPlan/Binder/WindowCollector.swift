import RheiArrow
import RheiCore

/// A window function while its SELECT is being bound.
struct PendingWindow: Hashable {
    /// Without key counts, which depend on the operator it ends up in.
    var call: WindowCall
    var partition: [SortKey]
    var order: [SortKey]

    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> PendingWindow {
        PendingWindow(
            call: try call.mapped(transform), partition: try partition.map { try $0.mapped(transform) },
            order: try order.map { try $0.mapped(transform) })
    }
}

/// Gathers the window functions of one SELECT.
final class WindowCollector {
    private(set) var windows: [(id: ColumnID, window: PendingWindow)] = []
    var isEmpty: Bool { windows.isEmpty }
    var ids: Set<ColumnID> { Set(windows.map(\.id)) }

    /// Returns the column of a window function, the same one for equal functions.
    func column(of window: PendingWindow, name: String, _ context: PlanContext) -> ColumnID {
        if let known = windows.first(where: { $0.window == window }) { return known.id }
        let id = context.makeColumn(name)
        windows.append((id, window))
        return id
    }

    /// Rewrites what the functions read, where grouping has replaced it.
    func rewrite(_ transform: (Expression) throws -> Expression) rethrows {
        windows = try windows.map { ($0.id, try $0.window.mapped(transform)) }
    }

    /// Puts the operators that evaluate the functions on top of a plan, one per sort order.
    func attach(to plan: LogicalPlan) -> LogicalPlan {
        // The longest sort orders come first, since shorter ones may be part of them.
        let ordered = windows.enumerated().sorted {
            let (first, second) = ($0.element.window.keyCount, $1.element.window.keyCount)
            return first == second ? $0.offset < $1.offset : first > second
        }
        var operators: [(keys: [SortKey], functions: [WindowColumn])] = []
        for (id, window) in ordered.map(\.element) {
            let keys = window.partition + window.order
            var call = window.call
            call.partitionKeyCount = window.partition.count
            call.orderKeyCount = window.order.count
            let function = WindowColumn(id: id, call: call)
            if let index = operators.firstIndex(where: { call.canUse($0.keys, own: keys) }) {
                operators[index].functions.append(function)
            } else {
                operators.append((keys, [function]))
            }
        }
        // The operator of the first function comes last, so that its order is that of the result.
        return operators.reversed().reduce(plan) { below, step in
            .window(LogicalWindow(input: below, keys: step.keys, functions: step.functions))
        }
    }
}

extension PendingWindow {
    fileprivate var keyCount: Int { partition.count + order.count }
}

extension WindowCall {
    /// Whether the function may be evaluated over rows sorted by `keys`, of which its own are the first: always where
    /// they are all, otherwise where the order of its peers does not matter to it.
    fileprivate func canUse(_ keys: [SortKey], own: [SortKey]) -> Bool {
        keys == own || (isOrderInsensitive && keys.starts(with: own))
    }
}
