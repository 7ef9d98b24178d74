import RheiTestSupport
import RheiArrow
import RheiCore
import RheiExec
import RheiPlan
import Testing

/// Joins against nested loops over the rows.
@Suite struct JoinTests {
    static let kinds: [JoinKind] = [.inner, .left, .right, .full, .semi, .anti, .mark]

    /// What a comparison of rows yields.
    private enum Truth { case yes, no, unknown }

    private func expected(
        _ kind: JoinKind, _ probe: [[SQLValue]], _ build: [[SQLValue]], width: Int,
        _ test: ([SQLValue], [SQLValue]) -> Truth
    ) -> [[SQLValue]] {
        var result: [[SQLValue]] = []
        var found = Array(repeating: false, count: build.count)
        for row in probe {
            let truths = build.map { test(row, $0) }
            let matches = truths.indices.filter { truths[$0] == .yes }
            for match in matches { found[match] = true }
            switch kind {
            case .semi: if !matches.isEmpty { result.append(row) }
            case .anti: if matches.isEmpty { result.append(row) }
            case .mark:
                let mark: SQLValue = matches.isEmpty ? (truths.contains(.unknown) ? .null : .integer(0)) : .integer(1)
                result.append(row + [mark])
            case .inner, .left, .right, .full, .single:
                result += matches.map { row + build[$0] }
                let keepsRow = kind == .left || kind == .full || kind == .single
                if matches.isEmpty && keepsRow { result.append(row + Array(repeating: .null, count: width)) }
            }
        }
        if kind == .right || kind == .full {
            for (index, row) in build.enumerated() where !found[index] {
                result.append(Array(repeating: .null, count: probe.first?.count ?? row.count) + row)
            }
        }
        return result
    }

    private func columns(_ kind: JoinKind, _ maker: PlanMaker, _ probe: PhysicalPlan, _ build: PhysicalPlan)
        -> [PlanColumn]
    {
        switch kind {
        case .semi, .anti: probe.columns
        case .mark: probe.columns + maker.columns([.bool])
        default: probe.columns + build.columns
        }
    }

    private func hashPlan(
        _ kind: JoinKind, _ probe: MemoryTable, _ build: MemoryTable, keyCount: Int, nullsMatch: [Bool],
        isUnique: Bool = false, residual: ([Expression], [Expression]) -> Expression? = { _, _ in nil }
    ) -> PhysicalPlan {
        let maker = PlanMaker()
        let (left, right) = (maker.scan(probe), maker.scan(build))
        let keys = (0..<keyCount).map {
            JoinKey(probe: left.expressions[$0], build: right.expressions[$0], nullsMatch: nullsMatch[$0])
        }
        let node = PhysicalHashJoin(
            kind: kind, probe: left, build: right, keys: keys,
            residual: residual(left.expressions, right.expressions), buildIsUnique: isUnique)
        let join = maker.plan(.hashJoin(node), columns(kind, maker, left, right))
        return kind == .mark ? markAsInteger(join, maker) : join
    }

    /// A bool is no SQL value: the mark comes out as an integer.
    private func markAsInteger(_ join: PhysicalPlan, _ maker: PlanMaker) -> PhysicalPlan {
        maker.project(join) { columns in
            columns.dropLast() + [.cast(columns[columns.count - 1], .represent, .int64)]
        }
    }

    private func keysMatch(
        _ left: [SQLValue], _ right: [SQLValue], _ nullsMatch: [Bool]
    ) -> Truth {
        var result = Truth.yes
        for index in nullsMatch.indices {
            let hasNull = left[index] == .null || right[index] == .null
            if hasNull && !nullsMatch[index] {
                result = result == .no ? .no : .unknown
            } else if !PlainValues.equal(left[index], right[index]) {
                return .no
            }
        }
        return result
    }

    static let keySets: [[RandomColumn]] = [
        [.few], [.wide], [.real], [.text], [.any], [.few, .few], [.wide, .text], [.few, .any, .blob],
    ]

