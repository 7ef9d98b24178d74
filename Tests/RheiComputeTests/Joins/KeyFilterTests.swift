import RheiCompute
import RheiCore
import RheiTestSupport
import Testing

@Suite struct KeyFilterTests {
    private func store(_ type: VectorType, _ values: [SQLValue]) -> RowStore {
        let store = RowStore(types: [type])
        for first in stride(from: 0, to: values.count, by: 2000) {
            let part = Array(values[first..<min(first + 2000, values.count)])
            let column = OperatorColumn(type, part)
            store.append([column.vector], SelectionVector(all: part.count))
            withExtendedLifetime(column) {}
        }
        return store
    }

    private func selected(_ filter: KeyFilter, _ type: VectorType, _ values: [SQLValue]) -> [Int] {
        let column = OperatorColumn(type, values)
        let buffer = SelectionBuffer()
        defer { withExtendedLifetime((column, buffer)) {} }
        return filter.select(column.vector, SelectionVector(all: values.count), into: buffer).rows
    }

    private func mayHoldAny(_ filter: KeyFilter, _ type: VectorType, _ values: [SQLValue]) -> Bool {
        let column = OperatorColumn(type, values)
        defer { withExtendedLifetime(column) {} }
        return filter.mayHoldAny(of: column.vector, SelectionVector(all: values.count))
    }

    @Test(arguments: [VectorType.int16, .int32, .int64], [1, 40, 5000])
    func `a value that the build side has passes, and of a dense range no other`(_ type: VectorType, _ count: Int)
        throws
    {
        var random = SeededGenerator(seed: UInt64(count))
        let limit: Int64 = 9000
        func value() -> SQLValue {
            Int.random(in: 0..<10, using: &random) == 0
                ? .null : .integer(Int64.random(in: -limit...limit, using: &random) / 2 * 2)
        }
        let build = (0..<count).map { _ in value() }
        let probe = (0..<2000).map { index -> SQLValue in
            index % 3 == 0 ? value() : .integer(Int64.random(in: -limit...limit, using: &random))
        }
        let filter = try #require(KeyFilter(store(type, build).columns[0], rowCount: count))
        let present = Set(build).subtracting([.null])
        let expected = probe.indices.filter { present.contains(probe[$0]) }
        #expect(selected(filter, type, probe) == expected)
    }

    @Test func `a value that the build side has passes from a wide range, and few others do`() throws {
        var random = SeededGenerator(seed: 5)
        let build = (0..<6000).map { _ in SQLValue.integer(Int64.random(in: .min ... .max, using: &random)) }
        let filter = try #require(KeyFilter(store(.int64, build).columns[0], rowCount: build.count))
        #expect(selected(filter, .int64, Array(build[..<2000])) == Array(0..<2000))
        let others = (0..<2000).map { _ in SQLValue.integer(Int64.random(in: .min ... .max, using: &random)) }
        #expect(selected(filter, .int64, others).count < 60)
    }

    @Test func `an empty build side lets nothing pass`() throws {
        for values in [[], [SQLValue.null]] {
            let filter = try #require(KeyFilter(store(.int32, values).columns[0], rowCount: values.count))
            #expect(filter.bounds == nil)
            #expect(selected(filter, .int32, [.integer(0), .null, .integer(.zero)]).isEmpty)
        }
    }

    @Test(arguments: [VectorType.int32, .int64])
    func `of few values in a wide range it is known where none is`(_ type: VectorType) throws {
        var random = SeededGenerator(seed: 11)
        let limit: Int64 = type == .int32 ? 2_000_000_000 : .max / 2
        var leftOutCount = 0
        for count in [2, 100, 3000] {
            let keys = (0..<count).map { _ in Int64.random(in: -limit...limit, using: &random) }
            let filter = try #require(KeyFilter(store(type, keys.map { .integer($0) }).columns[0], rowCount: count))
            #expect(filter.knowsGaps)
            for trial in 0..<400 {
                let key = keys.randomElement(using: &random) ?? 0
                let near = trial % 2 == 0 ? key : Int64.random(in: -limit...limit, using: &random)
                let width = Int64.random(in: 0...(limit >> Int64.random(in: 1...24, using: &random)), using: &random)
                let low = max(near - .random(in: 0...width, using: &random), -limit)
                let high = min(low + width, limit)
                let middle = trial % 3 == 0 ? SQLValue.null : .integer(low)
                let mayHold = mayHoldAny(filter, type, [.integer(high), middle, .integer(low)])
                #expect(mayHold || !keys.contains { (low...high).contains($0) })
                if !mayHold { leftOutCount += 1 }
            }
        }
        #expect(leftOutCount > 400)
    }

    @Test func `ranges beyond the values are left out, and rows of nulls`() throws {
        let keys = [SQLValue.integer(.min), .integer(-5_000_000), .integer(.max - 1)]
        let filter = try #require(KeyFilter(store(.int64, keys).columns[0], rowCount: keys.count))
        #expect(mayHoldAny(filter, .int64, [.integer(.min)]))
        #expect(mayHoldAny(filter, .int64, [.integer(.max - 1), .null]))
        #expect(mayHoldAny(filter, .int64, [.integer(.min), .integer(.max)]))
        #expect(!mayHoldAny(filter, .int64, [.null, .null]))
        #expect(!mayHoldAny(filter, .int64, [.integer(1 << 60), .integer(1 << 61)]))
        let narrow = try #require(KeyFilter(store(.int64, [.integer(0), .integer(4000)]).columns[0], rowCount: 2))
        #expect(narrow.knowsGaps)
        #expect(!mayHoldAny(narrow, .int64, [.integer(4001)]))
        let dense = try #require(KeyFilter(store(.int64, [.integer(0), .integer(40)]).columns[0], rowCount: 2))
        #expect(!dense.knowsGaps)
    }

    @Test(arguments: [VectorType.text, .float64, .any, .int128])
    func `keys that are no integers of at most 64 bits all may be there`(_ type: VectorType) throws {
        let keys = [SQLValue.integer(7), .integer(9_000_000)]
        let filter = try #require(KeyFilter(store(.int64, keys).columns[0], rowCount: keys.count))
        #expect(filter.knowsGaps)
        let value: SQLValue =
            switch type {
            case .text: .text("a")
            case .float64: .real(-5)
            default: .integer(-5)
            }
        #expect(mayHoldAny(filter, type, [value, .null]))
        #expect(selected(filter, type, [value, .null, value]) == [0, 2])
    }

    @Test func `only integers of at most 64 bits make a filter`() {
        for type in [VectorType.text, .float64, .any, .int128] {
            #expect(KeyFilter(store(type, []).columns[0], rowCount: 0) == nil)
        }
    }
}
