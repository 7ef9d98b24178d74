import RheiCompute
import RheiPlan

/// Counts rows for LIMIT and OFFSET where several recursions run side by side, each by itself.
///
/// The last columns of a row tell to which recursion it belongs.
@safe final class RecursionQuota {
    private let traits: RecursionTraits
    private let groups: GroupTable
    private let group: UnsafeMutablePointer<UInt32>
    /// Per recursion how many of its rows have been taken.
    private var takenCounts: [Int] = []

    /// Nil where all rows are counted together.
    init?(types: [VectorType], traits: RecursionTraits) {
        guard traits.countedColumnCount > 0 else { return nil }
        self.traits = traits
        groups = GroupTable(keyTypes: Array(types.suffix(traits.countedColumnCount)))
        unsafe group = .allocate(capacity: VectorBatch.capacity)
    }

    deinit { unsafe group.deallocate() }

    /// Counts the one row of `columns`.
    ///
    /// - Returns: whether the row belongs to the result, and whether the rows count that it leads to.
    func take(_ columns: [ColumnVector]) -> (isEmitted: Bool, leadsOn: Bool) {
        unsafe groups.findOrCreate(
            Array(columns.suffix(traits.countedColumnCount)), SelectionVector(all: 1), groups: group)
        let number = unsafe Int(group[0])
        while takenCounts.count <= number { takenCounts.append(0) }
        takenCounts[number] += 1
        let position = takenCounts[number] - max(traits.offset, 0)
        let limit = traits.limit.map { max($0, 0) } ?? .max
        return (position > 0 && position <= limit, position < limit)
    }
}
