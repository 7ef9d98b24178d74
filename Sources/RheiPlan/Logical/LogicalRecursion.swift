/// A recursive common table: rows to begin with, and what every row leads to.
///
/// Rows wait in a queue. Each is taken out, belongs to the result, and is what the working table holds while the step
/// yields the rows that join the queue, as SQLite describes its recursive common tables. Columns of an outer query that
/// the plans read become further columns of the table when subqueries are unnested.
package struct LogicalRecursion: Sendable {
    /// The rows that begin the queue. Its n-th column becomes the n-th of `columns`.
    package var start: LogicalPlan
    /// The rows that the working table's rows lead to, by position too.
    package var step: LogicalPlan
    package var working: WorkingTable
    package var columns: [PlanColumn]
    package var traits: RecursionTraits
}

/// How a recursion proceeds.
package struct RecursionTraits: Sendable {
    /// UNION: a row that has been in the queue before does not join it again.
    package var isDistinct = false
    /// The collations by which UNION compares, by column; empty where all are binary.
    package var collations: [Collation] = []
    /// Whether rows that UNION leaves out must be the same as those that it has kept: of values that compare as equal
    /// and differ, SQLite's plan decides which one comes first.
    package var mustAgree = false
    /// ORDER BY, over the result's columns by position: which waiting row is taken next. Empty is first in, first out.
    package var order: [Key] = []
    package var limit: Int?
    package var offset = 0
    /// So many columns, the last ones, tell recursions apart that run side by side; LIMIT and OFFSET count the rows of
    /// each by themselves.
    package var countedColumnCount = 0
    /// Whether the step's rows for several rows may differ from those for each of them together.
    package var takesSingleRows = false

    /// Whether LIMIT or OFFSET leaves rows out.
    package var isLimited: Bool { limit != nil || offset > 0 }

    package struct Key: Sendable {
        package var column: Int
        package var isDescending: Bool
        package var nullsFirst: Bool
        package var collation: Collation
    }
}

extension LogicalPlan {
    /// Whether the rows that this plan yields for a working table are those that it yields for each of its rows, put
    /// together: the table is read once, on the side of joins that is kept row by row.
    func isLinear(in working: WorkingTable) -> Bool {
        switch self {
        case .scan(let scan): return scan.provider as? WorkingTable === working
        case .filter(let input, _), .project(let input, _): return input.isLinear(in: working)
        case .expand(let expansion): return expansion.input.isLinear(in: working)
        case .join(let join):
            switch join.kind {
            case .inner:
                if join.left.isLinear(in: working) { return !join.right.reads(working) }
                return !join.isDependent && !join.left.reads(working) && join.right.isLinear(in: working)
            case .left, .semi, .anti, .mark, .single:
                return join.left.isLinear(in: working) && !join.right.reads(working)
            case .right, .full: return false
            }
        default: return false
        }
    }

    /// Whether the working table of some recursion around is scanned in this plan.
    var readsWorkingTable: Bool {
        if case .scan(let scan) = self { return scan.provider is WorkingTable }
        if case .recursion = self { return false }
        return inputs.contains(where: \.readsWorkingTable)
    }

    /// Whether a working table is scanned somewhere in this plan.
    func reads(_ working: WorkingTable) -> Bool {
        if case .scan(let scan) = self { return scan.provider as? WorkingTable === working }
        return inputs.contains { $0.reads(working) }
    }
}
