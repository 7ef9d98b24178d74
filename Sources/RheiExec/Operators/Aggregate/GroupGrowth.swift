/// Watches how fast a worker's table gets new groups.
///
/// Beyond a size at which the caches no longer hold the table, it pays to begin anew where many rows make groups of
/// their own: the parts of all tables are merged at the end in small tables again ("Morsel-Driven Parallelism", SIGMOD
/// 2014, section 4.4).
struct GroupGrowth {
    private let tableSize: Int
    private let windowRowCount: Int
    private var windowRows = 0
    private var windowStart = 0

    /// - Parameter tableSize: up to this many groups a table is small.
    init(tableSize: Int) {
        self.tableSize = tableSize
        windowRowCount = min(16_384, max(tableSize / 4, 1))
    }

    /// Notes rows that were taken; returns whether the table is large and more than a third of the latest rows made new
    /// groups.
    mutating func isEndless(afterRows rowCount: Int, groupCount: Int) -> Bool {
        windowRows += rowCount
        guard windowRows >= windowRowCount else { return false }
        defer { (windowRows, windowStart) = (0, groupCount) }
        return groupCount > tableSize && (groupCount - windowStart) * 3 > windowRows
    }
}
