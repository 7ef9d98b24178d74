/// A window function over stored rows: where its arguments lie and how its window is cut out of the sort order.
package struct WindowFunctionDescription: Sendable {
    package enum Kind: Sendable {
        case rowNumber, rank, denseRank, percentRank, cumulativeDistribution
        /// One argument: an integer, of which the first row of the partition counts.
        case ntile
        /// The value, then optionally the distance (of any type of number), then the value where there is no such row.
        case lag, lead
        case firstValue, lastValue
        /// The value and the number of the row in the frame.
        case nthValue
        case aggregate(AggregateDescription)
    }

    package var kind: Kind
    /// Columns of the stored rows.
    package var argumentSlots: [Int]
    /// The `bool` column of FILTER.
    package var filterSlot: Int?
    package var frame: FrameDescription
    /// How many of the sort keys, from the first, divide the rows into partitions.
    package var partitionKeyCount: Int
    /// How many of the sort keys, after those of the partition, order the rows within one.
    package var orderKeyCount: Int
    package var resultType: VectorType

    package init(
        kind: Kind, argumentSlots: [Int], filterSlot: Int?, frame: FrameDescription, partitionKeyCount: Int,
        orderKeyCount: Int, resultType: VectorType
    ) {
        self.kind = kind
        self.argumentSlots = argumentSlots
        self.filterSlot = filterSlot
        self.frame = frame
        self.partitionKeyCount = partitionKeyCount
        self.orderKeyCount = orderKeyCount
        self.resultType = resultType
    }
}
