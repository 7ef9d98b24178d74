import RheiArrow
import RheiCore

/// What a query computes, as relational algebra over columns that have ids unique within the query.
///
/// A projection may pass a column through under its own id; every other computed column has a fresh one. After the
/// binder a join may be dependent (its right side reads columns of its left side); after unnesting none is.
package indirect enum LogicalPlan: Sendable {
    case scan(LogicalScan)
    /// Constant rows; one row of no columns is what `SELECT 1` reads.
    case values([[Expression]], columns: [PlanColumn])
    /// Keeps the rows for which all conditions are true.
    case filter(LogicalPlan, [Expression])
    case project(LogicalPlan, [ProjectedColumn])
    /// Groups; without aggregates it is DISTINCT, without keys it yields exactly one row.
    case aggregate(LogicalAggregate)
    /// Adds the results of window functions to each row.
    case window(LogicalWindow)
    case join(LogicalJoin)
    /// Yields the rows of a table function for each row of the input.
    case expand(LogicalExpansion)
    case sort(LogicalPlan, [SortKey])
    case limit(LogicalPlan, limit: Int?, offset: Int)
    /// Positional: the n-th column of each input becomes the n-th of `columns`, with the same type.
    case unionAll([LogicalPlan], columns: [PlanColumn])
    /// Reads the subplan of that id (see ``PlanContext/sharedPlans``), whose n-th column becomes the n-th of `columns`.
    case shared(Int, columns: [PlanColumn])
    /// A recursive common table; its step scans the working table.
    case recursion(LogicalRecursion)
}

/// A column that a projection or grouping computes.
package struct ProjectedColumn: Hashable, Sendable {
    package var id: ColumnID
    package var expression: Expression

    package init(id: ColumnID, expression: Expression) {
        self.id = id
        self.expression = expression
    }

    /// Passes a column through.
    package init(_ column: PlanColumn) {
        self.init(id: column.id, expression: .column(column.id, column.type))
    }

    /// The column as others see it.
    package var column: PlanColumn { PlanColumn(id: id, type: expression.type) }
    /// Whether the column of the input is handed on as it is.
    package var isPassedThrough: Bool { expression.columnID == id }
}

/// One occurrence of a table in the query.
package struct LogicalScan: Sendable {
    package var provider: any TableProvider
    /// Indices into the table's columns, one per output column.
    package var tableColumns: [Int]
    package var columns: [PlanColumn]
}

package struct LogicalAggregate: Sendable {
    package var input: LogicalPlan
    package var keys: [ProjectedColumn]
    package var aggregates: [AggregateColumn]
}

/// An aggregate and the id of its result.
package struct AggregateColumn: Hashable, Sendable {
    package var id: ColumnID
    package var call: AggregateCall
    /// The column as others see it.
    package var column: PlanColumn { PlanColumn(id: id, type: call.type) }
}

package struct LogicalJoin: Sendable {
    package var kind: JoinKind
    package var left: LogicalPlan
    package var right: LogicalPlan
    /// Conjuncts; a pair of rows matches where all are true.
    package var condition: [Expression]
    /// For `mark` only: the comparisons of IN, whose unknown makes the mark unknown. Empty for EXISTS, whose mark is
    /// never null.
    package var membership: [Expression] = []
    /// The result column of `mark`.
    package var mark: ColumnID?
    /// Whether the right side may read columns of the left side.
    package var isDependent: Bool = false
    /// Whether the binder knows that a left row has at most one match, so that `single` need not be checked.
    package var rightIsAtMostOne: Bool = false
    /// For `single` only: of a left row's matches only the first in this order counts. It is over the right side's
    /// columns and bounded by the condition; which of several first ones is open.
    package var nearest: SortKey?

    package init(
        _ kind: JoinKind, _ left: LogicalPlan, _ right: LogicalPlan, on condition: [Expression] = [],
        membership: [Expression] = [], mark: ColumnID? = nil, isDependent: Bool = false
    ) {
        self.kind = kind
        self.left = left
        self.right = right
        self.condition = condition
        self.membership = membership
        self.mark = mark
        self.isDependent = isDependent
    }
}

/// A table function over the rows of its input. Output: the input's columns, then ``columns``.
package struct LogicalExpansion: Sendable {
    package var input: LogicalPlan
    package var function: RowFunction
    /// Over the input's columns and those of outer queries.
    package var arguments: [Expression]
    /// Indices into the function's columns, one per own output column.
    package var functionColumns: [Int]
    /// The function's columns that are read.
    package var columns: [PlanColumn]
    /// Conjuncts over input and own columns that a row of the function must fulfil.
    package var condition: [Expression] = []
    /// Whether an input row without a row of the function stays, with nulls in the function's columns.
    package var keepsInput = false
}

/// What the steps of planning one query share: fresh ids and the bodies of shared subplans.
package final class PlanContext {
    private var nextColumn = 0
    private var nextShared = 0
    /// The subplans that ``LogicalPlan/shared(_:columns:)`` reads. A body may read others, never itself.
    package var sharedPlans: [Int: LogicalPlan] = [:]
    /// Columns of type `any` in which no integer equals a real, because of the affinity of the table column they are.
    package var unmixedColumns: Set<ColumnID> = []
    /// What is known of columns whose values JSON functions made.
    var jsonMarks: [ColumnID: JSONMark] = [:]
    /// A readable name per column, for plan texts.
    package var columnNames: [ColumnID: String] = [:]

    package init() {}

    /// Copies a context, for planning a part of the query by itself.
    init(_ other: PlanContext) {
        nextColumn = other.nextColumn
        nextShared = other.nextShared
        sharedPlans = other.sharedPlans
        unmixedColumns = other.unmixedColumns
        columnNames = other.columnNames
    }

    /// Makes a column id; `name` is for people.
    package func makeColumn(_ name: String) -> ColumnID {
        defer { nextColumn += 1 }
        let id = ColumnID(nextColumn)
        columnNames[id] = name
        return id
    }

    /// Makes a column that stands for another one, under its name.
    package func makeColumn(like column: PlanColumn) -> PlanColumn {
        PlanColumn(id: makeColumn(columnNames[column.id] ?? "column"), type: column.type)
    }

    /// The shared subplans that a plan reads, directly or through others, each before those that its body reads.
    package func readersFirst(_ plan: LogicalPlan) -> [Int] {
        var order: [Int] = []
        var seen = Set<Int>()
        func visit(_ plan: LogicalPlan) {
            var counts: [Int: Int] = [:]
            plan.countShared(into: &counts)
            for id in counts.keys.sorted() where seen.insert(id).inserted {
                if let body = sharedPlans[id] { visit(body) }
                order.append(id)
            }
        }
        visit(plan)
        return order.reversed()
    }

    /// Registers a subplan to be read several times, and returns its id.
    package func share(_ plan: LogicalPlan) -> Int {
        defer { nextShared += 1 }
        sharedPlans[nextShared] = plan
        return nextShared
    }
}
