/// The rows that a table function yields for one list of arguments, one after the other.
///
/// One instance serves one worker, for many lists of arguments.
package class RowProducer {
    /// Where the bytes of values of more than 12 bytes go.
    final var arena = StringArena()

    /// Starts over with other arguments. The bytes of values go into `arena`, which lives as long as the rows are used.
    package final func begin(_ arguments: [Datum], arena: StringArena) throws {
        self.arena = arena
        try begin(arguments)
    }

    func begin(_ arguments: [Datum]) throws {}

    /// Moves to the next row, at first to the first one; false when there is none.
    func advance() throws -> Bool { false }

    /// The value of a column of the current row.
    func value(column: Int) throws -> Datum { .null }
}

/// Collects rows of a ``RowProducer`` in vectors.
package final class ProducedRows {
    private let functionColumns: [Int]
    private let buffers: [VectorBuffer]
    private let vectors: [ColumnVector]
    private var hasNulls: [Bool]
    /// Number of rows collected.
    package private(set) var count = 0

    /// - Parameters:
    ///   - columns: the columns of the function to collect.
    ///   - types: their types.
    package init(columns: [Int], types: [VectorType]) {
        functionColumns = columns
        buffers = types.map { VectorBuffer(type: $0) }
        vectors = buffers.map { $0.vector() }
        hasNulls = types.map { _ in false }
        clear()
    }

    /// Forgets the rows.
    package func clear() {
        count = 0
        for index in buffers.indices {
            buffers[index].validity.fill(true, rowCount: VectorBatch.capacity)
            hasNulls[index] = false
        }
    }

    /// Appends rows until the producer has no more or `capacity` rows are there.
    ///
    /// - Returns: whether the producer has no more rows.
    package func append(_ producer: RowProducer, capacity: Int) throws -> Bool {
        while count < capacity {
            guard try producer.advance() else { return true }
            for (index, column) in functionColumns.enumerated() {
                let value = try producer.value(column: column)
                if value.isNull {
                    hasNulls[index] = true
                    buffers[index].validity.clear(count)
                } else if !value.canRepresent(vectors[index].type) {
                    throw Datum.misfit(value, vectors[index].type)
                }
                vectors[index].store(value, at: count)
            }
            count += 1
        }
        return false
    }

    /// The collected rows, valid until the next ``clear()``.
    package var columns: [ColumnVector] {
        buffers.indices.map { hasNulls[$0] ? buffers[$0].nullable(isConstant: false) : vectors[$0] }
    }
}
