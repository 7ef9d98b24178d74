import RheiCore
import RheiTestSupport
import Testing

@testable import RheiCompute

@Suite struct RankingFunctionsTests {
    private func fixtures(_ count: Int) -> [WindowFixture] {
        (0..<count).map { number in
            var random = SeededGenerator(seed: UInt64(number))
            return WindowFixture(number * 3, .int64, &random) { .integer(Int64($0.below(4))) }
        }
    }

    @Test func `row numbers and ranks count the rows before`() {
        for fixture in fixtures(14) {
            let numbers = RankingFunctions.rowNumber(fixture.groups).values(fixture)
            let ranks = RankingFunctions.rank(fixture.groups).values(fixture)
            let dense = RankingFunctions.denseRank(fixture.groups).values(fixture)
            for position in fixture.rows.indices {
                let partition = fixture.partition(of: position)
                let firstPeer = fixture.peers(of: position)[0]
                let groupsBefore = Set(partition.filter { $0 < firstPeer }.map { fixture.peers(of: $0)[0] })
                #expect(numbers[position] == .integer(Int64(position - partition[0] + 1)))
                #expect(ranks[position] == .integer(Int64(firstPeer - partition[0] + 1)))
                #expect(dense[position] == .integer(Int64(groupsBefore.count + 1)))
            }
        }
    }

    @Test func `shares are of the other rows, and of the rows up to the last peer`() {
        for fixture in fixtures(14) {
            let percents = RankingFunctions.percentRank(fixture.groups).values(fixture)
            let shares = RankingFunctions.cumulativeDistribution(fixture.groups).values(fixture)
            for position in fixture.rows.indices {
                let partition = fixture.partition(of: position)
                let peers = fixture.peers(of: position)
                let before = Double(peers[0] - partition[0])
                #expect(
                    percents[position] == .real(partition.count == 1 ? 0 : before / Double(partition.count - 1)))
                #expect(shares[position] == .real((before + Double(peers.count)) / Double(partition.count)))
            }
        }
    }

    @Test func `buckets are filled in order and differ in size by one at most`() throws {
        for fixture in fixtures(14) {
            for bucketCount in [1, 2, 3, 5, 1_000_000] as [Int64] {
                let buckets = try RankingFunctions.ntile(fixture.groups) { _ in bucketCount }.values(fixture)
                fixture.groups.forEachPartition { partition in
                    let numbers = partition.map { position -> Int64 in
                        if case .integer(let number) = buckets[position] { number } else { 0 }
                    }
                    #expect(numbers == numbers.sorted())
                    let wanted = min(bucketCount, Int64(partition.count))
                    let sizes = (1...max(1, wanted)).map { bucket in numbers.count { $0 == bucket } }
                    #expect(sizes.reduce(0, +) == partition.count)
                    #expect(sizes == sizes.sorted(by: >) && (sizes[0] - (sizes.last ?? 0)) <= 1)
                }
            }
        }
    }

    @Test(arguments: [nil, 0, -1] as [Int64?])
    func `no buckets are an error`(_ count: Int64?) {
        var random = SeededGenerator(seed: 1)
        let fixture = WindowFixture(3, .int64, &random) { _ in .null }
        #expect(throws: EngineError.self) { _ = try RankingFunctions.ntile(fixture.groups) { _ in count } }
    }
}
