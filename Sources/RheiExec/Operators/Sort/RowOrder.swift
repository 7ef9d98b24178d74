import RheiCompute

/// The columns that a sort or window keeps, and the keys among them.
struct RowOrder: Sendable {
    let types: [VectorType]
    /// Per key its column.
    let keySlots: [Int]
    let orders: [SortOrder]

    /// The columns of rows that were put aside: a number that grows with the input's order comes last.
    var spilledTypes: [VectorType] { types + [.int64] }
    /// The keys of those, among which no two rows are equal.
    var spilledSlots: [Int] { keySlots + [types.count] }
    var spilledOrders: [SortOrder] { orders + [SortOrder()] }

    /// Bytes that sorting takes for each row beside the row itself: its place in the order, and the words of two
    /// passes.
    static let scratchByteCount = 44
}
