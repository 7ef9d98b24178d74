/// Where partitions and groups of peers begin and end in a run of sorted rows; positions count from the run's first
/// row.
final class WindowGroups {
    let rowCount: Int
    /// The first position of every partition, then the number of rows.
    private(set) var partitionBounds: [Int] = []
    private let peerStarts: PositionColumn<UInt32>
    private let peerEnds: PositionColumn<UInt32>

    /// - Parameters:
    ///   - run: the run's places in the whole order; it begins and ends where partitions do.
    ///   - partitionKeyCount: how many keys divide into partitions.
    ///   - keyCount: how many keys in all; rows that differ in none of them are peers.
    init(_ differences: RowDifferences, run: Range<Int>, partitionKeyCount: Int, keyCount: Int) {
        rowCount = run.count
        peerStarts = PositionColumn(count: run.count)
        peerEnds = PositionColumn(count: run.count)
        var start = 0
        for position in 0..<rowCount {
            let place = run.lowerBound + position
            if position == 0 || differences.begins(place, keyCount: partitionKeyCount) {
                partitionBounds.append(position)
            }
            if position > 0, differences.begins(place, keyCount: keyCount) || partitionBounds.last == position {
                endPeers(start..<position)
                start = position
            }
        }
        endPeers(start..<rowCount)
        partitionBounds.append(rowCount)
    }

    private func endPeers(_ peers: Range<Int>) {
        for position in peers {
            peerStarts[position] = UInt32(truncatingIfNeeded: peers.lowerBound)
            peerEnds[position] = UInt32(truncatingIfNeeded: peers.upperBound)
        }
    }

    /// The positions of the rows that the order does not tell apart from this one, itself included.
    @inline(__always)
    func peers(of position: Int) -> Range<Int> {
        unsafe Range(uncheckedBounds: (Int(peerStarts[position]), Int(peerEnds[position])))
    }

    /// Calls `body` with the positions of each partition.
    func forEachPartition(_ body: (Range<Int>) throws -> Void) rethrows {
        for index in 0..<partitionBounds.count - 1 {
            try body(partitionBounds[index]..<partitionBounds[index + 1])
        }
    }

    /// The first position of each group of peers of a partition, then the partition's end.
    func groupBounds(in partition: Range<Int>) -> [Int] {
        var bounds: [Int] = []
        var position = partition.lowerBound
        while position < partition.upperBound {
            bounds.append(position)
            position = peers(of: position).upperBound
        }
        bounds.append(partition.upperBound)
        return bounds
    }
}
