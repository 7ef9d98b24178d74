import RheiArrow
import RheiCompute
import RheiCore
import RheiExec
import RheiPlan
import Testing

/// Operators on long texts while freed memory is filled: what reads a vector, a string or a selection after its owner
/// is gone yields wrong rows or ends the process.
///
/// Meant for optimised builds, which let go of an owner after its last mention; there also run all tests with
/// `RHEI_FILL_FREED_MEMORY=1`.
@Suite struct LifetimeTests {
    init() { FreedMemory.isFilled = true }

    /// Hands out fresh arrays at every call and keeps none, as a store that decodes its columns does.
    private struct ForgetfulTable: TableProvider {
        let groups: [[[SQLValue]]]
        let columns: [(String, DataType)]

        var table: TableDescription { MemoryTable(columns: columns, rows: []).table }
        var rowCount: Int { groups.reduce(0) { $0 + $1.count } }
        func statistics(column: Int) -> ColumnStatistics? { nil }
        func scan(columns: [Int], filters: [ScanFilter]) -> any TableScan { Scan(table: self, columns: columns) }

        struct Scan: TableScan {
            let table: ForgetfulTable
            let columns: [Int]
            var rowGroupCount: Int { table.groups.count }
            func rowGroup(_ index: Int) -> (any ScanRowGroup)? { Group(scan: self, rows: table.groups[index]) }
        }

        struct Group: ScanRowGroup {
            let scan: Scan
            let rows: [[SQLValue]]
            var rowCount: Int { rows.count }
            var deletedRows: Bitmap? { Bitmap(rows.indices.map { $0 == 1 }) }

            func column(_ index: Int) -> ArrowArray {
                let column = scan.columns[index]
                return makeArray(rows.map { $0[column] }, type: scan.table.columns[column].1)
            }
        }
    }

    /// A text that does not fit into its vector's slot.
    private static func text(_ number: Int) -> SQLValue { .text("a text beyond twelve bytes, number \(number)") }

    /// Rows of a number, a text of `distinct` different ones and a value of any class, dealt to row groups.
    private func makeTable(_ count: Int, distinct: Int, rowsPerGroup: Int = 3000) -> (ForgetfulTable, [[SQLValue]]) {
        let rows = (0..<count).map { index -> [SQLValue] in
            let number = index &* 7919 % distinct
            let mixed: SQLValue = index % 3 == 0 ? .integer(Int64(number)) : Self.text(number + 1)
            return [.integer(Int64(index)), index % 11 == 5 ? .null : Self.text(number), mixed]
        }
        let groups = stride(from: 0, to: count, by: rowsPerGroup).map { start in
            Array(rows[start..<min(start + rowsPerGroup, count)])
        }
        let table = ForgetfulTable(groups: groups, columns: [("n", .int64), ("t", .utf8View), ("x", .any)])
        return (table, groups.flatMap { group in group.indices.filter { $0 != 1 }.map { group[$0] } })
    }

    private func run(_ plan: PhysicalPlan, threads: Int) async throws -> [[SQLValue]] {
        var settings = QueryExecutor.Settings()
        settings.rowsPerWorker = 1
        settings.rowsPerMorsel = 1000
        settings.inlineRowBound = -1
        let names = plan.columns.map { "\($0.id)" }
        let query = QueryPlan(root: plan, columnNames: names, declaredTypes: names.map { _ in nil })
        let executor = QueryExecutor(pool: WorkerPool(threadCount: threads))
        return try await executor.run(query, settings: settings).flatMap { try $0.rows }
    }

    private func number(_ value: SQLValue) -> Int64 {
        if case .integer(let number) = value { number } else { -1 }
    }

    @Test func `an arena's strings are void once it is reset`() {
        let arena = StringArena()
        let value = arena.keep(StringValue.empty)
        #expect(value.isInline)
        let bytes = Array("more than twelve bytes of text".utf8)
        let stored = unsafe bytes.withUnsafeBytes { unsafe arena.store($0) }
        arena.reset()
        #expect(unsafe stored.withBytes { bytes in unsafe bytes.allSatisfy { $0 == 0xA5 } })
    }

    @Test(arguments: [1, 2])
    func `scans, filters and projections keep the arrays of their row groups`(_ threads: Int) async throws {
        let (table, rows) = makeTable(9000, distinct: 500)
        let maker = PlanMaker()
        let scan = maker.scan(table) { [.not(.isNull($0[1])), .compare($0[0], .greaterOrEqual, .integer(100))] }
        let plan = maker.project(scan) { columns in
            [
                columns[1], columns[2],
                .when(
                    .compare(columns[0], .less, .integer(4000)), columns[1],
                    else: .binary(.concatenate, columns[1], .text(" and a text of its own"), .utf8View)),
            ]
        }
        let expected = rows.filter { $0[1] != .null && number($0[0]) >= 100 }.map { row -> [SQLValue] in
            guard case .text(let text) = row[1], number(row[0]) >= 4000 else { return [row[1], row[2], row[1]] }
            return [row[1], row[2], .text(text + " and a text of its own")]
        }
        #expect(try await run(plan, threads: threads) == expected)
    }

