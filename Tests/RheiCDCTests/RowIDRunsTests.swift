import RheiCore
import RheiTestSupport
import Testing

@testable import RheiCDC

@Suite struct RowIDRunsTests {
    private func roundTrip(_ rowIDs: [Int64]) throws -> [Int64] {
        var runs = RowIDRuns()
        for rowID in rowIDs { runs.append(rowID) }
        var decoded: [Int64] = []
        let count = try unsafe runs.encoded().withUnsafeBytes { bytes in
            try unsafe RowIDRuns.decode(bytes, appendingTo: &decoded)
            return try unsafe RowIDRuns.count(in: bytes)
        }
        #expect(count == runs.count)
        return decoded
    }

    @Test func `neighbours become runs, and a rowid that comes twice in a row counts once`() throws {
        var runs = RowIDRuns()
        for rowID: Int64 in [1, 2, 3, 3, 7, 8, 2] { runs.append(rowID) }
        #expect(runs.runs == [.init(first: 1, count: 3), .init(first: 7, count: 2), .init(first: 2, count: 1)])
        #expect(runs.count == 6)
    }

    @Test(
        arguments: [
            [], [0], [-1, 0, 1], [.min], [.max], [.min, .max], [.max, .min], [.max - 1, .max, .min, .min + 1],
            [5, 4, 3],
        ] as [[Int64]])
    func `rowids of the whole range come back`(_ rowIDs: [Int64]) throws {
        #expect(try roundTrip(rowIDs) == rowIDs)
    }

    @Test(arguments: [UInt64(1), 2, 3, 4, 5]) func `random rowids come back`(_ seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let width = UInt64(random.below(63) + 1)
            let rowIDs = (0..<random.below(50)).map { _ in Int64(truncatingIfNeeded: random.next() >> width) }
            let distinct = rowIDs.enumerated().filter { $0.offset == 0 || rowIDs[$0.offset - 1] != $0.element }
            #expect(try roundTrip(rowIDs) == distinct.map(\.element), "seed \(seed)")
        }
    }

    @Test func `bytes that are cut short or changed are refused or stay bounded`() throws {
        var runs = RowIDRuns()
        for rowID: Int64 in [1, 2, 3, 1000, -5, .max, .min] { runs.append(rowID) }
        let bytes = runs.encoded()
        for count in 0..<bytes.count {
            #expect(throws: EngineError.self) {
                var decoded: [Int64] = []
                try unsafe bytes[..<count].withUnsafeBytes { try unsafe RowIDRuns.decode($0, appendingTo: &decoded) }
            }
        }
        for position in bytes.indices {
            for value in [0, 1, 0x7f, 0x80, 0xff] as [UInt8] {
                var damaged = bytes
                damaged[position] = value
                var decoded: [Int64] = []
                try? unsafe damaged.withUnsafeBytes { try unsafe RowIDRuns.decode($0, appendingTo: &decoded) }
                #expect(decoded.count <= 1 << 21)
            }
        }
    }
}
