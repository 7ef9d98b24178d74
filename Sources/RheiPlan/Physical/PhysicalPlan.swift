package import RheiArrow
import RheiCore

/// A column of an operator's output.
package struct PlanColumn: Hashable, Sendable {
    package var id: ColumnID
    package var type: DataType
    package init(id: ColumnID, type: DataType) {
        self.id = id
        self.type = type
    }
}

/// How a query runs: operators with their algorithms chosen. Expressions name the columns of the node's inputs.
package struct PhysicalPlan: Sendable {
    package var node: PhysicalNode
    /// The output, in order. Which columns an operator yields is fixed per node kind, see ``PhysicalNode``.
    package var columns: [PlanColumn]
    package var estimatedRowCount: Double

    package init(node: PhysicalNode, columns: [PlanColumn], estimatedRowCount: Double) {
        self.node = node
        self.columns = columns
        self.estimatedRowCount = estimatedRowCount
    }
}

package indirect enum PhysicalNode: Sendable {
    /// Output: the scanned columns, in order. `filters` are conjuncts over them, cheapest first.
    case scan(PhysicalScan)
    /// Constant rows; each expression refers to no column. One row and no columns is `SELECT 1`'s input.
    case values([[Expression]])
    /// Output: the input's columns. Conjuncts, cheapest first.
    case filter(PhysicalPlan, [Expression])
    /// Output: one column per expression.
    case project(PhysicalPlan, [Expression])
    /// Output: the keys, then the aggregates. Without keys exactly one row.
    case aggregate(PhysicalAggregate)
    /// Output: the input's columns, then one per call; sorted by the keys, rows of equal keys in input order.
    case window(PhysicalWindow)
    /// Output: see ``JoinKind``.
    case hashJoin(PhysicalHashJoin)
    case nestedLoopJoin(PhysicalNestedLoopJoin)
    /// Output: the input's columns, then the columns of the table function that are read.
    case expand(PhysicalExpansion)
    /// Output: the input's columns, sorted; with a limit the operator keeps only `offset + limit` rows (top-N).
    case sort(PhysicalPlan, [SortKey], limit: Int?, offset: Int)
    /// Output: the input's columns; keeps the input's order. A nil limit means no limit.
    case limit(PhysicalPlan, limit: Int?, offset: Int)
    /// Output: positional; all inputs have the node's types. Rows of the first input come first where order matters.
    case unionAll([PhysicalPlan])
    /// A subplan that occurs several times under one id: computed once, read each time it occurs. The output of each
    /// occurrence is positional (the ids may differ).
    case shared(Int, PhysicalPlan)
    /// Output: by position the columns of both inputs.
    case recursion(PhysicalRecursion)
}

/// A recursive common table, see ``LogicalRecursion``.
package struct PhysicalRecursion: Sendable {
    package var start: PhysicalPlan
    package var step: PhysicalPlan
    package var working: WorkingTable
    package var traits: RecursionTraits
}

package struct PhysicalScan: Sendable {
    package var provider: any TableProvider
    /// Index into `provider.table.columns` per output column; may be empty (only the row count matters).
    package var tableColumns: [Int]
    package var filters: [Expression]
    /// Hints for the provider, derived from `filters`.
    package var zoneFilters: [ScanFilter]

    package init(provider: any TableProvider, tableColumns: [Int], filters: [Expression], zoneFilters: [ScanFilter]) {
        self.provider = provider
        self.tableColumns = tableColumns
        self.filters = filters
        self.zoneFilters = zoneFilters
    }
}

package struct PhysicalAggregate: Sendable {
    package var input: PhysicalPlan
    /// Group keys; text compares by BINARY (the planner folds keys of other collations first), nulls are one group,
    /// and in an `any` key 1 and 1.0 are the same group.
    package var keys: [Expression]
    package var aggregates: [AggregateCall]

    package init(input: PhysicalPlan, keys: [Expression], aggregates: [AggregateCall]) {
        self.input = input
        self.keys = keys
        self.aggregates = aggregates
    }
}

package enum AggregateFunction: Hashable, Sendable {
    case countStar, count, sum, total, average, minimum, maximum, groupConcat
    /// Any one value of the group: where all rows of a group are known to agree on it.
    case anyValue
    /// The value that the first row has, null or not.
    case firstRow
    /// Of a key and a value the value in the first row with the least or greatest key, while all keys are null in the
    /// last row.
    case rowOfMinimum, rowOfMaximum
    /// The value that the last row has, null or not.
    case lastRow
    case product
    /// Of float64 values; of pairs the second is the independent variable, and pairs with a null do not count.
    case statistic(Statistic)
    /// The value at this share (0 to 1) of the ordered values: of float64 between two values proportionally, or one of
    /// the values.
    case quantile(Double, isContinuous: Bool)
    /// The most frequent value; of several the least.
    case mode
    /// A list of the values, nulls included; decimals as their bytes.
    case collect(NestedType)

    package enum Statistic: Hashable, Sendable {
        case variance(isSample: Bool), deviation(isSample: Bool)
        case covariance(isSample: Bool), correlation
        case slope, intercept, determination, pairCount
        case meanX, meanY, squaresX, squaresY, products
    }
}

extension AggregateFunction {
    /// Whether the result is the value of one row, which may be chosen by the order of the input.
    var choosesRow: Bool {
        switch self {
        case .firstRow, .lastRow, .rowOfMinimum, .rowOfMaximum: true
        default: false
        }
    }

    /// Whether the order of the input may show in the result.
    var seesOrder: Bool {
        switch self {
        case .groupConcat, .firstRow, .lastRow, .anyValue, .rowOfMinimum, .rowOfMaximum, .collect: true
        default: false
        }
    }
}

