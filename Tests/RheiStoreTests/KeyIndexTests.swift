import RheiTestSupport
import RheiArrow
@testable import RheiStore
import Testing

@Suite struct KeyIndexTests {
    /// An index with the keys of all rows it was ever told of, and the dictionary that it must agree with.
    private struct Fixture {
        let index = KeyIndex(isInteger: true)
        var model: [Int64: Int64] = [:]
        var nextRow: Int64 = 0

        mutating func set(_ keys: [Int64]) {
            let array = RowKeys(integers: keys).array
            index.runs.insert(array, firstRow: nextRow)
            var expected: [Int64: Int64] = [:]
            for (position, key) in keys.enumerated() {
                let row = nextRow + Int64(position)
                if let old = model.updateValue(row, forKey: key) { expected[row] = old }
            }
            var replaced: [Int64: Int64] = [:]
            if let values = try? PrimitiveArray<Int64>(array) {
                unsafe index.setRows(from: nextRow, for: values.values, count: keys.count) { replaced[$1] = $0 }
            }
            #expect(replaced == expected)
            nextRow += Int64(keys.count)
        }

        mutating func remove(_ key: Int64) {
            #expect(index.remove(key) == model.removeValue(forKey: key))
        }

        func check(absent: [Int64]) {
            #expect(index.count == model.count)
            for (key, row) in model where index.row(of: key) != row { Issue.record("key \(key) is not at row \(row)") }
            for key in absent where index.row(of: key) != model[key] { Issue.record("key \(key) should be absent") }
        }
    }

    /// Ways to choose keys: dense, sparse, negative, at the ends of Int64, dense in random order, multiples.
    private func makeKey(_ kind: Int, _ random: inout SeededGenerator, _ step: Int64) -> Int64 {
        switch kind {
        case 0: step
        case 1: .random(in: .min ... .max, using: &random)
        case 2: -step
        case 3: Bool.random(using: &random) ? .max - .random(in: 0...50, using: &random) : .min + step % 50
        case 4: .random(in: 1...3000, using: &random)
        case 5: .max - .random(in: 0...2000, using: &random)
        default: step << 40
        }
    }

    @Test(arguments: 0...6, 0..<3 as Range<UInt64>)
    func `integer keys map as in a dictionary`(kind: Int, seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var fixture = Fixture()
        var step: Int64 = 0
        for _ in 0..<60 {
            var keys: [Int64] = []
            for _ in 0..<Int.random(in: 0...200, using: &random) {
                step += 1
                let known = fixture.model.keys.randomElement(using: &random)
                let isKnown = Int.random(in: 0..<4, using: &random) == 0
                keys.append(isKnown ? known ?? step : makeKey(kind, &random, step))
            }
            fixture.set(keys)
            for _ in 0..<Int.random(in: 0...100, using: &random) {
                fixture.remove(fixture.model.keys.randomElement(using: &random) ?? 5)
            }
            fixture.remove(makeKey(kind, &random, step + 7))
            fixture.check(absent: [0, 1, .min, .max, step + 1, -step - 1])
        }
    }

    @Test func `ascending keys stay dense and scattered ones take at most 16 bytes each`() {
        var dense = Fixture()
        for start in stride(from: 1 as Int64, to: 200_000, by: 1000) { dense.set(Array(start..<start + 1000)) }
        #expect(dense.index.isDense)
        var sparse = KeyIndex(isInteger: true)
        let keys = (0..<200_000 as Range<Int64>).map { $0 &* 0x1234_5678_9ABC_DEF }
        sparse.runs.insert(RowKeys(integers: keys).array, firstRow: 0)
        sparse.reserve(keys.count, [RowKeys(integers: keys).array])
        for (row, key) in keys.enumerated() { #expect(sparse.set(Int64(row), for: key) == nil) }
        #expect(!sparse.isDense)
        #expect(sparse.byteCount <= keys.count * 16)
        sparse = KeyIndex(isInteger: true)
        #expect(sparse.row(of: 1) == nil && sparse.remove(1) == nil)
    }

    @Test func `one key far away turns a dense index into a hashed one without loss`() {
        var fixture = Fixture()
        fixture.set(Array(100..<5000))
        #expect(fixture.index.isDense)
        fixture.set([1 << 60])
        #expect(!fixture.index.isDense)
        fixture.check(absent: [99, 5000])
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `byte keys map as in a dictionary`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let index = KeyIndex(isInteger: false)
        var model: [[UInt8]: Int64] = [:]
        var nextRow: Int64 = 0
        for _ in 0..<40 {
            var keys: [[UInt8]] = []
            for _ in 0..<Int.random(in: 0...150, using: &random) {
                let length = Int.random(in: 0...40, using: &random)
                // Few letters, so that keys share prefixes and come again.
                keys.append((0..<length).map { $0 < 2 || $0 > 20 ? UInt8.random(in: 0...1, using: &random) : 0x61 })
            }
            index.runs.insert(try RowKeys(encoded: keys).array, firstRow: nextRow)
            for key in keys {
                let old = unsafe key.withUnsafeBytes { unsafe index.set(nextRow, for: $0) }
                #expect(old == model.updateValue(nextRow, forKey: key))
                nextRow += 1
            }
            for key in keys.prefix(30) {
                let old = unsafe key.withUnsafeBytes { unsafe index.remove($0) }
                #expect(old == model.removeValue(forKey: key))
            }
            #expect(index.count == model.count)
            for (key, row) in model {
                let found = unsafe key.withUnsafeBytes { unsafe index.row(of: $0) }
                #expect(found == row)
            }
        }
    }

    @Test func `moving, removing and restoring by row number act on the right key`() {
        for base in [0 as Int64, 1 << 50] {
            var fixture = Fixture()
            fixture.set([base + 1, -base, base + 3])
            fixture.index.runs.insert(RowKeys(integers: [-base]).array, firstRow: 3)
            fixture.index.move(1, to: 3, keyRow: 3)
            #expect(fixture.index.row(of: -base) == 3)
            fixture.index.move(3, to: 1, keyRow: 3)
            #expect(fixture.index.row(of: -base) == 1)
            fixture.index.removeKey(of: 2)
            #expect(fixture.index.row(of: base + 3) == nil)
            fixture.index.restoreKey(of: 2)
            fixture.check(absent: [77])
        }
    }
}
