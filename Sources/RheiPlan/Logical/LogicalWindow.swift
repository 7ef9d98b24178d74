import RheiArrow
import RheiCore

/// Adds a column per window function to the input's columns. All functions share one sort order, of which each uses
/// keys from the first on.
package struct LogicalWindow: Sendable {
    package var input: LogicalPlan
    package var keys: [SortKey]
    package var functions: [WindowColumn]

    /// The columns by whose values every function divides the rows, where equal values are the same values: a
    /// condition on them keeps or drops whole partitions.
    var partitionColumns: Set<ColumnID> {
        let count = functions.map(\.call.partitionKeyCount).min() ?? 0
        return Set(
            keys.prefix(count).compactMap { key in
                guard let id = key.expression.columnID, key.collation == .binary else { return nil }
                switch key.expression.type {
                case .int64, .utf8View, .binaryView: return id
                default: return nil
                }
            })
    }

    /// The keys that some function uses.
    var usedKeys: [SortKey] {
        let count = functions.map { $0.call.partitionKeyCount + $0.call.orderKeyCount }.max() ?? 0
        return Array(keys.prefix(count))
    }
}

/// A window function and the id of its result.
package struct WindowColumn: Hashable, Sendable {
    package var id: ColumnID
    package var call: WindowCall
    /// The column as others see it.
    package var column: PlanColumn { PlanColumn(id: id, type: call.type) }

    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> WindowColumn {
        WindowColumn(id: id, call: try call.mapped(transform))
    }
}

extension SortKey {
    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> SortKey {
        var key = self
        key.expression = try transform(expression)
        return key
    }
}
