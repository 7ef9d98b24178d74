import RheiArrow
import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

/// Rows whose key ascends, grouped by several workers, against one aggregator that has them all.
@Suite struct OrderedGroupsTests {
    private static let aggregates: [AggregateDescription] = [
        AggregateDescription(kind: .countRows, argumentTypes: [], resultType: .int64),
        AggregateDescription(kind: .sum, argumentTypes: [.int64], resultType: .int64),
        AggregateDescription(kind: .maximum, argumentTypes: [.text], resultType: .text),
    ]

    private func make(_ type: VectorType, looksForOrder: Bool = true) throws -> HashAggregator {
        try HashAggregator(keyTypes: [type], aggregates: Self.aggregates, looksForOrder: looksForOrder)
    }

    private func fill(_ aggregator: HashAggregator, _ type: VectorType, _ keys: [SQLValue]) {
        for first in stride(from: 0, to: keys.count, by: 700) {
            let part = Array(keys[first..<min(first + 700, keys.count)])
            let key = OperatorColumn(type, part)
            let number = OperatorColumn(.int64, part.indices.map { .integer(Int64($0 % 7)) })
            let text = OperatorColumn(.text, part.indices.map { .text("a text that is kept elsewhere \($0 % 50)") })
            let all = SelectionVector(all: part.count)
            aggregator.assignGroups([key.vector], all)
            aggregator.update(aggregate: 0, [], all, sequence: 0)
            aggregator.update(aggregate: 1, [number.vector], all, sequence: 0)
            aggregator.update(aggregate: 2, [text.vector], all, sequence: 0)
            withExtendedLifetime((key, number, text)) {}
        }
    }

    private func rows(_ aggregator: HashAggregator, _ own: (Range<Int>) -> [Int]? = { _ in nil }) throws -> [String] {
        let output = aggregator.makeOutput()
        var result: [String] = []
        for first in stride(from: 0, to: aggregator.groupCount, by: 2048) {
            let count = min(2048, aggregator.groupCount - first)
            let columns = try aggregator.emit(first: first, count: count, into: output)
            let listed = own(first..<first + count) ?? Array(0..<count)
            result += listed.map { row in "\(columns.map { $0.datum(row).sqlValue })" }
        }
        withExtendedLifetime((aggregator, output)) {}
        return result
    }

    private func listed(_ rows: SelectionVector) -> [Int] {
        guard let list = unsafe rows.indices else { return Array(0..<rows.count) }
        return unsafe UnsafeBufferPointer(start: list, count: rows.count).map { Int($0) }
    }

    private func rows(_ groups: OrderedGroups) throws -> [String] {
        let list = SelectionBuffer()
        return try groups.sources.enumerated().flatMap { index, source in
            try rows(source) { range in
                guard let own = groups.selectOwn(range, ofSource: index, into: list) else { return nil }
                return listed(own)
            }
        }
    }

    @Test(arguments: [VectorType.int16, .int32, .int64], [1, 2, 5])
    func `groups cut apart between workers become one`(_ type: VectorType, _ workerCount: Int) throws {
        let seed = UInt64(workerCount * 10 + type.byteWidth)
        var random = SeededGenerator(seed: seed)
        let keys = (0..<30_000).map { _ in SQLValue.integer(Int64(random.below(9000) - 4500)) }.sorted {
            if case .integer(let left) = $0, case .integer(let right) = $1 { left < right } else { false }
        }
        let single = try make(type, looksForOrder: false)
        let workers = try (0..<workerCount).map { _ in try make(type) }
        for first in stride(from: 0, to: keys.count, by: 700) {
            let part = Array(keys[first..<min(first + 700, keys.count)])
            fill(single, type, part)
            fill(workers[random.below(workerCount)], type, part)
        }
        #expect(workers.allSatisfy { $0.isAscending })
        #expect(!single.isAscending)
        let groups = try #require(OrderedGroups(workers), "seed \(seed)")
        #expect(groups.groupCount == single.groupCount)
        #expect(try rows(groups).sorted() == rows(single).sorted(), "seed \(seed)")
    }

    @Test(arguments: [false, true])
    func `few groups out of order are looked up`(_ withNull: Bool) throws {
        let single = try make(.int64, looksForOrder: false)
        let (first, second, other) = try (make(.int64), make(.int64), make(.int64))
        let even = (0..<9000).map { SQLValue.integer(2 * $0) }
        let shared = (8990..<19_000).map { SQLValue.integer(2 * $0) }
        let rest: [SQLValue] =
            [.integer(20), .integer(7), .integer(30_000), .integer(17_990)] + (withNull ? [.null] : [])
        for (aggregator, keys) in [(first, even), (second, shared), (other, rest)] {
            fill(aggregator, .int64, keys)
            fill(single, .int64, keys)
        }
        #expect(!other.isAscending)
        let groups = try #require(OrderedGroups([other, first, second]))
        #expect(try rows(groups).sorted() == rows(single).sorted())
    }

    @Test func `groups that most workers have are left to hashing`() throws {
        let (first, second) = try (make(.int64), make(.int64))
        let keys = (0..<50_000).map { SQLValue.integer($0) }
        for aggregator in [first, second] { fill(aggregator, .int64, keys) }
        let before = try rows(first)
        #expect(OrderedGroups([first, second]) == nil)
        #expect(try rows(first) == before)
    }

    @Test func `keys that descend are found by hashing from then on`() throws {
        let (ordered, plain) = try (make(.int32), make(.int32, looksForOrder: false))
        for keys in [Array(0..<3000), Array(2999..<5000), [17, 4, 4999], Array(100..<2500)] {
            let values = keys.map { SQLValue.integer(Int64($0)) }
            for aggregator in [ordered, plain] { fill(aggregator, .int32, values) }
        }
        #expect(!ordered.isAscending)
        #expect(try rows(ordered).sorted() == rows(plain).sorted())
    }

    @Test func `known groups are found among keys that ascend`() throws {
        let aggregator = try make(.int64)
        fill(aggregator, .int64, (0..<1000).map { .integer(3 * $0) })
        let asked: [SQLValue] = [
            .integer(0), .integer(1), .null, .integer(2997), .integer(-5), .integer(3000), .integer(99),
        ]
        let keys = OperatorColumn(.int64, asked)
        let (known, unknown) = aggregator.findGroups([keys.vector], SelectionVector(all: asked.count))
        #expect(listed(known) == [0, 3, 6])
        #expect(unknown.count == 4)
        withExtendedLifetime((aggregator, keys)) {}
    }
}
