/// How to read the rows of some integer keys: dense stretches by one range scan, lone keys one by one.
package struct KeyRuns {
    /// A stretch of keys, as positions in the list of keys.
    package struct Run: Equatable {
        package var keys: Range<Int>
        /// Whether to read everything from the first to the last key.
        package var isRange: Bool

        package init(keys: Range<Int>, isRange: Bool) {
            self.keys = keys
            self.isRange = isRange
        }
    }

    /// The most keys that may be missing between two of a dense stretch.
    package static let largestGap: UInt64 = 3
    /// The fewest keys that are worth a range scan.
    package static let shortestRange = 8

    /// - Parameter keys: ascending, without duplicates.
    /// - Returns: runs that cover all keys, in order.
    package static func split(_ keys: ArraySlice<Int64>) -> [Run] {
        var runs: [Run] = []
        var start = keys.startIndex
        while start < keys.endIndex {
            var end = start + 1
            // The distance of two ascending integers fits UInt64, not always Int64.
            while end < keys.endIndex, UInt64(bitPattern: keys[end] &- keys[end - 1]) <= largestGap + 1 { end += 1 }
            let isRange = end - start >= shortestRange
            if !isRange, let last = runs.last, !last.isRange {
                runs[runs.count - 1].keys = last.keys.lowerBound..<end
            } else {
                runs.append(Run(keys: start..<end, isRange: isRange))
            }
            start = end
        }
        return runs
    }
}

extension [Int64] {
    /// Returns the keys ascending and without duplicates.
    package consuming func sortedUniquely() -> [Int64] {
        sortUniquely()
        return self
    }

    /// Sorts and removes duplicates; costs one pass when the keys ascend already, as those of new rows do.
    private mutating func sortUniquely() {
        if !zip(self, dropFirst()).allSatisfy({ $0 < $1 }) { sort() }
        guard count > 1 else { return }
        var kept = 1
        for index in 1..<count where self[index] != self[kept - 1] {
            self[kept] = self[index]
            kept += 1
        }
        removeLast(count - kept)
    }
}
