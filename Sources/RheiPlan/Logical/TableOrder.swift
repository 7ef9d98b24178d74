import RheiArrow
import RheiCore

/// What is known of the order in which SQLite reads the rows of a plan, and so which of several rows is its first.
enum TableOrder {
    /// The order in which the plan yields them.
    case asYielded
    /// That of an integer column of the plan, the rowid of its one table.
    case byRowID(Expression)
    /// SQLite's plan decides: by an index, or by the order of its joins.
    case open

    /// Whether the rows come as SQLite reads them.
    var isAsYielded: Bool { if case .asYielded = self { true } else { false } }

    /// The value of the first row in this order, null or not. Where the order is open all rows must have the same one.
    func first(_ value: Expression) -> AggregateCall {
        switch self {
        case .asYielded: return AggregateCall(function: .firstRow, arguments: [value], type: value.type)
        case .byRowID(let rowID):
            return AggregateCall(function: .rowOfMinimum, arguments: [rowID, value], type: value.type)
        case .open:
            var call = AggregateCall(function: .firstRow, arguments: [value], type: value.type)
            call.mustAgree = true
            return call
        }
    }
}

extension LogicalPlan {
    /// Returns the plan with the rowid of its one table among its columns, where it has one, and the order.
    ///
    /// SQLite reads a table without indexes from its first to its last rowid; alternatives by rowid it reads one after
    /// the other. A subquery that reads columns around it is joined with them, which does not keep the order of its
    /// rows.
    func exposingTableOrder() -> (plan: LogicalPlan, order: TableOrder) {
        guard let found = rowOrder() else { return (self, .open) }
        let isFree = freeColumns.isEmpty
        if found.isAsYielded, isFree { return (self, .asYielded) }
        return found.rowID.map { (found.plan, .byRowID($0)) } ?? (self, .open)
    }

    private func rowOrder() -> (plan: LogicalPlan, isAsYielded: Bool, rowID: Expression?)? {
        switch self {
        case .scan(let scan):
            let table = scan.provider.table
            guard !table.hasIndexes, !table.isWithoutRowID else { return nil }
            let position = (table.rowIDColumn ?? table.hiddenRowIDColumn).flatMap(scan.tableColumns.firstIndex)
            let rowID = position.map { Expression.column(scan.columns[$0].id, scan.columns[$0].type) }
            return (self, table.isInRowIDOrder, rowID?.type == .int64 ? rowID : nil)
        case .values: return (self, true, nil)
        case .filter(let input, let conditions):
            guard let inner = input.rowOrder() else { return nil }
            if let rowID = inner.rowID?.columnID, conditions.contains(where: { $0.hasAlternatives(by: rowID) }) {
                return nil
            }
            return (.filter(inner.plan, conditions), inner.isAsYielded, inner.rowID)
        case .project(let input, let columns):
            guard let inner = input.rowOrder() else { return nil }
            guard case .column(let id, let type)? = inner.rowID else {
                return (.project(inner.plan, columns), inner.isAsYielded, nil)
            }
            // A column of this id may be another one only by passing it through.
            let known = columns.contains { $0.id == id }
            let passed = known ? [] : [ProjectedColumn(PlanColumn(id: id, type: type))]
            return (.project(inner.plan, columns + passed), inner.isAsYielded, inner.rowID)
        default: return nil
        }
    }
}

extension Expression {
    /// Whether alternatives in it read the column.
    fileprivate func hasAlternatives(by column: ColumnID) -> Bool {
        contains { node in
            if case .or(let operands) = node { operands.contains { $0.columns.contains(column) } } else { false }
        }
    }
}
