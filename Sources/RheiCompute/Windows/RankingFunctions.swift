import RheiCore

/// Functions that number the rows of a partition; frames do not matter to them.
enum RankingFunctions {
    static func rowNumber(_ groups: WindowGroups) -> WindowResult {
        integers(groups) { position, partition in position - partition.lowerBound + 1 }
    }

    static func rank(_ groups: WindowGroups) -> WindowResult {
        integers(groups) { position, partition in groups.peers(of: position).lowerBound - partition.lowerBound + 1 }
    }

    static func denseRank(_ groups: WindowGroups) -> WindowResult {
        let result = WindowValues<Int64>(type: .int64, rowCount: groups.rowCount)
        groups.forEachPartition { partition in
            var rank: Int64 = 0
            for position in partition {
                if groups.peers(of: position).lowerBound == position { rank += 1 }
                result.set(position, rank)
            }
        }
        return result.result()
    }

    /// The rank among the other rows, from 0 to 1.
    static func percentRank(_ groups: WindowGroups) -> WindowResult {
        reals(groups) { position, partition in
            if partition.count < 2 { return 0 }
            let rank = groups.peers(of: position).lowerBound - partition.lowerBound
            return Double(rank) / Double(partition.count - 1)
        }
    }

    /// The share of rows that come no later than this one.
    static func cumulativeDistribution(_ groups: WindowGroups) -> WindowResult {
        reals(groups) { position, partition in
            let count = groups.peers(of: position).upperBound - partition.lowerBound
            return Double(count) / Double(partition.count)
        }
    }

    /// Deals the rows of a partition to buckets whose sizes differ by one at most, the larger ones first.
    static func ntile(_ groups: WindowGroups, bucketCount: (Int) -> Int64?) throws -> WindowResult {
        let result = WindowValues<Int64>(type: .int64, rowCount: groups.rowCount)
        try groups.forEachPartition { partition in
            guard let wanted = bucketCount(partition.lowerBound), wanted > 0 else {
                throw EngineError(.invalidArgument, "argument of ntile must be a positive integer")
            }
            let buckets = Int(min(wanted, Int64(partition.count)))
            let size = partition.count / buckets
            let largerCount = partition.count - buckets * size
            let largerRows = largerCount * (size + 1)
            for position in partition {
                let row = position - partition.lowerBound
                let bucket = row < largerRows ? row / (size + 1) : largerCount + (row - largerRows) / size
                result.set(position, Int64(bucket + 1))
            }
        }
        return result.result()
    }

    private static func integers(_ groups: WindowGroups, _ value: (Int, Range<Int>) -> Int) -> WindowResult {
        let result = WindowValues<Int64>(type: .int64, rowCount: groups.rowCount)
        groups.forEachPartition { partition in
            for position in partition { result.set(position, Int64(value(position, partition))) }
        }
        return result.result()
    }

    private static func reals(_ groups: WindowGroups, _ value: (Int, Range<Int>) -> Double) -> WindowResult {
        let result = WindowValues<Double>(type: .float64, rowCount: groups.rowCount)
        groups.forEachPartition { partition in
            for position in partition { result.set(position, value(position, partition)) }
        }
        return result.result()
    }
}