    @Test(arguments: keySets, kinds)
    func `a hash join finds the pairs that agree on the keys`(_ keys: [RandomColumn], _ kind: JoinKind) async throws {
        for (seed, shape) in [(90, 20, 12), (30, 90, 25), (40, 40, 100), (20, 0, 10), (0, 20, 10)].enumerated() {
            var random = SeededGenerator(seed: UInt64(seed))
            let columns = keys + [.text]
            let probe = randomRows(columns, count: shape.0, spread: shape.2, &random)
            let build = randomRows(columns, count: shape.1, spread: shape.2, nulls: seed != 1, &random)
            for nullsMatch in [keys.map { _ in false }, keys.map { _ in true }, keys.indices.map { $0 > 0 }] {
                if kind == .mark && nullsMatch.count(where: { !$0 }) > 1 { continue }
                let expected = inAnyOrder(
                    expected(kind, probe, build, width: columns.count) { keysMatch($0, $1, nullsMatch) })
                for configuration in Configuration.all {
                    let plan = hashPlan(
                        kind, randomTable(columns, probe), randomTable(columns, build), keyCount: keys.count,
                        nullsMatch: nullsMatch)
                    let result = try await configuration.rows(plan)
                    #expect(
                        inAnyOrder(result) == expected,
                        "seed \(seed), nulls match \(nullsMatch), \(configuration.testDescription)")
                }
            }
        }
    }

    @Test(arguments: kinds.filter { $0 != .mark })
    func `a residual decides among the pairs with equal keys`(_ kind: JoinKind) async throws {
        var random = SeededGenerator(seed: 3)
        let columns: [RandomColumn] = [.few, .few]
        let probe = randomRows(columns, count: 80, spread: 12, &random)
        let build = randomRows(columns, count: 60, spread: 12, &random)
        let expected = expected(kind, probe, build, width: 2) { left, right in
            let key = keysMatch(left, right, [false])
            if key == .no || left[1] == .null || right[1] == .null { return .no }
            return key == .yes && PlainValues.compare(left[1], right[1]) < 0 ? .yes : .no
        }
        for configuration in Configuration.all {
            let plan = hashPlan(
                kind, randomTable(columns, probe), randomTable(columns, build), keyCount: 1, nullsMatch: [false]
            ) { .compare($0[1], .less, $1[1]) }
            #expect(
                inAnyOrder(try await configuration.rows(plan)) == inAnyOrder(expected),
                "\(configuration.testDescription)")
        }
    }

    @Test(arguments: RandomColumn.allCases, kinds + [.single])
    func `a join with a unique build side yields each probe row at most once`(
        _ key: RandomColumn, _ kind: JoinKind
    ) async throws {
        var random = SeededGenerator(seed: 5)
        let probe = randomRows([key, .text], count: 120, spread: 60, &random)
        var seen: Set<GroupKey> = []
        let build = randomRows([key, .real], count: 60, spread: 60, &random).filter {
            seen.insert(GroupKey([$0[0]])).inserted
        }
        let expected = expected(kind, probe, build, width: 2) { keysMatch($0, $1, [false]) }
        for configuration in Configuration.all {
            let plan = hashPlan(
                kind, randomTable([key, .text], probe), randomTable([key, .real], build), keyCount: 1,
                nullsMatch: [false], isUnique: true)
            #expect(
                inAnyOrder(try await configuration.rows(plan)) == inAnyOrder(expected),
                "\(configuration.testDescription)")
        }
    }

    @Test(arguments: Configuration.all)
    func `a scalar subquery with two rows leaves the static type`(_ configuration: Configuration) async throws {
        let probe = randomTable([.few], [[.integer(1)], [.integer(2)]])
        let build = randomTable([.few], [[.integer(2)], [.integer(2)], [.integer(3)]])
        let single = hashPlan(.single, probe, build, keyCount: 1, nullsMatch: [false])
        await #expect { try await configuration.rows(single) } throws: {
            ($0 as? EngineError)?.code == .leavesStaticType
        }
        let loop = nestedPlan(.single, probe, build) { .compare($0[0], .less, $1[0]) }
        await #expect { try await configuration.rows(loop) } throws: {
            ($0 as? EngineError)?.code == .leavesStaticType
        }
        let residual = hashPlan(.single, probe, build, keyCount: 1, nullsMatch: [false]) { _, _ in
            .compare(.integer(1), .equal, .integer(1))
        }
        await #expect { try await configuration.rows(residual) } throws: {
            ($0 as? EngineError)?.code == .leavesStaticType
        }
    }

    /// The same join with the build side's rows coming out.
    private func mirrored(_ plan: PhysicalPlan) -> PhysicalPlan {
        guard case .hashJoin(var node) = plan.node else { return plan }
        (node.probe, node.build) = (node.build, node.probe)
        node.keys = node.keys.map { JoinKey(probe: $0.build, build: $0.probe, nullsMatch: $0.nullsMatch) }
        node.yieldsBuildRows = true
        var result = plan
        result.node = .hashJoin(node)
        return result
    }

    @Test(arguments: keySets, [JoinKind.semi, .anti])
    func `a semi or anti join yields the same rows from its build side`(
        _ keys: [RandomColumn], _ kind: JoinKind
    ) async throws {
        for (seed, shape) in [(90, 20, 12), (30, 190, 25), (3000, 4000, 2500), (20, 0, 10), (0, 20, 10)].enumerated() {
            var random = SeededGenerator(seed: UInt64(seed))
            let columns = keys + [.few]
            let left = randomRows(columns, count: shape.0, spread: shape.2, &random)
            let right = randomRows(columns, count: shape.1, spread: shape.2, &random)
            for hasResidual in [false, true] {
                for nullsMatch in [keys.map { _ in false }, keys.map { _ in true }] {
                    let plan = hashPlan(
                        kind, randomTable(columns, left), randomTable(columns, right), keyCount: keys.count,
                        nullsMatch: nullsMatch
                    ) { first, second in
                        hasResidual ? .compare(first[keys.count], .notEqual, second[keys.count]) : nil
                    }
                    let expected = inAnyOrder(try await Configuration.all[0].rows(plan))
                    for configuration in Configuration.all {
                        let result = inAnyOrder(try await configuration.rows(mirrored(plan)))
                        #expect(result == expected, "seed \(seed), \(configuration.testDescription)")
                    }
                }
            }
        }
    }

    /// Keys that ascend pass over most keys of the build side by whole vectors, others do not.
    @Test(arguments: [JoinKind.inner, .semi, .anti], [true, false])
    func `few keys far apart are found among many`(_ kind: JoinKind, _ ascends: Bool) async throws {
        var random = SeededGenerator(seed: ascends ? 3 : 4)
        let build = (0..<12).map { [SQLValue.integer(Int64($0) * 9_973_000 - 20_000_000), .integer(Int64($0))] }
        var keys = (0..<30_000).map { SQLValue.integer((Int64($0) * 4 / 3 - 25_000) * 1000) }
        for place in keys.indices where place % 97 == 0 { keys[place] = .null }
        if !ascends { keys.shuffle(using: &random) }
        let rows = keys.map { [$0] }
        let probe = MemoryTable("p", columns: [("k", .int64)], rows: rows, rowsPerGroup: 11_000, deleted: [7, 9000])
        let table = MemoryTable("b", columns: [("k", .int64), ("v", .int64)], rows: build)
        let plan = hashPlan(kind, probe, table, keyCount: 1, nullsMatch: [false])
        let living = rows.indices.filter { $0 != 7 && $0 != 9000 }.map { rows[$0] }
        let expected = expected(kind, living, build, width: 2) { keysMatch($0, $1, [false]) }
        for (vectorSize, threadCount) in [(64, 1), (2048, 2), (3, 2)] {
            let configuration = Configuration(vectorSize: vectorSize, threadCount: threadCount)
            var settings = configuration.settings
            settings.rowsPerMorsel = 8192
            #expect(try await configuration.rows(plan, settings) == expected)
        }
    }

    @Test(arguments: [JoinKind.inner, .semi, .left, .right, .single])
    func `what a build side leaves out below other operators changes nothing`(_ lower: JoinKind) async throws {
        var random = SeededGenerator(seed: 29)
        let few = randomRows([.wide], count: 12, spread: 300, &random)
        let many = randomRows([.wide, .few], count: 5000, spread: 300, &random)
        var seen: Set<GroupKey> = []
        let other = randomRows([.wide, .few], count: 800, spread: 300, &random).filter {
            seen.insert(GroupKey([$0[0]])).inserted
        }
        let tables = [[RandomColumn.wide, .few], [.wide, .few], [.wide]]
        func plan(isFiltered: Bool) -> PhysicalPlan {
            let maker = PlanMaker()
            let scans = zip(tables, [many, other, few]).map { maker.scan(randomTable($0, $1)) }
            let inner = PhysicalHashJoin(
                kind: lower, probe: scans[0], build: scans[1],
                keys: [JoinKey(probe: scans[0].expressions[0], build: scans[1].expressions[0])])
            let joined = maker.plan(.hashJoin(inner), columns(lower, maker, scans[0], scans[1]))
            let aggregate = PhysicalAggregate(
                input: joined, keys: [joined.expressions[0]],
                aggregates: [AggregateCall(function: .countStar, arguments: [], type: .int64)])
            let grouped = maker.plan(.aggregate(aggregate), maker.columns([joined.columns[0].type, .int64]))
            let twice = maker.union([grouped, maker.project(grouped) { $0 }])
            // A limit lets no filter through.
            let probe = isFiltered ? twice : maker.limit(twice, nil)
            let key = JoinKey(probe: probe.expressions[0], build: scans[2].expressions[0])
            let top = PhysicalHashJoin(kind: .inner, probe: probe, build: scans[2], keys: [key])
            return maker.plan(.hashJoin(top), probe.columns + scans[2].columns)
        }
        let expected = inAnyOrder(try await Configuration.all[0].rows(plan(isFiltered: false)))
        #expect(!expected.isEmpty)
        for configuration in Configuration.all {
            #expect(inAnyOrder(try await configuration.rows(plan(isFiltered: true))) == expected)
        }
    }

    private func nestedPlan(
        _ kind: JoinKind, _ probe: MemoryTable, _ build: MemoryTable,
        _ condition: ([Expression], [Expression]) -> Expression?
    ) -> PhysicalPlan {
        let maker = PlanMaker()
        let (left, right) = (maker.scan(probe), maker.scan(build))
        let node = PhysicalNestedLoopJoin(
            kind: kind, probe: left, build: right, condition: condition(left.expressions, right.expressions))
        let join = maker.plan(.nestedLoopJoin(node), columns(kind, maker, left, right))
        return kind == .mark ? markAsInteger(join, maker) : join
    }

    @Test(arguments: kinds, [(40, 7), (7, 40), (12, 130), (20, 0), (0, 20)])
    func `a nested loop join tries every pair`(_ kind: JoinKind, _ shape: (Int, Int)) async throws {
        var random = SeededGenerator(seed: 17)
        let columns: [RandomColumn] = [.few, .text]
        let probe = randomRows(columns, count: shape.0, spread: 20, &random)
        let build = randomRows(columns, count: shape.1, spread: 20, &random)
        let compared = expected(kind, probe, build, width: 2) { left, right in
            if left[0] == .null || right[0] == .null { return .unknown }
            return PlainValues.compare(left[0], right[0]) > 0 ? .yes : .no
        }
        let all = expected(kind, probe, build, width: 2) { _, _ in .yes }
        for configuration in Configuration.all {
            let (left, right) = (randomTable(columns, probe), randomTable(columns, build))
            let byCondition = nestedPlan(kind, left, right) { .compare($0[0], .greater, $1[0]) }
            #expect(inAnyOrder(try await configuration.rows(byCondition)) == inAnyOrder(compared))
            let cross = nestedPlan(kind, left, right) { _, _ in nil }
            #expect(inAnyOrder(try await configuration.rows(cross)) == inAnyOrder(all))
        }
    }

    /// Joins `facts` with few rows of a table of keys, and the result with a large build side by the same key.
    private func stackedPlan(
        _ kind: JoinKind, _ facts: MemoryTable, _ keys: MemoryTable, _ build: MemoryTable
    ) -> PhysicalPlan {
        let maker = PlanMaker()
        let (left, few) = (maker.scan(facts), maker.scan(keys))
        let inner = PhysicalHashJoin(
            kind: .inner, probe: left, build: few,
            keys: [JoinKey(probe: left.expressions[0], build: few.expressions[0], nullsMatch: false)])
        let below = maker.plan(.hashJoin(inner), left.columns + few.columns)
        var large = maker.scan(build)
        large.estimatedRowCount = 1_000_000
        let outer = PhysicalHashJoin(
            kind: kind, probe: below, build: large,
            keys: [JoinKey(probe: left.expressions[0], build: large.expressions[0], nullsMatch: false)])
        let join = maker.plan(.hashJoin(outer), columns(kind, maker, below, large))
        return kind == .mark ? markAsInteger(join, maker) : join
    }

    @Test(arguments: kinds)
    func `a build side filtered by the keys of a join below it gives what it gave`(_ kind: JoinKind) async throws {
        for seed in 0..<4 {
            var random = SeededGenerator(seed: UInt64(40 + seed))
            let columns: [RandomColumn] = [.few, .text]
            let facts = randomRows(columns, count: 60, spread: 30, &random)
            let keys = randomRows(columns, count: 6, spread: 30, &random)
            let build = randomRows(columns, count: 90, spread: 30, &random)
            let below = self.expected(.inner, facts, keys, width: 2) { keysMatch($0, $1, [false]) }
            let expected = inAnyOrder(
                self.expected(kind, below, build, width: 2) { keysMatch($0, $1, [false]) })
            for configuration in Configuration.all {
                let plan = stackedPlan(
                    kind, randomTable(columns, facts), randomTable(columns, keys), randomTable(columns, build))
                #expect(
                    inAnyOrder(try await configuration.rows(plan)) == expected,
                    "seed \(seed), \(configuration.testDescription)")
            }
        }
    }
}