    @Test(arguments: [1, 2])
    func `VALUES, UNION ALL, LIMIT and shared plans keep the rows they hand on`(_ threads: Int) async throws {
        let (table, rows) = makeTable(6000, distinct: 500)
        let maker = PlanMaker()
        let constants = maker.values(
            (0..<5000).map { [.integer(Int64($0)), .text("constant text of row \($0)"), .null] },
            types: [.int64, .utf8View, .any])
        let union = maker.union([maker.scan(table), constants])
        let plan = maker.union([maker.shared(1, union), maker.limit(maker.shared(1, union), 7000, offset: 3)])
        let all = rows + (0..<5000).map { [.integer(Int64($0)), .text("constant text of row \($0)"), .null] }
        #expect(try await run(plan, threads: threads) == all + all.dropFirst(3).prefix(7000))
    }

    @Test(arguments: [1, 2], [nil, 100, 5000, 70_000])
    func `sorted rows outlive the sort`(_ threads: Int, _ limit: Int?) async throws {
        let (table, rows) = makeTable(12_000, distinct: 3000)
        let maker = PlanMaker()
        let scan = maker.scan(table)
        let keys = [
            SortKey(expression: scan.expressions[1], isDescending: true, nullsFirst: false, collation: .noCase),
            SortKey(expression: scan.expressions[0], isDescending: false, nullsFirst: true, collation: .binary),
        ]
        let plan = maker.plan(.sort(scan, keys, limit: limit, offset: 10), scan.columns)
        let sorted = rows.sorted { left, right in
            switch (left[1], right[1]) {
            case (.text(let first), .text(let second)) where first != second: first > second
            case (.text, .null): true
            case (.null, .text): false
            default: number(left[0]) < number(right[0])
            }
        }
        #expect(try await run(plan, threads: threads) == Array(sorted.dropFirst(10).prefix(limit ?? .max)))
    }

    /// 100 000 groups are merged in parts, 4 000 as a whole.
    @Test(arguments: [1, 2], [4000, 100_000])
    func `groups outlive the workers that found them`(_ threads: Int, _ distinct: Int) async throws {
        let (table, rows) = makeTable(distinct * 3 / 2, distinct: distinct, rowsPerGroup: 20_000)
        let maker = PlanMaker()
        let scan = maker.scan(table)
        let (key, mixed) = (scan.expressions[1], scan.expressions[2])
        func call(_ function: AggregateFunction, _ arguments: [Expression], _ type: DataType) -> AggregateCall {
            AggregateCall(function: function, arguments: arguments, type: type)
        }
        let calls = [
            call(.countStar, [], .int64), call(.minimum, [key], .utf8View), call(.maximum, [mixed], .any),
            call(.anyValue, [key], .utf8View), call(.groupConcat, [key, .text(", then again ")], .utf8View),
        ]
        let node = PhysicalAggregate(input: scan, keys: [key], aggregates: calls)
        let plan = maker.plan(.aggregate(node), maker.columns([.utf8View] + calls.map(\.type)))
        let groups = Dictionary(grouping: rows) { $0[1] }
        let result = try await run(plan, threads: threads)
        #expect(result.count == groups.count)
        for row in result {
            let group = try #require(groups[row[0]], "no group has the key \(row[0])")
            let list = group.compactMap { row -> String? in if case .text(let text) = row[1] { text } else { nil } }
            let greatest = group.map { $0[2] }.max { left, right in
                switch (left, right) {
                case (.integer(let first), .integer(let second)): first < second
                case (.text(let first), .text(let second)): first < second
                case (.integer, .text): true
                default: false
                }
            }
            let joined: SQLValue = list.isEmpty ? .null : .text(list.joined(separator: ", then again "))
            #expect(row == [row[0], .integer(Int64(group.count)), row[0], greatest, row[0], joined])
        }
    }

    @Test(arguments: [1, 2])
    func `distinct values outlive the workers that found them`(_ threads: Int) async throws {
        let (table, rows) = makeTable(20_000, distinct: 6000)
        let maker = PlanMaker()
        let scan = maker.scan(table)
        let calls = [false, true].map { isFolded in
            AggregateCall(
                function: .count, arguments: [scan.expressions[1]], isDistinct: true,
                collation: isFolded ? .noCase : .binary, type: .int64)
        }
        let node = PhysicalAggregate(input: scan, keys: [], aggregates: calls)
        let plan = maker.plan(.aggregate(node), maker.columns([.int64, .int64]))
        let count = SQLValue.integer(Int64(Set(rows.map { $0[1] }).subtracting([.null]).count))
        #expect(try await run(plan, threads: threads) == [[count, count]])
    }

