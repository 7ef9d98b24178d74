import RheiTestSupport
import RheiArrow
import RheiCore
import RheiPlan
import Testing

/// Grouping against a dictionary of rows.
@Suite struct HashAggregateTests {
    /// Makes the plan that groups by the first `keyCount` columns and aggregates.
    private func plan(_ table: MemoryTable, keyCount: Int, _ calls: ([Expression]) -> [AggregateCall]) -> PhysicalPlan {
        let maker = PlanMaker()
        let scan = maker.scan(table)
        let keys = Array(scan.expressions[..<keyCount])
        let calls = calls(scan.expressions)
        let node = PhysicalAggregate(input: scan, keys: keys, aggregates: calls)
        return maker.plan(.aggregate(node), maker.columns(keys.map(\.type) + calls.map(\.type)))
    }

    private func call(
        _ function: AggregateFunction, _ argument: Expression? = nil, distinct: Bool = false, filter: Expression? = nil,
        collation: Collation = .binary, type: DataType
    ) -> AggregateCall {
        AggregateCall(
            function: function, arguments: argument.map { [$0] } ?? [], isDistinct: distinct, filter: filter,
            collation: collation, type: type)
    }

    /// Groups in order of first appearance.
    private func groups(_ rows: [[SQLValue]], keyCount: Int) -> [(key: [SQLValue], rows: [[SQLValue]])] {
        var order: [GroupKey: Int] = [:]
        var result: [(key: [SQLValue], rows: [[SQLValue]])] = []
        for row in rows {
            let key = GroupKey(Array(row[..<keyCount]))
            if let index = order[key] {
                result[index].rows.append(row)
            } else {
                order[key] = result.count
                result.append((key.values, [row]))
            }
        }
        return result
    }

    /// A row with its keys as groups compare them, so that it matters not which of 1 and 1.0 came first.
    private func canonical(_ rows: [[SQLValue]], keyCount: Int) -> [[SQLValue]] {
        rows.map { GroupKey(Array($0[..<keyCount])).values + $0[keyCount...] }
    }

    static let keySets: [[RandomColumn]] = [
        [.few], [.wide], [.real], [.text], [.blob], [.any], [.few, .few], [.few, .wide], [.text, .few],
        [.any, .real, .text], [.wide, .wide, .blob],
    ]

