import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

@Suite struct DeferredValuesTests {
    private static let count = AggregateDescription(
        kind: .count, argumentTypes: [.int64], isDistinct: true, resultType: .int64)

    /// Enters a batch of values into groups by their remainder.
    private func enter(_ values: [Int], into aggregator: HashAggregator) {
        let key = OperatorColumn(.int64, values.map { .integer(Int64($0 % 7)) })
        let value = OperatorColumn(.int64, values.map { .integer(Int64($0)) })
        let all = SelectionVector(all: values.count)
        aggregator.assignGroups([key.vector], all)
        aggregator.update(aggregate: 0, [value.vector], all, sequence: 0)
        withExtendedLifetime((key, value)) {}
    }

    private func makeAggregator(tableSize: Int) throws -> HashAggregator {
        try HashAggregator(
            keyTypes: [.int64], aggregates: [Self.count], deferral: DistinctDeferral(tableSize: tableSize))
    }

    private func counts(_ aggregator: HashAggregator) throws -> [SQLValue] {
        let output = aggregator.makeOutput()
        defer { withExtendedLifetime((aggregator, output)) {} }
        let columns = try aggregator.emit(first: 0, count: aggregator.groupCount, into: output)
        return (0..<aggregator.groupCount).map { columns[1].datum($0).sqlValue }
    }

    @Test func `values wait while most are new, up to a limit`() throws {
        let aggregator = try makeAggregator(tableSize: 1024)
        // The first batch is judged; eight wait, and are looked up with the last of them.
        for (batch, waiting) in [0, 2048, 4096, 6144, 8192, 10_240, 12_288, 14_336, 0, 2048].enumerated() {
            enter((0..<2048).map { batch * 2048 + $0 }, into: aggregator)
            #expect(aggregator.deferredValueCount == waiting, "after batch \(batch)")
        }
        let error = #expect(throws: EngineError.self) { try counts(aggregator) }
        #expect(error?.code == .invariant)
        aggregator.settleDistinct()
        #expect(aggregator.deferredValueCount == 0)
        let expected = (0..<7).map { group in SQLValue.integer(Int64((0..<20_480).count { $0 % 7 == group })) }
        #expect(try counts(aggregator).sorted { "\($0)" < "\($1)" } == expected.sorted { "\($0)" < "\($1)" })
    }

    @Test func `known values do not wait`() throws {
        let aggregator = try makeAggregator(tableSize: 1024)
        for _ in 0..<20 {
            enter((0..<2048).map { $0 % 100 }, into: aggregator)
            #expect(aggregator.deferredValueCount == 0)
        }
        // A list of new values, and then so many that are known that none waits any more.
        let other = try makeAggregator(tableSize: 1024)
        for batch in 0..<30 { enter((0..<2048).map { batch == 0 ? $0 : $0 % 100 }, into: other) }
        #expect(other.deferredValueCount == 0)
        #expect(try counts(other).count == 7)
    }
}