    private static let kinds: [JoinKind] = [.inner, .left, .right, .full, .semi, .anti, .mark]

    /// Joins on a text and a value of any class; both sides have nulls, so that marks have unknowns.
    @Test(arguments: [1, 2], kinds)
    func `join keys, matches and marks outlive their batches`(_ threads: Int, _ kind: JoinKind) async throws {
        let (probeTable, probeRows) = makeTable(5000, distinct: 1500)
        let (buildTable, buildRows) = makeTable(2500, distinct: 2111)
        let maker = PlanMaker()
        let (probe, build) = (maker.scan(probeTable), maker.scan(buildTable))
        let keys = [
            JoinKey(probe: probe.expressions[1], build: build.expressions[1], nullsMatch: false),
            JoinKey(probe: probe.expressions[2], build: build.expressions[2], nullsMatch: true),
        ]
        let columns =
            switch kind {
            case .semi, .anti: probe.columns
            case .mark: probe.columns + maker.columns([.bool])
            default: probe.columns + build.columns
            }
        let node = PhysicalHashJoin(kind: kind, probe: probe, build: build, keys: keys)
        var plan = maker.plan(.hashJoin(node), columns)
        if kind == .mark {
            plan = maker.project(plan) { $0.dropLast() + [.cast($0[$0.count - 1], .represent, .int64)] }
        }
        let result = Set(try await run(plan, threads: threads))
        #expect(result == expected(kind, probeRows, buildRows))
    }

    private func expected(_ kind: JoinKind, _ probe: [[SQLValue]], _ build: [[SQLValue]]) -> Set<[SQLValue]> {
        let byKey = Dictionary(grouping: build.filter { $0[1] != .null }) { [$0[1], $0[2]] }
        let nullKeys = Set(build.filter { $0[1] == .null }.map { $0[2] })
        let others = Set(build.map { $0[2] })
        let nulls = Array(repeating: SQLValue.null, count: 3)
        var matched: Set<[SQLValue]> = []
        var result: Set<[SQLValue]> = []
        for row in probe {
            let matches = row[1] == .null ? [] : byKey[[row[1], row[2]]] ?? []
            matched.formUnion(matches)
            switch kind {
            case .semi: if !matches.isEmpty { result.insert(row) }
            case .anti: if matches.isEmpty { result.insert(row) }
            case .mark:
                let isUnknown = row[1] == .null ? others.contains(row[2]) : nullKeys.contains(row[2])
                result.insert(row + [matches.isEmpty ? (isUnknown ? .null : .integer(0)) : .integer(1)])
            default:
                result.formUnion(matches.map { row + $0 })
                if matches.isEmpty, kind == .left || kind == .full { result.insert(row + nulls) }
            }
        }
        if kind == .right || kind == .full {
            result.formUnion(build.filter { !matched.contains($0) }.map { nulls + $0 })
        }
        return result
    }

    @Test(arguments: [1, 2], kinds)
    func `nested loops keep both sides' rows`(_ threads: Int, _ kind: JoinKind) async throws {
        let (probeTable, probeRows) = makeTable(900, distinct: 150, rowsPerGroup: 400)
        let (buildTable, buildRows) = makeTable(300, distinct: 211, rowsPerGroup: 100)
        let maker = PlanMaker()
        let (probe, build) = (maker.scan(probeTable), maker.scan(buildTable))
        let columns =
            switch kind {
            case .semi, .anti: probe.columns
            case .mark: probe.columns + maker.columns([.bool])
            default: probe.columns + build.columns
            }
        let condition = Expression.and([
            .compare(probe.expressions[1], .equal, build.expressions[1]),
            .compare(probe.expressions[2], .equal, build.expressions[2]),
        ])
        let node = PhysicalNestedLoopJoin(kind: kind, probe: probe, build: build, condition: condition)
        var plan = maker.plan(.nestedLoopJoin(node), columns)
        if kind == .mark {
            plan = maker.project(plan) { $0.dropLast() + [.cast($0[$0.count - 1], .represent, .int64)] }
        }
        #expect(Set(try await run(plan, threads: threads)) == expected(kind, probeRows, buildRows))
    }

    @Test func `constants outlive the evaluator that made them`() throws {
        for number in 0..<200 {
            let expression = Expression.binary(
                .concatenate, .text("the first part, "), .text("then number \(number)"), .utf8View)
            #expect(try ConstantEvaluator.evaluate(expression) == .text("the first part, then number \(number)"))
        }
    }
}
