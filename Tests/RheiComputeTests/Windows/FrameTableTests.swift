import RheiCore
import RheiTestSupport
import Testing

@testable import RheiCompute

@Suite struct FrameTableTests {
    static let orders = [
        SortOrder(), SortOrder(isDescending: true), SortOrder(nullsFirst: false),
        SortOrder(isDescending: true, nullsFirst: false),
    ]

    private func positions(_ table: FrameTable, _ position: Int) -> [Int] {
        var result: [Int] = []
        table.forEachPart(of: position) { part in
            if part.isEmpty { Issue.record("an empty part of a frame") }
            result += part
        }
        return result
    }

    @Test(arguments: 0..<4, [0, 1, 2, 3, 7, 20])
    func `frames of all units, bounds and exclusions hold the rows that their definitions name`(
        _ order: Int, _ rowCount: Int
    ) throws {
        for seed in 0..<(rowCount < 4 ? 3 : 1) as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let fixture = WindowFixture(rowCount, .int64, order: Self.orders[order], &random) { _ in .integer(1) }
            for frame in FrameDescription.all {
                let table = try fixture.frames(frame)
                for position in 0..<rowCount {
                    #expect(
                        positions(table, position) == fixture.plainFrame(frame, of: position),
                        "seed \(seed), \(frame), row \(position)")
                }
            }
        }
    }

    @Test(arguments: 0..<4)
    func `ranges of real distances hold the rows within them`(_ order: Int) throws {
        var random = SeededGenerator(seed: 7)
        let fixture = WindowFixture(
            30, .int64, orderType: .float64, order: Self.orders[order], &random
        ) { _ in .integer(1) }
        let offsets: [FrameDescription.Offset] = [.real(0), .real(0.5), .real(0.75), .real(1.5), .real(1e300)]
        for start in offsets {
            for end in offsets {
                for frame in [
                    FrameDescription(unit: .range, start: .preceding(start), end: .following(end)),
                    FrameDescription(unit: .range, start: .preceding(start), end: .preceding(end)),
                    FrameDescription(unit: .range, start: .following(start), end: .following(end), exclusion: .ties),
                ] {
                    let table = try fixture.frames(frame)
                    for position in 0..<30 {
                        #expect(
                            positions(table, position) == fixture.plainFrame(frame, of: position),
                            "\(frame), row \(position)")
                    }
                }
            }
        }
    }

    @Test func `peers and partitions are those of the keys`() {
        for seed in 0..<20 as Range<UInt64> {
            var random = SeededGenerator(seed: seed)
            let fixture = WindowFixture(random.below(40), .int64, &random) { _ in .null }
            var partitions: [Int: [Int]] = [:]
            fixture.groups.forEachPartition { partition in
                for position in partition { partitions[position] = Array(partition) }
            }
            for position in fixture.rows.indices {
                #expect(Array(fixture.groups.peers(of: position)) == fixture.peers(of: position), "seed \(seed)")
                #expect(partitions[position] == fixture.partition(of: position), "seed \(seed)")
            }
        }
    }
}
