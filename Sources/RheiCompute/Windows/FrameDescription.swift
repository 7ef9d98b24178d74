/// Which rows around the current one a window function sees, among the sorted rows of its partition.
package struct FrameDescription: Hashable, Sendable {
    package enum Unit: Hashable, Sendable { case rows, range, groups }

    /// A bound's distance from the current row: rows, groups of peers, or a difference of the order key. Never
    /// negative.
    package enum Offset: Hashable, Sendable {
        case integer(Int64)
        case real(Double)

        /// The distance as a number of rows or groups, of which there are at most `limit`.
        func count(limit: Int) -> Int {
            switch self {
            case .integer(let value): Int(min(value, Int64(limit)))
            case .real(let value): value < Double(limit) ? Int(value) : limit
            }
        }
    }

    package enum Bound: Hashable, Sendable {
        case unboundedPreceding
        case preceding(Offset)
        case currentRow
        case following(Offset)
        case unboundedFollowing
    }

    /// What is taken out of the frame again.
    package enum Exclusion: Hashable, Sendable {
        case none
        /// Nothing either, but frames are not moved along where that could be seen.
        case noOthers
        case currentRow
        /// The current row and its peers.
        case group
        /// The peers of the current row, but not the row itself.
        case ties
    }

    /// Whether frames are as they are.
    var excludesNothing: Bool { exclusion == .none || exclusion == .noOthers }

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
    package static let partition = FrameDescription(unit: .rows, start: .unboundedPreceding, end: .unboundedFollowing)
}
