import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

@Suite struct RowCompactorTests {
    private static let types: [VectorType] = [.int16, .int32, .int64, .int128, .float64, .text, .any]

    @Test func `rows come out together and in order`() {
        var random = SeededGenerator(seed: 77)
        let compactor = RowCompactor(types: Self.types)
        var expected: [[SQLValue]] = []
        var columns: [OperatorColumn] = []
        // The first batches have no nulls, so that some come after rows without.
        for number in 0..<12 {
            let rows = (0..<100).map { _ in
                Self.types.map { type -> SQLValue in
                    number > 3 && Int.random(in: 0..<4, using: &random) == 0 ? .null : value(type, &random)
                }
            }
            let kept = rows.indices.filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
            let batchColumns = Self.types.indices.map { index in
                OperatorColumn(Self.types[index], rows.map { $0[index] })
            }
            columns += batchColumns
            let batch = VectorBatch(columns: batchColumns.map(\.vector), rowCount: rows.count)
            if number != 2 {
                unsafe batch.select(SelectionVector(list(kept), count: kept.count, rowCount: rows.count))
                expected += kept.map { rows[$0] }
            } else {
                expected += rows
            }
            compactor.append(batch)
        }
        #expect(compactor.count == expected.count)
        let result = VectorBatch()
        compactor.take(into: result)
        #expect(compactor.count == 0)
        #expect(result.rowCount == expected.count && result.selectedCount == expected.count)
        for (index, type) in Self.types.enumerated() where type != .int128 {
            for row in expected.indices {
                #expect(result.columns[index].datum(row).sqlValue == expected[row][index], "\(type) \(row)")
            }
        }
        withExtendedLifetime((columns, lists)) {}
    }

    private let lists = Lists()

    /// Keeps the memory of selections.
    @safe private final class Lists {
        var pointers: [UnsafeMutablePointer<UInt16>] = unsafe []
        deinit { for index in unsafe pointers.indices { unsafe pointers[index].deallocate() } }
    }

    private func list(_ rows: [Int]) -> UnsafeMutablePointer<UInt16> {
        let pointer = UnsafeMutablePointer<UInt16>.allocate(capacity: max(rows.count, 1))
        for (index, row) in rows.enumerated() { unsafe pointer[index] = UInt16(row) }
        unsafe lists.pointers.append(pointer)
        return unsafe pointer
    }

    private func value(_ type: VectorType, _ random: inout SeededGenerator) -> SQLValue {
        let number = Int64.random(in: -9000...9000, using: &random)
        switch type {
        case .float64: return .real(Double(number) / 8)
        case .text: return .text(String(repeating: "ab", count: Int(number.magnitude % 20)))
        case .any: return number % 2 == 0 ? .integer(number) : .text("\(number) as a longer text")
        default: return .integer(number)
        }
    }
}
