/// Watches how fast a worker's table gets new groups.
///
/// Beyond a size at which the caches no longer hold the table, it pays to begin anew where many rows make groups of their
/// own: the parts of all tables are merged at the end in small tables again ("Morsel-Driven Parallelism", SIGMOD 2014,
/// section 4.4). Where several workers group, nearly every group would be entered twice, in a worker's table and when
/// tables are merged; a smaller table then pays already, if most of the rows that are still to come make groups of their own.
struct GroupGrowth {
    private let tableSize: Int
    private let windowRowCount: Int
    private let isShared: Bool
    private var rowCount = 0
    private var windowRows = 0
    private var windowStart = 0

    /// From so many groups on merging them costs something.
    private static let sharedTableSize = 4_096

    /// - Parameters:
    ///   - tableSize: up to this many groups a table is small.
    ///   - isShared: whether other workers group rows of the same input.
    init(tableSize: Int, isShared: Bool) {
        self.tableSize = tableSize
        self.isShared = isShared
        windowRowCount = min(16_384, max(tableSize / 4, 1))
    }

    /// Notes rows that were taken; returns whether the table is large and more than a third of the latest rows made new
    /// groups, or most rows of all will.
    ///
    /// - Parameter share: how much of the input has been taken, above 0 and up to 1.
    mutating func isEndless(afterRows count: Int, groupCount: Int, share: Double) -> Bool {
        windowRows += count
        rowCount += count
        guard windowRows >= windowRowCount else { return false }
        defer { (windowRows, windowStart) = (0, groupCount) }
        let newCount = groupCount - windowStart
        if groupCount > tableSize { return newCount * 3 > windowRows }
        guard isShared, groupCount > min(Self.sharedTableSize, tableSize) else { return false }
        return Double(rowCount) / share < 2 * expectedGroupCount(Double(newCount) / Double(windowRows))
    }

    /// Estimates how many groups there are, each as likely as another, from the fraction of rows that are the first of theirs:
    /// `exp(-rows / groups)`, near 1 by the first terms of the logarithm.
    private func expectedGroupCount(_ newFraction: Double) -> Double {
        let known = 1 - newFraction
        guard known < 0.5 else { return 0 }
        return known > 0 ? Double(rowCount) / (known + known * known / 2) : .infinity
    }
}
