/// The groups of several aggregators whose keys ascend in each, put together without a hash table.
///
/// Rows of one key stand together in the input, so workers share the few groups whose rows were cut apart between them.
/// The aggregator that comes first takes those groups' states from the others, which pass over them.
///
/// Unchecked because threads only read it once it is made.
package final class OrderedGroups: @unchecked Sendable {
    package let sources: [HashAggregator]
    /// Per source the groups that another one has taken, ascending.
    private let taken: [[Int]]

    /// Groups of aggregators whose keys do not ascend are looked up one by one, so they must be few.
    private static let otherGroupBound = 16_384
    /// More aggregators than this are not compared with one another.
    private static let sourceBound = 64

    /// - Parameters:
    ///   - sources: aggregators of the same keys and of aggregates that are not DISTINCT; they change. Those whose keys
    ///     do not ascend are put together first.
    /// - Returns: nil, with all as it was, where most groups are none of keys that ascend or many are shared.
    package init?(_ sources: [HashAggregator]) {
        let ascending = sources.filter(\.isAscending)
        let others = sources.filter { !$0.isAscending && $0.groupCount > 0 }
        let ascendingCount = ascending.reduce(0) { $0 + $1.groupCount }
        let otherCount = others.reduce(0) { $0 + $1.groupCount }
        guard !ascending.isEmpty, ascending.count <= Self.sourceBound,
            otherCount <= min(Self.otherGroupBound, ascendingCount / 8)
        else { return nil }
        var search = SharedGroupSearch(bound: max(ascendingCount / 16, 1024))
        var shared: [[SharedGroup]] = []
        for (index, source) in ascending.enumerated() {
            guard let found = search.groups(of: source, sharedWith: ascending[..<index]) else { return nil }
            shared.append(found)
        }
        var all = ascending
        if let other = others.first {
            for next in others.dropFirst() { other.absorb(next) }
            all.append(other)
            shared.append(SharedGroupSearch.lookUp(other, in: ascending))
        }
        for (source, groups) in zip(all, shared) {
            for group in groups { all[group.owner].take(group: group.source, of: source, into: group.target) }
        }
        self.sources = all
        taken = shared.map { $0.map(\.source) }
    }

    package var groupCount: Int {
        sources.reduce(0) { $0 + $1.groupCount } - taken.reduce(0) { $0 + $1.count }
    }

    /// Lists, as rows counted from the first group, the groups of a range that belong to the source itself.
    ///
    /// - Returns: nil when all of them do.
    package func selectOwn(_ groups: Range<Int>, ofSource source: Int, into list: SelectionBuffer) -> SelectionVector? {
        let taken = taken[source]
        var next = firstTaken(from: groups.lowerBound, in: taken)
        guard next < taken.count, taken[next] < groups.upperBound else { return nil }
        var count = 0
        for group in groups {
            if next < taken.count, taken[next] == group {
                next += 1
                continue
            }
            unsafe list.indices[count] = UInt16(truncatingIfNeeded: group - groups.lowerBound)
            count += 1
        }
        return list.selection(count: count, rowCount: groups.count)
    }

    private func firstTaken(from group: Int, in taken: [Int]) -> Int {
        var (low, high) = (0, taken.count)
        while low < high {
            let middle = (low + high) / 2
            if taken[middle] < group { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A group of one aggregator whose key another one, the `owner`, has as well.
private struct SharedGroup {
    var source: Int
    /// Index of an aggregator.
    var owner: Int
    var target: Int
}

/// Finds the keys that aggregators have in common.
private struct SharedGroupSearch {
    /// So many steps and no more.
    var bound: Int

    /// Returns the groups that an earlier aggregator has as well, each with the first that does; nil when there are
    /// more than the bound allows.
    mutating func groups(of source: HashAggregator, sharedWith earlier: ArraySlice<HashAggregator>) -> [SharedGroup]? {
        let keys = AscendingKeys(source.keyColumns[0])
        var found: [Int: SharedGroup] = [:]
        for (owner, other) in zip(earlier.indices, earlier) {
            let others = AscendingKeys(other.keyColumns[0])
            var (mine, theirs) = (0, 0)
            while mine < keys.count, theirs < others.count {
                if bound == 0 { return nil }
                bound -= 1
                theirs = others.firstPlace(notBelow: keys[mine], from: theirs)
                guard theirs < others.count else { break }
                mine = keys.firstPlace(notBelow: others[theirs], from: mine)
                guard mine < keys.count, keys[mine] == others[theirs] else { continue }
                if found[mine] == nil { found[mine] = SharedGroup(source: mine, owner: owner, target: theirs) }
                (mine, theirs) = (mine + 1, theirs + 1)
            }
        }
        return found.values.sorted { $0.source < $1.source }
    }

    /// Looks up each group of an aggregator in others, whose keys ascend.
    static func lookUp(_ source: HashAggregator, in others: [HashAggregator]) -> [SharedGroup] {
        let keys = source.keyColumns[0].vector(from: 0, count: source.groupCount)
        let lists = others.map { AscendingKeys($0.keyColumns[0]) }
        return (0..<source.groupCount).compactMap { group in
            guard keys.isValid(group) else { return nil }
            let key = AscendingKeys.value(of: keys, group)
            for (owner, list) in lists.enumerated() {
                let place = list.firstPlace(notBelow: key)
                if place < list.count, list[place] == key {
                    return SharedGroup(source: group, owner: owner, target: place)
                }
            }
            return nil
        }
    }
}
