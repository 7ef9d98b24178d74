import RheiCore
import RheiTestSupport
import Testing

@testable import RheiCompute

@Suite struct RowChoosingFunctionsTests {
    private func fixture(_ seed: UInt64) -> WindowFixture {
        var random = SeededGenerator(seed: seed)
        return WindowFixture(40, .int64, order: random.pick(FrameTableTests.orders), &random) {
            $0.chance(percent: 20) ? .null : .integer(Int64($0.below(1_000)))
        }
    }

    private func values(_ chosen: PositionColumn<UInt32>, _ fixture: WindowFixture) -> [SQLValue] {
        WindowResult.stored(chosen, column: 2, fallback: nil).values(fixture)
    }

    @Test(arguments: 0..<6 as Range<UInt64>)
    func `first, last and n-th rows are those of the frame, nulls included`(_ seed: UInt64) throws {
        let fixture = fixture(seed)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<40 {
            let frame = FrameDescription.random(&random)
            let table = try fixture.frames(frame)
            let first = values(RowChoosingFunctions.first(table, fixture.positions), fixture)
            let last = values(RowChoosingFunctions.last(table, fixture.positions), fixture)
            let number = Int64(random.below(4) + 1)
            let numbered = values(try RowChoosingFunctions.nth(table, fixture.positions) { _ in number }, fixture)
            for position in fixture.rows.indices {
                let rows = fixture.plainFrame(frame, of: position).map { fixture.rows[$0][2] }
                let place = "seed \(seed), \(frame), row \(position)"
                #expect(first[position] == rows.first ?? .null, "\(place)")
                #expect(last[position] == rows.last ?? .null, "\(place)")
                #expect(numbered[position] == (rows.count >= number ? rows[Int(number) - 1] : .null), "\(place)")
            }
        }
    }

    @Test(arguments: [nil, 0, -1] as [Int64?])
    func `a row number that is not positive is an error`(_ number: Int64?) {
        let fixture = fixture(0)
        #expect(throws: EngineError.self) {
            _ = try RowChoosingFunctions.nth(try fixture.frames(.partition), fixture.positions) { _ in number }
        }
    }

    @Test(arguments: [0, 1, -1, 2, -5, 1_000, -1_000, .max, .min] as [Int64])
    func `shifted rows stay within their partition`(_ distance: Int64) {
        let fixture = fixture(9)
        let shifted = values(
            RowChoosingFunctions.shifted(fixture.groups, fixture.positions) { _ in distance }, fixture)
        for position in fixture.rows.indices {
            let target = Int64(position).subtractingReportingOverflow(distance)
            let partition = fixture.partition(of: position)
            let isInside = !target.overflow && partition.contains { Int64($0) == target.partialValue }
            #expect(shifted[position] == (isInside ? fixture.rows[Int(target.partialValue)][2] : .null))
        }
    }

    @Test func `no distance leads to no row`() {
        let fixture = fixture(2)
        let chosen = RowChoosingFunctions.shifted(fixture.groups, fixture.positions) { _ in nil }
        #expect((0..<chosen.count).allSatisfy { chosen[$0] == noStoredRow })
    }
}
