import RheiArrow
import RheiCore
import RheiExec
import RheiPlan
import Testing

/// LIMIT, UNION ALL, VALUES and shared plans: what keeps the order of rows.
@Suite struct OrderTests {
    static let rows: [[SQLValue]] = (0..<40).map { [.integer($0), .text("the text of row \($0)")] }
    static let table = MemoryTable(
        columns: [("a", .int64), ("b", .utf8View)], rows: rows, rowsPerGroup: 7, deleted: [3])
    static var living: [[SQLValue]] { Array(rows[..<3] + rows[4...]) }

    @Test(arguments: Configuration.all)
    func `LIMIT and OFFSET cut the rows of a scan in order`(_ configuration: Configuration) async throws {
        for limit in [nil, 0, 1, 2, 6, 7, 13, 38, 39, 40, 1000, Int.max] {
            for offset in [0, 1, 5, 38, 39, 100, Int.max] {
                let maker = PlanMaker()
                let plan = maker.limit(maker.scan(Self.table), limit, offset: offset)
                let expected = Self.living.dropFirst(offset).prefix(limit ?? .max)
                #expect(
                    try await configuration.rows(plan) == Array(expected),
                    "limit \(String(describing: limit)) offset \(offset)")
            }
        }
    }

    @Test(arguments: Configuration.all)
    func `LIMIT counts the rows that filters leave`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let filtered = maker.filter(maker.scan(Self.table)) { [.compare($0[0], .greater, .integer(20))] }
        let plan = maker.limit(filtered, 4, offset: 2)
        #expect(try await configuration.rows(plan) == Array(Self.rows[23..<27]))
    }

    @Test(arguments: Configuration.all)
    func `UNION ALL yields its inputs one after the other`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let values = maker.values([[.integer(-1), .text("x")], [.integer(-2), .null]], types: [.int64, .utf8View])
        let union = maker.union([maker.scan(Self.table), values, maker.limit(maker.scan(Self.table), 2)])
        let expected = Self.living + [[.integer(-1), .text("x")], [.integer(-2), .null]] + Self.rows[..<2]
        #expect(try await configuration.rows(union) == expected)
        let cut = maker.limit(union, 5, offset: 37)
        #expect(try await configuration.rows(cut) == Array(expected[37..<42]))
        let doubled = maker.project(maker.union([union, union])) { [.add($0[0], .integer(1))] }
        let numbers: [[SQLValue]] = (expected + expected).map { row in
            guard case .integer(let number) = row[0] else { return [] }
            return [.integer(number + 1)]
        }
        #expect(try await configuration.rows(doubled) == numbers)
    }

    @Test(arguments: Configuration.all)
    func `a shared plan is computed once and read in order each time`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let input = maker.filter(maker.scan(Self.table)) { [.compare($0[0], .less, .integer(30))] }
        let plan = maker.union([maker.shared(1, input), maker.limit(maker.shared(1, input), 3, offset: 1)])
        #expect(try await configuration.rows(plan) == Array(Self.living[..<29] + Self.living[1..<4]))
    }

    @Test(arguments: Configuration.all)
    func `VALUES yields any number of rows, also without columns`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let many = maker.values((0..<10).map { [.integer($0), .null] }, types: [.int64, .null])
        #expect(try await configuration.rows(many) == (0..<10).map { [.integer($0), .null] })
        let one = maker.project(maker.values([[]], types: [])) { _ in [.integer(1), .text("one")] }
        #expect(try await configuration.rows(one) == [[.integer(1), .text("one")]])
        #expect(try await configuration.rows(maker.values([], types: [.int64])).isEmpty)
    }
}
