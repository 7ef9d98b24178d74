import RheiArrow

/// Makes a list of the values of each group, nulls among them; of no rows null.
final class CollectionState: KeptRowsState {
    private let type: NestedType

    /// - Parameters:
    ///   - argumentTypes: of the value, then of the keys.
    ///   - orders: of the keys.
    init(_ type: NestedType, argumentTypes: [VectorType], orders: [SortOrder]) {
        self.type = type
        super.init(types: argumentTypes, orders: orders)
    }

    override func update(_ arguments: [ColumnVector], _ rows: AggregateRows, sequence: UInt64) {
        append(arguments, rows, sequence: sequence)
    }

    override func finish(
        first: Int, count: Int, into target: VectorBuffer, arena: StringArena
    ) throws -> ColumnVector {
        let result = target.vector()
        let lists = result.elements(StringValue.self)
        let values = pieces.columns[0].vector(from: 0, count: pieces.rowCount)
        for row in 0..<count where hasRows(first + row) {
            var bytes: [UInt8] = []
            for piece in orderedPieces(first + row) { NestedWriter.append(values.datum(piece), type, to: &bytes) }
            bytes.append(NestedMark.end)
            lists[row] = arena.store(bytes)
        }
        return attachValidity(result, target, count: count) { hasRows(first + $0) }
    }
}
