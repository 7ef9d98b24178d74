import RheiArrow

/// Joins the texts of each group in the order of the input; each text but the first comes after its own separator.
///
/// With an order of its own the keys are kept beside the texts, and values that they do not tell apart stay in input order.
/// The pieces are kept, linked per group, and joined at the end. A null separator is empty.
final class ConcatenationState: AggregateState {
    private let hasSeparator: Bool
    private let pieces: RowStore
    private var sequences = ZeroedColumn<UInt64>()
    /// Piece index plus one, zero for none.
    private var next = ZeroedColumn<UInt32>()
    private var heads = ZeroedColumn<UInt32>()
    private var tails = ZeroedColumn<UInt32>()
    private var isMerged = false
    private let textBuffers = [VectorBuffer(type: .text), VectorBuffer(type: .text)]
    private let textArena = StringArena()

    private let orders: [SortOrder]

    /// - Parameter orders: of the last arguments, which are the keys.
    init(argumentTypes: [VectorType], orders: [SortOrder]) {
        let textCount = argumentTypes.count - orders.count
        hasSeparator = textCount > 1
        self.orders = orders
        pieces = RowStore(types: (hasSeparator ? [.text, .text] : [.text]) + argumentTypes.suffix(orders.count))
    }

    override func extend(to groupCount: Int) {
        heads.extend(to: groupCount)
        tails.extend(to: groupCount)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        let first = pieces.rowCount
        sequences.extend(to: first + rows.count)
        next.extend(to: first + rows.count)
        var piece = first
        rows.forEach { _, group in
            unsafe sequences.pointer[piece] = sequence
            link(piece, group)
            piece &+= 1
        }
        textArena.reset()
        let texts = zip(arguments.dropLast(orders.count), textBuffers).map { asText($0, rows, into: $1) }
        unsafe pieces.append(texts + arguments.suffix(orders.count), selection: rows.selection, count: rows.count)
    }

    /// Returns the values as text, as SQLite converts them.
    private func asText(_ vector: ColumnVector, _ rows: AggregateRows, into buffer: VectorBuffer) -> ColumnVector {
        if vector.type == .text { return vector }
        var result = buffer.vector()
        let texts = unsafe result.pointer(StringValue.self)
        rows.forEach { row, _ in
            let value = vector.datum(row)
            let text: StringValue =
                switch value.storageClass {
                case .null: .empty
                case .integer: textArena.storeDecimal(value.integer)
                case .real: textArena.storeText(value.real)
                case .text, .blob: value.slot
                }
            unsafe texts[row] = text
        }
        unsafe result.validity = unsafe vector.validity
        return result
    }

    @inline(__always)
    private func link(_ piece: Int, _ group: Int) {
        let number = UInt32(truncatingIfNeeded: piece &+ 1)
        let tail = unsafe tails.pointer[group]
        if tail == 0 { unsafe heads.pointer[group] = number } else { unsafe next.pointer[Int(tail) &- 1] = number }
        unsafe tails.pointer[group] = number
    }

    override func merge(_ other: AggregateState, _ pairs: GroupPairs) {
        guard let other = other as? ConcatenationState else { return }
        isMerged = true
        pairs.forEach { source, target in
            var piece = unsafe Int(other.heads.pointer[source])
            while piece != 0 {
                copyPiece(piece - 1, of: other, to: target)
                piece = unsafe Int(other.next.pointer[piece - 1])
            }
        }
    }

    private func copyPiece(_ piece: Int, of other: ConcatenationState, to group: Int) {
        let index = pieces.rowCount
        sequences.extend(to: index + 1)
        next.extend(to: index + 1)
        unsafe sequences.pointer[index] = unsafe other.sequences.pointer[piece]
        link(index, group)
        var row = UInt16(piece & 63)
        let block = other.pieces.vectors(from: piece & ~63, count: 64)
        unsafe pieces.append(block, selection: &row, count: 1)
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        let values = unsafe result.pointer(StringValue.self)
        for row in 0..<count { unsafe values[row] = join(orderedPieces(first + row), in: arena) }
        let heads = unsafe heads.pointer + first
        return attachValidity(result, target, count: count) { unsafe heads[$0] != 0 }
    }

    private func orderedPieces(_ group: Int) -> [Int] {
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

    private func join(_ list: [Int], in arena: StringArena) -> StringValue {
        let values = unsafe pieces.columns[0].vector(from: 0, count: pieces.rowCount).pointer(StringValue.self)
        var byteCount = 0
        for (index, piece) in list.enumerated() {
            unsafe byteCount += values[piece].count + (index > 0 ? separator(piece).count : 0)
        }
        return unsafe withUnsafeTemporaryAllocation(byteCount: max(byteCount, 1), alignment: 8) { target in
            var offset = 0
            for (index, piece) in list.enumerated() {
                if index > 0 { unsafe copy(separator(piece), to: target, &offset) }
                unsafe copy(values[piece], to: target, &offset)
            }
            return unsafe arena.store(UnsafeRawBufferPointer(rebasing: target[..<byteCount]))
        }
    }

    private func separator(_ piece: Int) -> StringValue {
        guard hasSeparator else { return StringValue(head: 1 | 0x2C &<< 32, tail: 0) }
        let column = pieces.columns[1]
        guard column.isValid(piece) else { return .empty }
        return unsafe column.vector(from: 0, count: pieces.rowCount).pointer(StringValue.self)[piece]
    }

    private func copy(_ value: StringValue, to target: UnsafeMutableRawBufferPointer, _ offset: inout Int) {
        unsafe value.withBytes { bytes in
            unsafe UnsafeMutableRawBufferPointer(rebasing: target[offset...]).copyMemory(from: bytes)
        }
        offset += value.count
    }

    override var byteCount: Int { heads.count * 8 + pieces.byteCount + next.count * 12 }
}
