/// Counts of the work that writing has done, for status and for tests of what a change costs.
package struct StoreMetrics: Sendable, Hashable {
    /// Rows that came in by loads and upserts.
    package var appendedRowCount = 0
    /// Rows copied to merge small segments.
    package var mergedRowCount = 0
    /// Rows copied out of segments that were mostly deleted.
    package var compactedRowCount = 0
    /// Rows marked as deleted.
    package var deletedRowCount = 0
    /// Bytes copied to make new versions of delete vectors.
    package var copiedDeleteByteCount = 0

    package init() {}

    static func += (left: inout StoreMetrics, right: StoreMetrics) {
        left.appendedRowCount += right.appendedRowCount
        left.mergedRowCount += right.mergedRowCount
        left.compactedRowCount += right.compactedRowCount
        left.deletedRowCount += right.deletedRowCount
        left.copiedDeleteByteCount += right.copiedDeleteByteCount
    }
}