/// How one key orders rows.
package struct KeyOrder: Hashable, Sendable {
    package var isDescending: Bool
    package var nullsFirst: Bool
    package var collation: Collation
}

package struct AggregateCall: Hashable, Sendable {
    package var function: AggregateFunction
    /// Arguments: none for `countStar`; the value, then the separator for `groupConcat`, then the keys of ``order``.
    package var arguments: [Expression]
    package var isDistinct: Bool
    /// FILTER: a `bool` expression.
    package var filter: Expression?
    /// The collation of `minimum`, `maximum` and of DISTINCT.
    package var collation: Collation
    /// `sum` of int64 is int64 (overflow raises ``EngineError/Code/overflow``), of float64 float64, of any any.
    package var type: DataType
    /// How the last arguments order the values of `groupConcat`, the most significant first.
    package var order: [KeyOrder] = []
    /// Of `firstRow`, `rowOfMinimum` and `rowOfMaximum`, and of DISTINCT: whether the rows among which the order of the
    /// input would choose must have one and the same value, as only SQLite's plan knows that order. Where they differ
    /// ``EngineError/Code/leavesStaticType`` is raised.
    package var mustAgree = false

    package init(
        function: AggregateFunction, arguments: [Expression], isDistinct: Bool = false, filter: Expression? = nil,
        collation: Collation = .binary, type: DataType
    ) {
        self.function = function
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.filter = filter
        self.collation = collation
        self.type = type
    }
}

/// What a join yields. "Probe" is the left input (streamed), "build" the right one (held in memory).
package enum JoinKind: Hashable, Sendable {
    /// Probe columns, then build columns.
    case inner
    /// Probe columns, then build columns; build columns are null for a probe row without a match.
    case left
    /// Probe columns, then build columns; probe columns are null for a build row without a match.
    case right
    /// As `left` and `right` together.
    case full
    /// Probe columns of rows with a match.
    case semi
    /// Probe columns of rows without a match. An unknown comparison is no match (NOT EXISTS).
    case anti
    /// Probe columns, then one `bool`: true with a match, null with none but some unknown comparison, else false
    /// (the value of IN).
    case mark
    /// As `left`, but a second match of one probe row raises ``EngineError/Code/leavesStaticType``
    /// (a scalar subquery, of which SQLite takes the first row).
    case single
}

/// An equality that a hash join hashes on. Both sides have the same type; text compares by BINARY.
package struct JoinKey: Hashable, Sendable {
    /// Over the probe's columns.
    package var probe: Expression
    /// Over the build's columns.
    package var build: Expression
    /// Whether null equals null (`IS`). Otherwise a null matches nothing, and for `mark` makes the result unknown.
    package var nullsMatch: Bool

    package init(probe: Expression, build: Expression, nullsMatch: Bool = false) {
        self.probe = probe
        self.build = build
        self.nullsMatch = nullsMatch
    }
}

package struct PhysicalHashJoin: Sendable {
    package var kind: JoinKind
    package var probe: PhysicalPlan
    package var build: PhysicalPlan
    /// At least one, unless there is a range. For `mark` at most one has `nullsMatch == false`.
    package var keys: [JoinKey]
    /// Inequalities that a match must also satisfy; nil for `mark` and `single`, and where build rows are yielded.
    package var range: JoinRange?
    /// A `bool` over probe and build columns that a match must also satisfy; nil for `mark`.
    package var residual: Expression?
    /// Whether at most one build row has any one key (from a declared key or a grouping).
    package var buildIsUnique: Bool
    /// For `semi` and `anti`: whether the rows that come out are those of the build side, tested for a match among the
    /// probe rows, instead of the other way round. The output is then the build's columns.
    package var yieldsBuildRows = false

    package init(
        kind: JoinKind, probe: PhysicalPlan, build: PhysicalPlan, keys: [JoinKey], range: JoinRange? = nil,
        residual: Expression? = nil, buildIsUnique: Bool = false
    ) {
        self.kind = kind
        self.range = range
        self.probe = probe
        self.build = build
        self.keys = keys
        self.residual = residual
        self.buildIsUnique = buildIsUnique
    }
}

/// A join by any condition, or none: all pairs are tried. All kinds of ``JoinKind``.
package struct PhysicalNestedLoopJoin: Sendable {
    package var kind: JoinKind
    package var probe: PhysicalPlan
    package var build: PhysicalPlan
    package var condition: Expression?

    package init(kind: JoinKind, probe: PhysicalPlan, build: PhysicalPlan, condition: Expression?) {
        self.kind = kind
        self.probe = probe
        self.build = build
        self.condition = condition
    }
}

/// The rows of a table function for each row of the input, in the function's order.
package struct PhysicalExpansion: Sendable {
    package var input: PhysicalPlan
    package var function: RowFunction
    package var arguments: [Expression]
    /// Indices into the function's columns, one per own output column.
    package var functionColumns: [Int]
    /// Conjuncts over all output columns that a row of the function must fulfil.
    package var condition: [Expression]
    /// Whether an input row without a row of the function stays, with nulls in the function's columns.
    package var keepsInput: Bool

    package init(
        input: PhysicalPlan, function: RowFunction, arguments: [Expression], functionColumns: [Int],
        condition: [Expression] = [], keepsInput: Bool = false
    ) {
        self.input = input
        self.function = function
        self.arguments = arguments
        self.functionColumns = functionColumns
        self.condition = condition
        self.keepsInput = keepsInput
    }
}

package struct SortKey: Hashable, Sendable {
    package var expression: Expression
    package var isDescending: Bool
    /// SQLite's default: nulls first when ascending, last when descending.
    package var nullsFirst: Bool
    package var collation: Collation

    package init(expression: Expression, isDescending: Bool, nullsFirst: Bool, collation: Collation) {
        self.expression = expression
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
        self.collation = collation
    }
}