    @Test(arguments: keySets, [1, 5, 200])
    func `groups of any keys hold the rows that agree on them`(_ keys: [RandomColumn], _ spread: Int) async throws {
        let seed = UInt64(spread * 100 + keys.count)
        var random = SeededGenerator(seed: seed)
        let columns = keys + [.few, .any]
        let rows = randomRows(columns, count: 250, spread: spread, &random)
        let table = randomTable(columns, rows)
        let expected = groups(rows, keyCount: keys.count).map { group -> [SQLValue] in
            let numbers = group.rows.compactMap { row -> Int64? in
                if case .integer(let value) = row[keys.count] { value } else { nil }
            }
            let anyCount = group.rows.count { $0[keys.count + 1] != .null }
            let sum: SQLValue = numbers.isEmpty ? .null : .integer(numbers.reduce(0, +))
            let average: SQLValue =
                numbers.isEmpty ? .null : .real(Double(numbers.reduce(0, +)) / Double(numbers.count))
            return group.key + [
                .integer(Int64(group.rows.count)), .integer(Int64(anyCount)), sum, average,
                .real(Double(numbers.reduce(0, +))), numbers.min().map { .integer($0) } ?? .null,
                numbers.max().map { .integer($0) } ?? .null,
            ]
        }
        for configuration in Configuration.all {
            let plan = plan(table, keyCount: keys.count) { column in
                let number = column[keys.count]
                return [
                    call(.countStar, type: .int64), call(.count, column[keys.count + 1], type: .int64),
                    call(.sum, number, type: .int64), call(.average, number, type: .float64),
                    call(.total, number, type: .float64), call(.minimum, number, type: .int64),
                    call(.maximum, number, type: .int64),
                ]
            }
            let result = try await configuration.rows(plan)
            #expect(
                inAnyOrder(canonical(result, keyCount: keys.count)) == inAnyOrder(expected),
                "seed \(seed), \(configuration.testDescription)")
        }
    }

    @Test(arguments: [0, 1, 5, 60], [false, true])
    func `rows that come in the order of their key are grouped like any`(
        _ descentCount: Int, _ hasNulls: Bool
    ) async throws {
        let seed = UInt64(descentCount * 2 + (hasNulls ? 1 : 0))
        var random = SeededGenerator(seed: seed)
        var keys = (0..<400).map { _ in random.below(700) - 350 }.sorted()
        for _ in 0..<descentCount { keys.append(random.below(800) - 400) }
        var rows = keys.map { key -> [SQLValue] in [.integer(Int64(key)), .integer(Int64(random.below(9)))] }
        if hasNulls { rows.insert([.null, .integer(1)], at: random.below(rows.count)) }
        let table = randomTable([.few, .few], rows, rowsPerGroup: 13)
        let expected = groups(rows, keyCount: 1).map { group -> [SQLValue] in
            let numbers = group.rows.compactMap { if case .integer(let value) = $0[1] { value } else { nil } }
            return group.key + [
                .integer(Int64(numbers.count)), .integer(numbers.reduce(0, +)),
                numbers.min().map { .integer($0) } ?? .null,
            ]
        }
        for configuration in Configuration.all {
            let plan = plan(table, keyCount: 1) { column in
                [
                    call(.countStar, type: .int64), call(.sum, column[1], type: .int64),
                    call(.minimum, column[1], type: .int64),
                ]
            }
            let result = try await configuration.rows(plan)
            #expect(inAnyOrder(result) == inAnyOrder(expected), "seed \(seed), \(configuration.testDescription)")
        }
    }

    @Test(arguments: RandomColumn.allCases, [Collation.binary, .noCase, .rightTrim])
    func `least, greatest and distinct values follow the collation`(
        _ column: RandomColumn, _ collation: Collation
    ) async throws {
        var random = SeededGenerator(seed: 7)
        let columns: [RandomColumn] = [.few, column]
        let rows = randomRows(columns, count: 200, spread: 40, &random)
        let table = randomTable(columns, rows)
        for keyCount in [0, 1] {
            let expected = groups(rows, keyCount: keyCount).map { group -> [SQLValue] in
                let values = group.rows.map { $0[1] }.filter { $0 != .null }
                let sorted = values.sorted { PlainValues.compare($0, $1, collation) < 0 }
                var distinctCount = sorted.isEmpty ? 0 : 1
                for index in sorted.indices.dropFirst()
                where !PlainValues.equal(sorted[index - 1], sorted[index], collation) { distinctCount += 1 }
                return group.key + [.integer(Int64(distinctCount)), sorted.first ?? .null, sorted.last ?? .null]
            }
            for configuration in Configuration.all {
                let plan = plan(table, keyCount: keyCount) { expressions in
                    [
                        call(.count, expressions[1], distinct: true, collation: collation, type: .int64),
                        call(.minimum, expressions[1], collation: collation, type: column.type),
                        call(.maximum, expressions[1], collation: collation, type: column.type),
                    ]
                }
                let result = try await configuration.rows(plan)
                try #require(result.count == expected.count, "\(configuration.testDescription)")
                var byKey: [GroupKey: [SQLValue]] = [:]
                for row in result { byKey[GroupKey(Array(row[..<keyCount]))] = Array(row[keyCount...]) }
                for row in expected {
                    // Of values that the collation calls equal any may stand for the others.
                    let found = try #require(byKey[GroupKey(Array(row[..<keyCount]))])
                    #expect(found[0] == row[keyCount], "\(configuration.testDescription)")
                    #expect(PlainValues.equal(found[1], row[keyCount + 1], collation))
                    #expect(PlainValues.equal(found[2], row[keyCount + 2], collation))
                }
            }
        }
    }

    @Test(arguments: Configuration.all)
    func `without keys an empty input gives one row`(_ configuration: Configuration) async throws {
        let table = randomTable([.few, .real, .any, .text], [])
        let plan = plan(table, keyCount: 0) { column in
            [
                call(.countStar, type: .int64), call(.count, column[0], type: .int64),
                call(.sum, column[0], type: .int64), call(.sum, column[1], type: .float64),
                call(.sum, column[2], type: .any), call(.total, column[2], type: .float64),
                call(.average, column[0], type: .float64), call(.minimum, column[3], type: .utf8View),
                call(.anyValue, column[3], type: .utf8View), call(.groupConcat, column[3], type: .utf8View),
            ]
        }
        #expect(
            try await configuration.rows(plan) == [
                [.integer(0), .integer(0), .null, .null, .null, .real(0), .null, .null, .null, .null]
            ])
        let grouped = self.plan(table, keyCount: 1) { _ in [call(.countStar, type: .int64)] }
        #expect(try await configuration.rows(grouped).isEmpty)
    }

    @Test(arguments: Configuration.all)
    func `a sum outside Int64 is an error, whatever the order of rows`(_ configuration: Configuration) async throws {
        func sum(_ values: [Int64]) async throws -> [[SQLValue]] {
            let table = randomTable([.wide], values.map { [.integer($0)] }, rowsPerGroup: 1)
            return try await configuration.rows(plan(table, keyCount: 0) { [call(.sum, $0[0], type: .int64)] })
        }
        #expect(try await sum([.max, 1, -1]) == [[.integer(.max)]])
        #expect(try await sum([.min, -1, 1]) == [[.integer(.min)]])
        for values in [[Int64.max, 1], [1, .max], [.min, -1], [.max, .max, 5]] {
            await #expect { try await sum(values) } throws: { ($0 as? EngineError)?.code == .overflow }
        }
    }

    @Test(arguments: Configuration.all)
    func `a sum of mixed classes is real as soon as one value is`(_ configuration: Configuration) async throws {
        func sum(_ values: [SQLValue]) async throws -> SQLValue {
            let table = MemoryTable(columns: [("v", .any)], rows: values.map { [$0] }, rowsPerGroup: 2)
            return try await configuration.rows(plan(table, keyCount: 0) { [call(.sum, $0[0], type: .any)] })[0][0]
        }
        #expect(try await sum([.integer(1), .integer(2)]) == .integer(3))
        #expect(try await sum([.integer(1), .real(2)]) == .real(3))
        #expect(try await sum([.integer(1), .text("12")]) == .integer(13))
        #expect(try await sum([.integer(1), .text("12abc"), .null]) == .real(13))
        #expect(try await sum([.text("abc")]) == .real(0))
        #expect(try await sum([.blob(Array("7".utf8)), .integer(1)]) == .real(8))
        #expect(try await sum([.text("1.5"), .text(" 2 ")]) == .real(3.5))
        #expect(try await sum([.null, .null]) == .null)
        await #expect { _ = try await sum([.integer(.max), .integer(1)]) } throws: {
            ($0 as? EngineError)?.code == .overflow
        }
        await #expect { _ = try await sum([.integer(.max), .integer(1), .real(0)]) } throws: {
            ($0 as? EngineError)?.code == .leavesStaticType
        }
    }

    @Test(arguments: Configuration.all)
    func `sums of reals are compensated and keep infinities`(_ configuration: Configuration) async throws {
        func sum(_ values: [Double]) async throws -> SQLValue {
            let table = randomTable([.real], values.map { [.real($0)] }, rowsPerGroup: 3)
            return try await configuration.rows(plan(table, keyCount: 0) { [call(.sum, $0[0], type: .float64)] })[0][0]
        }
        #expect(try await sum([1e100, 1, -1e100]) == .real(1))
        #expect(try await sum(Array(repeating: 0.1, count: 10)) == .real(1))
        #expect(try await sum([.infinity, 1, 2]) == .real(.infinity))
        #expect(try await sum([1, -.infinity, 2]) == .real(-.infinity))
        #expect(try await sum([.infinity, 1, -.infinity]) == .null)
    }

    @Test(arguments: Configuration.all)
    func `FILTER and DISTINCT choose the rows of each aggregate`(_ configuration: Configuration) async throws {
        var random = SeededGenerator(seed: 11)
        let rows = randomRows([.few, .few], count: 300, spread: 9, &random)
        let plan = plan(randomTable([.few, .few], rows), keyCount: 1) { column in
            let filter = Expression.compare(column[1], .greater, .integer(0))
            return [
                call(.sum, column[1], filter: filter, type: .int64),
                call(.sum, column[1], distinct: true, type: .int64),
                call(.count, column[1], distinct: true, filter: filter, type: .int64),
                call(.countStar, filter: filter, type: .int64),
            ]
        }
        let expected = groups(rows, keyCount: 1).map { group -> [SQLValue] in
            let values = group.rows.compactMap { if case .integer(let value) = $0[1] { value } else { nil } }
            let positive = values.filter { $0 > 0 }
            return group.key + [
                positive.isEmpty ? .null : .integer(positive.reduce(0, +)),
                values.isEmpty ? .null : .integer(Set(values).reduce(0, +)), .integer(Int64(Set(positive).count)),
                .integer(Int64(positive.count)),
            ]
        }
        #expect(inAnyOrder(try await configuration.rows(plan)) == inAnyOrder(expected))
    }

    @Test(arguments: Configuration.all)
    func `group_concat joins in the order of the input`(_ configuration: Configuration) async throws {
        var random = SeededGenerator(seed: 13)
        let rows = randomRows([.few, .text, .text], count: 200, spread: 8, &random)
        let table = randomTable([.few, .text, .text], rows, rowsPerGroup: 9)
        let plan = plan(table, keyCount: 1) { column in
            [
                call(.groupConcat, column[1], type: .utf8View),
                AggregateCall(function: .groupConcat, arguments: [column[1], column[2]], type: .utf8View),
                call(.groupConcat, column[0], type: .utf8View),
            ]
        }
        func text(_ value: SQLValue) -> String? { if case .text(let text) = value { text } else { nil } }
        let expected = groups(rows, keyCount: 1).map { group -> [SQLValue] in
            let pieces = group.rows.compactMap { row in text(row[1]).map { ($0, text(row[2]) ?? "") } }
            var joined = pieces.first?.0
            for piece in pieces.dropFirst() { joined? += piece.1 + piece.0 }
            let keys = group.rows.compactMap { if case .integer(let key) = $0[0] { "\(key)" } else { nil } }
            return group.key + [
                pieces.isEmpty ? .null : .text(pieces.map(\.0).joined(separator: ",")),
                joined.map { .text($0) } ?? .null, keys.isEmpty ? .null : .text(keys.joined(separator: ",")),
            ]
        }
        #expect(inAnyOrder(try await configuration.rows(plan)) == inAnyOrder(expected))
    }
}
