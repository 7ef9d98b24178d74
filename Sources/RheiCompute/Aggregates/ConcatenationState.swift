import RheiArrow

/// Joins the texts of each group; each text but the first comes after its own separator. A null separator is empty.
final class ConcatenationState: KeptRowsState {
    private let hasSeparator: Bool
    private let textBuffers = [VectorBuffer(type: .text), VectorBuffer(type: .text)]
    private let textArena = StringArena()

    /// - Parameter orders: of the last arguments, which are the keys.
    init(argumentTypes: [VectorType], orders: [SortOrder]) {
        hasSeparator = argumentTypes.count - orders.count > 1
        super.init(
            types: (hasSeparator ? [.text, .text] : [.text]) + argumentTypes.suffix(orders.count), orders: orders)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        textArena.reset()
        let texts = zip(arguments.dropLast(keyCount), textBuffers).map { asText($0, rows, into: $1) }
        append(texts + arguments.suffix(keyCount), rows, sequence: sequence)
    }

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

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        let values = unsafe result.pointer(StringValue.self)
        for row in 0..<count { unsafe values[row] = join(orderedPieces(first + row), in: arena) }
        return attachValidity(result, target, count: count) { hasRows(first + $0) }
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
}
