/// A segment together with the rows of it that are gone in one version of the table.
package struct SegmentVersion: Sendable {
    package let segment: Segment
    /// Nil when every row is live.
    package var deletes: DeleteVector?

    init(_ segment: Segment, deletes: DeleteVector? = nil) {
        self.segment = segment
        self.deletes = deletes
    }

    package var deletedRowCount: Int { deletes?.count ?? 0 }
    package var liveRowCount: Int { segment.rowCount - deletedRowCount }

    /// Calls `body` with each longest range of consecutive live rows, ascending.
    func forEachLiveRange(_ body: (Range<Int>) throws -> Void) rethrows {
        if let deletes {
            try deletes.forEachLiveRange(body)
        } else if segment.rowCount > 0 {
            try body(0..<segment.rowCount)
        }
    }
}
