import RheiCDC
import RheiCore
import RheiSQLite
import Testing

@Suite struct KeyTests {
    /// All strings of up to three bytes over bytes that the collations treat differently.
    private var strings: [[UInt8]] {
        let alphabet: [UInt8] = [0x61, 0x41, 0x20, 0x00, 0xc3]
        var all: [[UInt8]] = [[]]
        var last: [[UInt8]] = [[]]
        for _ in 0..<3 {
            last = last.flatMap { prefix in alphabet.map { prefix + [$0] } }
            all += last
        }
        return all
    }

    @Test(arguments: ["BINARY", "NOCASE", "RTRIM"])
    func `normal forms are equal exactly when SQLite takes the texts for equal`(_ name: String) throws {
        let collation = try #require(KeyCollation(rawValue: name))
        let connection = try Connection(path: ":memory:", options: ConnectionOptions(.readWriteCreate))
        let statement = try connection.prepare("SELECT ? = ? COLLATE \(name)")
        let normal = strings.map { text in
            var bytes: [UInt8] = []
            unsafe text.withUnsafeBytes { unsafe collation.appendNormal($0, to: &bytes) }
            return bytes
        }
        var wrong: [([UInt8], [UInt8])] = []
        for (left, leftNormal) in zip(strings, normal) {
            try unsafe left.withUnsafeBytes { try unsafe statement.bindText(copying: $0, at: 1) }
            for (right, rightNormal) in zip(strings, normal) {
                try unsafe right.withUnsafeBytes { try unsafe statement.bindText(copying: $0, at: 2) }
                guard try statement.step() else { continue }
                if (statement.integer(0) == 1) != (leftNormal == rightNormal) { wrong.append((left, right)) }
                statement.reset()
            }
        }
        #expect(wrong.isEmpty)
    }

    @Test(
        arguments: [
            ([], []),
            ([5], [5]),
            ([3, 1, 2, 1, 3], [1, 2, 3]),
            ([1, 1, 1], [1]),
            ([.max, .min, 0, .min], [.min, 0, .max]),
        ] as [([Int64], [Int64])])
    func `keys are sorted and lose duplicates`(_ input: [Int64], _ output: [Int64]) {
        #expect(input.sortedUniquely() == output)
    }

    @Test func `dense keys are read as ranges and lone keys as points`() {
        let dense = (1...10).map(Int64.init)
        #expect(KeyRuns.split([]).isEmpty)
        #expect(KeyRuns.split(dense[...]) == [.init(keys: 0..<10, isRange: true)])
        #expect(KeyRuns.split([1, 100, 200]) == [.init(keys: 0..<3, isRange: false)])
        #expect(
            KeyRuns.split(([-50] + dense + [100, 101])[...]) == [
                .init(keys: 0..<1, isRange: false), .init(keys: 1..<11, isRange: true),
                .init(keys: 11..<13, isRange: false),
            ])
        #expect(KeyRuns.split([.min, .max]) == [.init(keys: 0..<2, isRange: false)])
        let stepped = stride(from: Int64(0), to: 40, by: 4).map { $0 }
        #expect(KeyRuns.split(stepped[...]) == [.init(keys: 0..<10, isRange: true)])
        let sparse = stride(from: Int64(0), to: 50, by: 5).map { $0 }
        #expect(KeyRuns.split(sparse[...]) == [.init(keys: 0..<10, isRange: false)])
    }
}
