package import RheiArrow
package import RheiCore

/// Which rows around the current one a window function sees.
package struct FrameExtent: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable { case rows, range, groups }

    /// Offsets are integers or reals, not negative and finite: rows, groups of peers, or a difference of the one order
    /// key.
    package enum Bound: Hashable, Sendable {
        case unboundedPreceding
        case preceding(SQLValue)
        case currentRow
        case following(SQLValue)
        case unboundedFollowing
    }

    package enum Exclusion: Hashable, Sendable {
        case none
        /// Nothing either, but said so: SQLite then computes every frame anew instead of moving it along, which shows
        /// where its inverse steps leave traces.
        case noOthers
        case currentRow, group, ties
    }

    package var unit: Unit
    package var start: Bound
    package var end: Bound
    package var exclusion: Exclusion

    package init(unit: Unit, start: Bound, end: Bound, exclusion: Exclusion = .none) {
        self.unit = unit
        self.start = start
        self.end = end
        self.exclusion = exclusion
    }

    /// Every row of the partition.
    package static let partition = FrameExtent(unit: .rows, start: .unboundedPreceding, end: .unboundedFollowing)
}

/// A function over the rows of a window.
package struct WindowCall: Hashable, Sendable {
    package enum Function: Hashable, Sendable {
        case rowNumber, rank, denseRank, percentRank, cumeDist
        /// The argument is an int64, of which the partition's first row counts.
        case ntile
        /// The value, then optionally the distance (int64 or any) and the value where there is no such row.
        case lag, lead
        case firstValue, lastValue
        /// The value and the row's number (int64 or any).
        case nthValue
        case aggregate(AggregateFunction)
    }

    package var function: Function
    package var arguments: [Expression]
    /// FILTER: a `bool` expression.
    package var filter: Expression?
    /// The collation of `minimum` and `maximum`.
    package var collation: Collation
    /// Of functions that do not look at frames, ``FrameExtent/partition``.
    package var frame: FrameExtent
    /// How many of the operator's keys, from the first, divide the rows into partitions.
    package var partitionKeyCount: Int
    /// How many of the operator's keys, after those of the partition, order the rows within one.
    package var orderKeyCount: Int
    package var type: DataType
    /// How the last arguments order the values of an aggregate, see ``AggregateCall/order``.
    package var order: [KeyOrder] = []

    package init(
        function: Function, arguments: [Expression], filter: Expression? = nil, collation: Collation = .binary,
        frame: FrameExtent = .partition, partitionKeyCount: Int = 0, orderKeyCount: Int = 0, type: DataType
    ) {
        self.function = function
        self.arguments = arguments
        self.filter = filter
        self.collation = collation
        self.frame = frame
        self.partitionKeyCount = partitionKeyCount
        self.orderKeyCount = orderKeyCount
        self.type = type
    }

    /// The expressions that the call reads.
    package var expressions: [Expression] { arguments + (filter.map { [$0] } ?? []) }

    /// Whether rows that the order keys do not tell apart may change places without changing the result.
    package var isOrderInsensitive: Bool {
        switch function {
        case .rank, .denseRank, .percentRank, .cumeDist: true
        case .rowNumber, .ntile, .lag, .lead, .firstValue, .lastValue, .nthValue: false
        case .aggregate(let function) where function.seesOrder: false
        case .aggregate: frame.unit != .rows || frame == .partition
        }
    }

    func mapped(_ transform: (Expression) throws -> Expression) rethrows -> WindowCall {
        var call = self
        call.arguments = try arguments.map(transform)
        call.filter = try filter.map(transform)
        return call
    }
}

/// Evaluates window functions over rows sorted by one list of keys.
package struct PhysicalWindow: Sendable {
    package var input: PhysicalPlan
    /// The sort order that all calls share; each uses keys from the first on.
    package var keys: [SortKey]
    package var calls: [WindowCall]

    package init(input: PhysicalPlan, keys: [SortKey], calls: [WindowCall]) {
        self.input = input
        self.keys = keys
        self.calls = calls
    }
}
