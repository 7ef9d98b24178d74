import RheiArrow

/// Keeps rows of values per group, in the order of the input or in one of their own: what aggregates that see every
/// value of a group are made from.
///
/// With an order of its own the keys are kept beside the values, and rows that they do not tell apart stay in input
/// order.
class KeptRowsState: AggregateState {
    let pieces: RowStore
    private let orders: [SortOrder]
    private var sequences = ZeroedColumn<UInt64>()
    /// Piece index plus one, zero for none.
    private var next = ZeroedColumn<UInt32>()
    private var heads = ZeroedColumn<UInt32>()
    private var tails = ZeroedColumn<UInt32>()
    private var isMerged = false

    /// - Parameters:
    ///   - types: of the values, then of the keys.
    ///   - orders: of the keys.
    init(types: [VectorType], orders: [SortOrder]) {
        pieces = RowStore(types: types)
        self.orders = orders
    }

    /// How many of the last arguments are keys.
    final var keyCount: Int { orders.count }

    override func extend(to groupCount: Int) {
        heads.extend(to: groupCount)
        tails.extend(to: groupCount)
    }

    /// Appends rows of vectors that have the store's types.
    final func append(_ vectors: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        let first = pieces.rowCount
        sequences.extend(to: first + rows.count)
        next.extend(to: first + rows.count)
        var piece = first
        rows.forEach { _, group in
            unsafe sequences.pointer[piece] = sequence
            link(piece, group)
            piece &+= 1
        }
        unsafe pieces.append(vectors, selection: rows.selection, count: rows.count)
    }

    @inline(__always)
    private func link(_ piece: Int, _ group: Int) {
        let number = UInt32(truncatingIfNeeded: piece &+ 1)
        let tail = unsafe tails.pointer[group]
        if tail == 0 { unsafe heads.pointer[group] = number } else { unsafe next.pointer[Int(tail) &- 1] = number }
        unsafe tails.pointer[group] = number
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? KeptRowsState else { return }
        isMerged = true
        pairs.forEach { source, target in
            var piece = unsafe Int(other.heads.pointer[source])
            while piece != 0 {
                copyPiece(piece - 1, of: other, to: target)
                piece = unsafe Int(other.next.pointer[piece - 1])
            }
        }
    }

    private func copyPiece(_ piece: Int, of other: KeptRowsState, to group: Int) {
        let index = pieces.rowCount
        sequences.extend(to: index + 1)
        next.extend(to: index + 1)
        unsafe sequences.pointer[index] = unsafe other.sequences.pointer[piece]
        link(index, group)
        var row = UInt16(piece & 63)
        let block = other.pieces.vectors(from: piece & ~63, count: 64)
        unsafe pieces.append(block, selection: &row, count: 1)
    }

    /// Whether the group has rows.
    final func hasRows(_ group: Int) -> Bool { unsafe heads.pointer[group] != 0 }

    /// The kept rows of a group, in order.
    final func orderedPieces(_ group: Int) -> [Int] {
        var list: [Int] = []
        var piece = unsafe Int(heads.pointer[group])
        while piece != 0 {
            list.append(piece - 1)
            piece = unsafe Int(next.pointer[piece - 1])
        }
        if isMerged {
            // Pieces of one batch came in one run, so their own numbers decide between them.
            list.sort { unsafe (sequences.pointer[$0], $0) < (sequences.pointer[$1], $1) }
        }
        return orders.isEmpty ? list : sortedByKeys(list)
    }

    private func sortedByKeys(_ list: [Int]) -> [Int] {
        let keys = zip(pieces.columns.suffix(orders.count), orders).map { SortColumn($0, $1) }
        return list.enumerated().sorted { first, second in
            for key in keys {
                let order = key.compare(first.element, second.element)
                if order != 0 { return order < 0 }
            }
            return first.offset < second.offset
        }.map(\.element)
    }

    override var byteCount: Int { heads.count * 8 + pieces.byteCount + next.count * 12 }
}
