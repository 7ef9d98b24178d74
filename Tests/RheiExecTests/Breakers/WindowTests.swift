import RheiArrow
import RheiCore
import RheiPlan
import RheiTestSupport
import Testing

/// Window functions against their definitions, with all kinds of frames.
@Suite struct WindowTests {
    /// Columns of the tables: two partition keys, an order key, values to work on, a filter.
    private enum Column: Int, CaseIterable {
        case group, subgroup, order, integer, real, text, distance, filter

        var type: DataType {
            switch self {
            case .real: .float64
            case .text, .subgroup: .utf8View
            default: .int64
            }
        }
    }

    private func rows(_ count: Int, _ orderType: RandomColumn, _ random: inout SeededGenerator) -> [[SQLValue]] {
        (0..<count).map { row in
            [
                RandomColumn.few.value(4, nulls: true, &random), RandomColumn.text.value(9, nulls: true, &random),
                orderType.value(14, nulls: true, &random), RandomColumn.few.value(50, nulls: true, &random),
                // Quarters, so that every order of additions gives the same sum.
                random.chance(percent: 15) ? .null : .real(Double(Int.random(in: -40...40, using: &random)) / 4),
                random.chance(percent: 15) ? .null : .text(random.pick(["a", "bc", "longer than twelve bytes", "é"])),
                random.chance(percent: 10) ? .null : .integer(Int64.random(in: 1...4, using: &random)),
                .integer(random.chance(percent: 60) ? 1 : 0),
            ]
        }
    }

    private static let functions: [(function: WindowCall.Function, arguments: [[Column]])] = [
        (.rowNumber, [[]]), (.rank, [[]]), (.denseRank, [[]]), (.percentRank, [[]]), (.cumeDist, [[]]),
        (.lag, [[.text], [.integer, .distance], [.real, .distance, .real]]), (.lead, [[.order], [.text, .distance]]),
        (.firstValue, [[.text], [.real]]), (.lastValue, [[.integer], [.text]]),
        (.aggregate(.countStar), [[]]), (.aggregate(.count), [[.text]]), (.aggregate(.sum), [[.integer], [.real]]),
        (.aggregate(.total), [[.integer], [.real]]), (.aggregate(.average), [[.integer], [.real]]),
        (.aggregate(.minimum), [[.integer], [.text], [.real]]), (.aggregate(.maximum), [[.integer], [.text]]),
        (.aggregate(.groupConcat), [[.text]]),
    ]

    private static func resultType(_ function: WindowCall.Function, _ arguments: [DataType]) -> DataType {
        switch function {
        case .percentRank, .cumeDist, .aggregate(.total), .aggregate(.average): .float64
        case .rowNumber, .rank, .denseRank, .ntile, .aggregate(.count), .aggregate(.countStar): .int64
        case .aggregate(.groupConcat): .utf8View
        default: arguments[0]
        }
    }

    private static func randomFrame(_ random: inout SeededGenerator) -> FrameExtent {
        let unit = random.pick([FrameExtent.Unit.rows, .range, .groups])
        func offset(_ random: inout SeededGenerator) -> SQLValue { .integer(random.pick([0, 1, 2, 3, 100])) }
        // Bounds by their order; a start may not lie behind the end's kind.
        let start = Int.random(in: 0...3, using: &random)
        let end = Int.random(in: max(start, 1)...4, using: &random)
        func bound(_ kind: Int, _ random: inout SeededGenerator) -> FrameExtent.Bound {
            switch kind {
            case 0: .unboundedPreceding
            case 1: .preceding(offset(&random))
            case 2: .currentRow
            case 3: .following(offset(&random))
            default: .unboundedFollowing
            }
        }
        return FrameExtent(
            unit: unit, start: bound(start, &random), end: bound(end, &random),
            exclusion: random.pick([.none, .none, .noOthers, .currentRow, .group, .ties]))
    }

    private static func randomCall(
        _ scan: PhysicalPlan, _ keyCount: Int, orderType: DataType, _ random: inout SeededGenerator
    ) -> (call: WindowCall, arguments: [Int], filter: Int?) {
        let (function, choices) = random.pick(functions)
        let arguments = random.pick(choices).map(\.rawValue)
        let types = arguments.map { scan.columns[$0].type }
        var call = WindowCall(
            function: function, arguments: arguments.map { scan.expressions[$0] },
            frame: randomFrame(&random), type: resultType(function, types))
        call.partitionKeyCount = Int.random(in: 0...2, using: &random)
        call.orderKeyCount = keyCount - call.partitionKeyCount
        if call.frame.unit == .range, call.orderKeyCount != 1 { call.frame.unit = .groups }
        var filter: Int?
        if case .aggregate = function, random.chance(percent: 30) {
            filter = Column.filter.rawValue
            call.filter = .compare(scan.expressions[Column.filter.rawValue], .equal, .integer(1))
        }
        return (call, arguments, filter)
    }

