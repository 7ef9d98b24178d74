package import RheiArrow

/// What an aggregate computes, apart from where its arguments come from.
package struct AggregateDescription: Sendable {
    package enum Kind: Hashable, Sendable {
        case countRows, count, sum, total, average, minimum, maximum, concatenate, anyValue
        /// The value that the first row has, null or not.
        case firstRow
        /// The value that the first row with the least or greatest key has; the key is the first argument.
        case rowOfMinimum, rowOfMaximum
        /// The value that the last row has, null or not.
        case lastRow
        case product
        case statistic(Statistic)
        case quantile(Double, isContinuous: Bool)
        case mode
        /// A list of values of a type, nulls included.
        case collect(NestedType)
    }

    package var kind: Kind
    /// Types of the argument vectors: none for `countRows`, value, optional separator and order keys for
    /// `concatenate`, value and order keys for `collect`.
    package var argumentTypes: [VectorType]
    package var isDistinct: Bool
    /// How text compares in `minimum`, `maximum` and for DISTINCT.
    package var collation: TextCollation
    /// Whether rows count whose first argument is null.
    var takesNulls: Bool {
        switch kind {
        case .firstRow, .lastRow, .rowOfMinimum, .rowOfMaximum, .collect: true
        default: false
        }
    }

    /// Whether a group's state grows with its rows.
    package var isGrowing: Bool {
        switch kind {
        case .concatenate, .quantile, .mode, .firstRow, .lastRow, .rowOfMinimum, .rowOfMaximum: true
        case .minimum, .maximum: isDistinct || argumentTypes.first.map { [.text, .blob, .any].contains($0) } ?? false
        default: isDistinct
        }
    }

    /// Whether the result depends on the order of rows.
    package var dependsOnOrder: Bool {
        switch kind {
        case .concatenate, .firstRow, .lastRow, .rowOfMinimum, .rowOfMaximum: true
        default: false
        }
    }

    /// The type of the result vector.
    package var resultType: VectorType
    /// How the last arguments order the values of `concatenate` and `collect`, the most significant first.
    package var orders: [SortOrder] = []
    /// Of `total` and `average` over integers: how many of their digits stand behind the point.
    package var scale = 0
    /// Of the kinds that choose a row, and of DISTINCT: whether rows among which only their order would choose must
    /// have one and the same value.
    package var mustAgree = false

    package init(
        kind: Kind, argumentTypes: [VectorType], isDistinct: Bool = false, collation: TextCollation = .binary,
        resultType: VectorType
    ) {
        self.kind = kind
        self.argumentTypes = argumentTypes
        self.isDistinct = isDistinct
        self.collation = collation
        self.resultType = resultType
    }
}

/// The rows of a batch that an aggregate takes, and their groups.
@safe struct AggregateRows {
    /// By row position; nil when every row belongs to group 0.
    var groups: UnsafePointer<UInt32>?
    /// Ascending positions; nil for rows `0..<count`.
    var selection: UnsafePointer<UInt16>?
    var count: Int

    /// Calls `body` with the position and group of every row.
    @inline(__always)
    func forEach(_ body: (_ row: Int, _ group: Int) -> Void) {
        if let groups = unsafe groups {
            unsafe forEachRow(selection, count) { row in unsafe body(row, Int(groups[row])) }
        } else {
            unsafe forEachRow(selection, count) { row in body(row, 0) }
        }
    }
}

/// Pairs of groups: `source[i]` (or `firstSource + i`) of another state goes into `target[i]` of this one.
@safe struct GroupPairs {
    var firstSource: Int
    var sources: UnsafePointer<UInt32>?
    var targets: UnsafePointer<UInt32>
    var count: Int

    @inline(__always)
    func forEach(_ body: (_ source: Int, _ target: Int) -> Void) {
        for index in 0..<count {
            unsafe body(sources.map { unsafe Int($0[index]) } ?? firstSource &+ index, unsafe Int(targets[index]))
        }
    }
}
