import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

@Suite struct AggregatePartitionsTests {
    static let aggregates: [AggregateDescription] = [
        AggregateDescription(kind: .countRows, argumentTypes: [], resultType: .int64),
        AggregateDescription(kind: .sum, argumentTypes: [.int64], resultType: .int64),
        AggregateDescription(kind: .average, argumentTypes: [.int64], resultType: .float64),
        AggregateDescription(kind: .minimum, argumentTypes: [.int64], resultType: .int64),
        AggregateDescription(kind: .anyValue, argumentTypes: [.int64], resultType: .int64),
    ]

    private func fill(_ aggregator: HashAggregator, _ type: VectorType, _ rows: [(SQLValue, SQLValue)]) {
        for first in stride(from: 0, to: rows.count, by: 2048) {
            let part = rows[first..<min(first + 2048, rows.count)]
            let key = OperatorColumn(type, part.map(\.0))
            let value = OperatorColumn(.int64, part.map(\.1))
            let all = SelectionVector(all: part.count)
            aggregator.assignGroups([key.vector], all)
            for (index, aggregate) in Self.aggregates.enumerated() {
                let arguments = aggregate.argumentTypes.map { _ in value.vector }
                aggregator.update(aggregate: index, arguments, all, sequence: 0)
            }
            withExtendedLifetime((key, value)) {}
        }
    }

    private func output(_ aggregator: HashAggregator) throws -> [String] {
        let output = aggregator.makeOutput()
        var result: [String] = []
        for first in stride(from: 0, to: aggregator.groupCount, by: 2048) {
            let count = min(2048, aggregator.groupCount - first)
            let columns = try aggregator.emit(first: first, count: count, into: output)
            result += (0..<count).map { row in "\(columns.map { $0.datum(row).sqlValue })" }
        }
        withExtendedLifetime((aggregator, output)) {}
        return result
    }

    @Test(arguments: [VectorType.int64, .text, .any])
    func `parts merged apart hold what one merge holds`(_ type: VectorType) throws {
        var random = SeededGenerator(seed: 41)
        func make() throws -> HashAggregator {
            try HashAggregator(keyTypes: [type], aggregates: Self.aggregates)
        }
        let (whole, single) = (try make(), try make())
        var sources: [HashAggregator] = []
        for _ in 0..<3 {
            let rows = (0..<5000).map { _ -> (SQLValue, SQLValue) in
                // A group's value is a function of its key, so that any of them may stand for the others.
                let key = random.value(type, spread: 4000, stage: 2)
                return (key, "\(OperatorKey([key]))".utf8.count % 5 == 0 ? .null : .integer(Int64("\(key)".count)))
            }
            let source = try make()
            fill(source, type, rows.map { ($0.0, $0.1) })
            fill(single, type, rows)
            sources.append(source)
        }
        for source in sources { whole.absorb(source) }
        let expected = try output(single).sorted()
        #expect(try output(whole).sorted() == expected)
        for bits in [1, 4] {
            let splits = sources.map { AggregateSplit($0, bits: bits, skippedBits: 0) }
            let parts = AggregatePartitions(splits, keyTypes: [type], aggregates: Self.aggregates, bits: bits)
            var rows: [String] = []
            for part in 0..<parts.partCount { rows += try output(try parts.merged(part: part)) }
            #expect(rows.sorted() == expected)
        }
    }

    @Test(arguments: [VectorType.int64, .int32, .float64], [1, 4, 6])
    func `rows that are not grouped yet join the groups of their part`(_ type: VectorType, _ bits: Int) throws {
        var random = SeededGenerator(seed: 43)
        let types = [type] + Self.aggregates.flatMap(\.argumentTypes)
        let single = try HashAggregator(keyTypes: [type], aggregates: Self.aggregates)
        let source = try HashAggregator(keyTypes: [type], aggregates: Self.aggregates)
        let ungrouped = PartitionedRows(types: types, keyCount: 1, bits: 6, skippedBits: 0)
        for batch in 0..<9 {
            let rows = (0..<1700).map { _ -> (SQLValue, SQLValue) in
                let key = random.value(type, spread: 4000, stage: 2)
                return (key, "\(OperatorKey([key]))".utf8.count % 5 == 0 ? .null : .integer(Int64("\(key)".count)))
            }
            fill(single, type, rows)
            if batch < 3 {
                fill(source, type, rows)
                continue
            }
            let key = OperatorColumn(type, rows.map(\.0))
            let value = OperatorColumn(.int64, rows.map(\.1))
            ungrouped.append([key.vector] + types.dropFirst().map { _ in value.vector }, SelectionVector(all: 1700))
            withExtendedLifetime((key, value)) {}
        }
        ungrouped.finish()
        let parts = AggregatePartitions(
            [AggregateSplit(source, bits: bits, skippedBits: 0)], keyTypes: [type], aggregates: Self.aggregates,
            bits: bits, rows: [ungrouped])
        var rows: [String] = []
        for part in 0..<parts.partCount {
            let groups = try output(try parts.merged(part: part))
            #expect(parts.isEmpty(part: part) == groups.isEmpty)
            rows += groups
        }
        #expect(try rows.sorted() == output(single).sorted())
    }

    @Test func `ever greater strings leave no garbage behind`() throws {
        let greatest = AggregateDescription(kind: .maximum, argumentTypes: [.text], resultType: .text)
        let aggregator = try HashAggregator(keyTypes: [.int64], aggregates: [greatest])
        for batch in 0..<60 {
            let numbers = (0..<2048).map { batch * 2048 + $0 }
            let key = OperatorColumn(.int64, numbers.map { .integer(Int64($0 % 700)) })
            let value = OperatorColumn(.text, numbers.map { .text("a long text, number \(1_000_000 + $0)") })
            aggregator.assignGroups([key.vector], SelectionVector(all: 2048))
            aggregator.update(aggregate: 0, [value.vector], SelectionVector(all: 2048), sequence: 0)
            withExtendedLifetime((key, value)) {}
        }
        #expect(aggregator.byteCount < 4 << 20)
        let output = aggregator.makeOutput()
        let columns = try aggregator.emit(first: 0, count: 700, into: output)
        let last = 60 * 2048 - 1
        for group in 0..<700 {
            let number = last - (last - group) % 700
            #expect(columns[1].datum(group).sqlValue == .text("a long text, number \(1_000_000 + number)"))
        }
        withExtendedLifetime((aggregator, output)) {}
    }
}