    @Test(arguments: [RandomColumn.few, .real, .any])
    func `functions over all kinds of frames give what their definitions say`(_ orderType: RandomColumn) async throws {
        for (seed, count) in [0, 1, 2, 30, 70].enumerated() {
            var random = SeededGenerator(seed: UInt64(seed) + 4_100)
            let rows = rows(count, orderType, &random)
            var types = Column.allCases.map { ("\($0)", $0.type) }
            types[Column.order.rawValue].1 = orderType.type
            let table = MemoryTable(columns: types, rows: rows, rowsPerGroup: 50)
            for round in 0..<6 {
                let isDescending = random.chance(percent: 40)
                let nullsFirst = random.chance(percent: 50)
                let keys: [(column: Int, isDescending: Bool, nullsFirst: Bool, collation: Collation)] = [
                    (Column.group.rawValue, false, true, .binary), (Column.subgroup.rawValue, false, true, .noCase),
                    (Column.order.rawValue, isDescending, nullsFirst, .binary),
                ]
                let maker = PlanMaker()
                let scan = maker.scan(table)
                let calls = (0..<5).map { _ in
                    Self.randomCall(scan, keys.count, orderType: orderType.type, &random)
                }
                let node = PhysicalWindow(
                    input: scan,
                    keys: keys.map {
                        SortKey(
                            expression: scan.expressions[$0.column], isDescending: $0.isDescending,
                            nullsFirst: $0.nullsFirst, collation: $0.collation)
                    }, calls: calls.map(\.call))
                let plan = maker.plan(.window(node), scan.columns + maker.columns(calls.map(\.call.type)))
                let plain = PlainWindow(rows, keys: keys)
                let results = calls.map { plain.values($0.call, arguments: $0.arguments, filter: $0.filter) }
                let expected = plain.sorted.indices.map { row in plain.sorted[row] + results.map { $0[row] } }
                for configuration in Configuration.all {
                    #expect(
                        try await configuration.rows(plan) == expected,
                        "seed \(seed), round \(round), \(calls.map(\.call)), \(configuration.testDescription)")
                }
            }
        }
    }

    /// Runs one call over rows ordered by their only column.
    private func results(
        _ function: WindowCall.Function, _ values: [SQLValue], type: DataType, frame: FrameExtent = .partition,
        arguments: ([Expression]) -> [Expression], resultType: DataType
    ) async throws -> [SQLValue] {
        let maker = PlanMaker()
        let scan = maker.scan(MemoryTable(columns: [("c", type)], rows: values.map { [$0] }))
        let key = SortKey(expression: scan.expressions[0], isDescending: false, nullsFirst: true, collation: .binary)
        let call = WindowCall(
            function: function, arguments: arguments(scan.expressions), frame: frame, orderKeyCount: 1,
            type: resultType)
        let node = PhysicalWindow(input: scan, keys: [key], calls: [call])
        let plan = maker.plan(.window(node), scan.columns + maker.columns([resultType]))
        return try await Configuration.all[2].rows(plan).map { $0[1] }
    }

    @Test func `ntile deals larger buckets first and refuses none`() async throws {
        let values = (1...7).map { SQLValue.integer($0) }
        for buckets in 1...9 as ClosedRange<Int64> {
            let dealt = try await results(
                .ntile, values, type: .int64, arguments: { _ in [.integer(buckets)] }, resultType: .int64)
            let numbers = dealt.map { value -> Int in if case .integer(let number) = value { Int(number) } else { 0 } }
            let sizes = (1...Int(buckets)).map { bucket in numbers.filter { $0 == bucket }.count }
            #expect(numbers == numbers.sorted() && sizes == sizes.sorted(by: >) && sizes.reduce(0, +) == 7)
            #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
        }
        await #expect(throws: EngineError.self) {
            try await results(.ntile, values, type: .int64, arguments: { _ in [.integer(0)] }, resultType: .int64)
        }
    }

    @Test func `what has left a frame leaves no trace in a sum of reals`() async throws {
        let frame = FrameExtent(unit: .rows, start: .preceding(.integer(1)), end: .currentRow)
        let values: [SQLValue] = [.real(0.25), .real(0.5), .real(1e300), .real(.infinity)].map { $0 }
        let sums = try await results(
            .aggregate(.sum), values, type: .float64, frame: frame, arguments: { $0 }, resultType: .float64)
        #expect(sums == [.real(0.25), .real(0.75), .real(1e300), .real(.infinity)])
    }

    @Test func `ranges beyond the integers end where their values do`() async throws {
        let frame = FrameExtent(unit: .range, start: .preceding(.integer(5)), end: .following(.integer(5)))
        let values: [SQLValue] = [
            .null, .integer(.min), .integer(.min + 5), .integer(0), .integer(.max - 5), .integer(.max),
        ]
        let counts = try await results(
            .aggregate(.countStar), values, type: .int64, frame: frame, arguments: { _ in [] }, resultType: .int64)
        #expect(counts == [1, 2, 2, 1, 2, 2].map { .integer($0) })
    }

    @Test func `an integer sum that leaves 64 bits is an error`() async throws {
        let frame = FrameExtent(unit: .rows, start: .unboundedPreceding, end: .currentRow)
        await #expect(throws: EngineError.self) {
            try await results(
                .aggregate(.sum), [.integer(.max), .integer(.max)], type: .int64, frame: frame, arguments: { $0 },
                resultType: .int64)
        }
    }
}
