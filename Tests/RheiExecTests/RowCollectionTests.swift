import RheiArrow
import RheiCompute
import RheiCore
import RheiExec
import Testing

@Suite struct RowCollectionTests {
    private static let types: [VectorType] = [.int64, .text, .any, .bool, .int32]

    /// Makes the vectors of row `number`, constant, as one appends a single row.
    private func append(_ number: Int, to rows: RowCollection) throws {
        let arena = StringArena()
        let values: [SQLValue] = expected(number)
        let buffers = try zip(values, Self.types).map { try VectorBuffer.constant($0, type: $1, arena: arena) }
        defer { withExtendedLifetime((buffers, arena)) {} }
        unsafe rows.append(buffers.map { $0.constantVector() }, selection: nil, count: 1)
    }

    private func expected(_ number: Int) -> [SQLValue] {
        let integer = Int64(number)
        return [
            number % 3 == 2 ? .null : .integer(integer), number % 5 == 4 ? .null : .text("text number \(number)"),
            [.integer(integer), .null, .text("any text of \(number)"), .blob([1, 2]), .real(0.5)][number % 5],
            .integer(integer % 2), .integer(-integer),
        ]
    }

    private func value(_ vector: ColumnVector, _ row: Int) -> SQLValue { vector.datum(row).sqlValue }

    @Test(arguments: [1, 3, 64, 2048])
    func `rows come back as they were appended`(_ chunkCapacity: Int) throws {
        let rows = RowCollection(types: Self.types, chunkCapacity: chunkCapacity)
        for number in 0..<200 { try append(number, to: rows) }
        defer { withExtendedLifetime(rows) {} }
        var number = 0
        for chunk in 0..<rows.chunkCount {
            let columns = rows.columns(chunk: chunk)
            for row in 0..<rows.rowCount(chunk: chunk) {
                #expect(columns.map { value($0, row) } == expected(number))
                number += 1
            }
        }
        #expect(number == 200 && rows.rowCount == 200)
    }

    @Test(arguments: [1, 3, 2048])
    func `combined collections keep their rows and strings`(_ chunkCapacity: Int) throws {
        let all = RowCollection(types: Self.types, chunkCapacity: chunkCapacity)
        var references: [RowReference] = []
        for part in 0..<4 {
            let rows = RowCollection(types: Self.types, chunkCapacity: chunkCapacity)
            for number in 0..<10 { try append(part * 10 + number, to: rows) }
            let offset = all.combine(rows)
            for chunk in offset..<all.chunkCount {
                for row in 0..<all.rowCount(chunk: chunk) { references.append(RowReference(chunk: chunk, row: row)) }
            }
        }
        all.seal()
        let order = references.indices.reversed().map { $0 }
        let wanted = order.map { references[$0] } + [.missing]
        for column in Self.types.indices {
            let buffer = VectorBuffer(type: Self.types[column])
            let vector = unsafe wanted.withUnsafeBufferPointer { list in
                guard let base = list.baseAddress else { return buffer.vector() }
                return unsafe all.gather(column: column, base, count: list.count, into: buffer)
            }
            defer { withExtendedLifetime((buffer, all)) {} }
            for (position, number) in order.enumerated() {
                #expect(value(vector, position) == expected(number)[column])
            }
            #expect(!vector.isValid(order.count))
        }
    }
}
