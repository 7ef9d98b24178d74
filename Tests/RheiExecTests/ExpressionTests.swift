import RheiArrow
import RheiCore
import RheiExec
import RheiPlan
import Testing

@Suite struct ExpressionTests {
    /// All pairs of true, false and null, as comparisons of columns with 1.
    static let truths: [SQLValue] = [.integer(1), .integer(0), .null]
    static var pairs: [[SQLValue]] { truths.flatMap { left in truths.map { [left, $0] } } }

    static func and(_ left: SQLValue, _ right: SQLValue) -> SQLValue {
        if left == .integer(0) || right == .integer(0) { return .integer(0) }
        return left == .null || right == .null ? .null : .integer(1)
    }

    static func not(_ value: SQLValue) -> SQLValue {
        switch value {
        case .integer(let integer): .integer(1 - integer)
        default: .null
        }
    }

    static func or(_ left: SQLValue, _ right: SQLValue) -> SQLValue { not(and(not(left), not(right))) }

    private func scanPairs(_ maker: PlanMaker) -> PhysicalPlan {
        maker.scan(MemoryTable(columns: [("a", .int64), ("b", .int64)], rows: Self.pairs))
    }

    private func truth(_ column: Expression) -> Expression { .compare(column, .equal, .integer(1)) }

    @Test(arguments: Configuration.all)
    func `AND, OR and NOT follow three-valued logic as values`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let plan = maker.project(scanPairs(maker)) { columns in
            let operands = [truth(columns[0]), truth(columns[1])]
            return [.and(operands), .or(operands), .not(operands[0]), .isNull(columns[1])]
        }
        let expected = Self.pairs.map { pair in
            [
                Self.and(pair[0], pair[1]), Self.or(pair[0], pair[1]), Self.not(pair[0]),
                .integer(pair[1] == .null ? 1 : 0),
            ]
        }
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test(arguments: Configuration.all)
    func `conditions keep exactly the rows where they are true`(_ configuration: Configuration) async throws {
        typealias Test = (SQLValue, SQLValue) -> SQLValue
        let cases: [((Expression, Expression) -> Expression, Test)] = [
            ({ .and([$0, $1]) }, Self.and), ({ .or([$0, $1]) }, Self.or),
            ({ .not(.and([$0, $1])) }, { Self.not(Self.and($0, $1)) }),
            ({ .not(.or([$0, $1])) }, { Self.not(Self.or($0, $1)) }),
            ({ .not(.not(.or([$0, .not($1)]))) }, { Self.or($0, Self.not($1)) }),
            ({ .or([.and([$0, $1]), .isNull($1)]) }, { $1 == .null ? .integer(1) : Self.and($0, $1) }),
            ({ .and([.not(.isNull($0)), .not($1)]) }, { $0 == .null ? .integer(0) : Self.not($1) }),
        ]
        for (index, (make, test)) in cases.enumerated() {
            let maker = PlanMaker()
            let plan = maker.filter(scanPairs(maker)) { [make(truth($0[0]), truth($0[1]))] }
            let expected = Self.pairs.filter { test($0[0], $0[1]) == .integer(1) }
            #expect(try await configuration.rows(plan) == expected, "case \(index)")
        }
    }

    @Test(arguments: Configuration.all)
    func `IS compares nulls and comparisons drop them`(_ configuration: Configuration) async throws {
        let operations: [ComparisonOperator] = [
            .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .isNotDistinct, .isDistinct,
        ]
        let maker = PlanMaker()
        let plan = maker.project(scanPairs(maker)) { columns in
            operations.map { .compare(columns[0], $0, columns[1]) }
        }
        let expected: [[SQLValue]] = Self.pairs.map { pair in
            guard case .integer(let left) = pair[0], case .integer(let right) = pair[1] else {
                let same: SQLValue = pair[0] == pair[1] ? .integer(1) : .integer(0)
                return Array(repeating: .null, count: 6) + [same, Self.not(same)]
            }
            let answers = [
                left == right, left != right, left < right, left <= right, left > right, left >= right,
                left == right, left != right,
            ]
            return answers.map { .integer($0 ? 1 : 0) }
        }
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test(arguments: Configuration.all)
    func `a branch that is not taken raises no error`(_ configuration: Configuration) async throws {
        let rows: [[SQLValue]] = [[.integer(.max)], [.integer(5)], [.null], [.integer(.max)], [.integer(-2)]]
        let maker = PlanMaker()
        let scan = maker.scan(MemoryTable(columns: [("a", .int64)], rows: rows))
        let plan = maker.project(scan) { columns in
            let isSmall = Expression.compare(columns[0], .less, .integer(100))
            let sum = Expression.add(columns[0], .integer(1))
            let isTwo = Expression.compare(sum, .greater, .integer(0))
            return [
                .when(isSmall, sum, else: .integer(0)), .and([isSmall, isTwo]),
                .or([.not(isSmall), isTwo]),
            ]
        }
        let expected: [[SQLValue]] = [
            [.integer(0), .integer(0), .integer(1)], [.integer(6), .integer(1), .integer(1)],
            [.integer(0), .null, .null], [.integer(0), .integer(0), .integer(1)],
            [.integer(-1), .integer(0), .integer(0)],
        ]
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test(arguments: Configuration.all)
    func `a later condition is evaluated only for rows that the earlier ones left`(
        _ configuration: Configuration
    ) async throws {
        let rows: [[SQLValue]] = [[.integer(.max)], [.integer(5)], [.null], [.integer(7)]]
        let maker = PlanMaker()
        let scan = maker.scan(MemoryTable(columns: [("a", .int64)], rows: rows))
        let plan = maker.filter(scan) { columns in
            [
                .compare(columns[0], .less, .integer(100)),
                .compare(.add(columns[0], .integer(1)), .greater, .integer(6)),
            ]
        }
        #expect(try await configuration.rows(plan) == [[.integer(7)]])
    }

    @Test(arguments: Configuration.all)
    func `integer overflow leaves the static type`(_ configuration: Configuration) async throws {
        let rows: [[SQLValue]] = (0..<20).map { [.integer($0 == 13 ? .max : $0)] }
        let maker = PlanMaker()
        let plan = maker.project(maker.scan(MemoryTable(columns: [("a", .int64)], rows: rows))) {
            [.add($0[0], .integer(1))]
        }
        let error = await #expect(throws: EngineError.self) { try await configuration.rows(plan) }
        #expect(error?.code == .leavesInteger)
    }

    @Test(arguments: Configuration.all)
    func `CASE takes the first true branch and is null without ELSE`(_ configuration: Configuration) async throws {
        let maker = PlanMaker()
        let scan = maker.scan(
            MemoryTable(columns: [("a", .int64)], rows: (0..<9).map { [$0 == 4 ? .null : .integer($0)] }))
        let plan = maker.project(scan) { columns in
            let branches = [
                Expression.ConditionalBranch(
                    condition: .compare(columns[0], .less, .integer(2)), result: .text("low")),
                Expression.ConditionalBranch(
                    condition: .compare(columns[0], .less, .integer(4)), result: .text("a middle of many bytes")),
                Expression.ConditionalBranch(condition: .compare(columns[0], .equal, .integer(8)), result: .null),
            ]
            return [
                .conditional(branches, otherwise: nil, .utf8View),
                .conditional(branches, otherwise: .text("else"), .utf8View),
            ]
        }
        let expected: [[SQLValue]] = (0..<9).map { value in
            switch value {
            case 0, 1: ["low", "low"]
            case 2, 3: ["a middle of many bytes", "a middle of many bytes"]
            case 8: [.null, .null]
            default: [.null, "else"]
            }
        }
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test(arguments: Configuration.all)
    func `IN is true, null or false as its values demand`(_ configuration: Configuration) async throws {
        let rows: [[SQLValue]] = [[.integer(1)], [.integer(2)], [.null], [.integer(3)]]
        let maker = PlanMaker()
        let plan = maker.project(maker.scan(MemoryTable(columns: [("a", .int64)], rows: rows))) { columns in
            [
                .inList(columns[0], [.integer(3), .integer(1)], .binary),
                .inList(columns[0], [.integer(1), .null], .binary),
            ]
        }
        let expected: [[SQLValue]] = [
            [.integer(1), .integer(1)], [.integer(0), .null], [.null, .null], [.integer(1), .null],
        ]
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test(arguments: Configuration.all)
    func `IN and NOT IN as conditions keep the rows where they are true`(
        _ configuration: Configuration
    ) async throws {
        let rows: [[SQLValue]] = [[.integer(1)], [.integer(2)], [.null], [.integer(3)]]
        let cases: [([Expression], Bool, [Int])] = [
            ([.integer(1), .integer(3)], false, [0, 3]), ([.integer(1), .integer(3)], true, [1]),
            ([.integer(1), .null], false, [0]), ([.integer(1), .null], true, []), ([], false, []),
            ([], true, [0, 1, 2, 3]), ([.integer(2), .add(.integer(1), .integer(2))], true, [0]),
        ]
        for (values, isNegated, expected) in cases {
            let maker = PlanMaker()
            let plan = maker.filter(maker.scan(MemoryTable(columns: [("a", .int64)], rows: rows))) { columns in
                let list = Expression.inList(columns[0], values, .binary)
                return [isNegated ? .not(list) : list]
            }
            #expect(try await configuration.rows(plan) == expected.map { rows[$0] })
        }
    }

    @Test(arguments: Configuration.all)
    func `functions are called for the rows that need them`(_ configuration: Configuration) async throws {
        let rows: [[SQLValue]] = [["Abc"], [.null], ["a long text of many bytes"], [""], ["xbcx"]]
        let maker = PlanMaker()
        let scan = maker.scan(MemoryTable(columns: [("a", .utf8View)], rows: rows))
        let filtered = maker.filter(scan) { [.call("like", [.text("%bc%"), $0[0]], .bool)] }
        #expect(try await configuration.rows(filtered) == [["Abc"], ["xbcx"]])
        let plan = maker.project(scan) { columns in
            let upper = Expression.call("upper", [columns[0]], .utf8View)
            return [
                upper, .call("length", [upper], .int64),
                .call("abs", [.call("length", [columns[0]], .int64)], .int64),
            ]
        }
        let expected: [[SQLValue]] = rows.map { row in
            guard case .text(let text) = row[0] else { return [.null, .null, .null] }
            let length = SQLValue.integer(Int64(text.count))
            return [.text(text.uppercased()), length, length]
        }
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test func `a function that does not exist is refused`() async throws {
        let maker = PlanMaker()
        let plan = maker.project(maker.values([[]], types: [])) { _ in [.call("nonsense", [], .int64)] }
        let error = await #expect(throws: EngineError.self) { try await Configuration.all[0].rows(plan) }
        #expect(error?.code == .unknownName)
    }

    @Test(arguments: Configuration.all)
    func `common subexpressions and casts give the values of their own`(
        _ configuration: Configuration
    ) async throws {
        let rows: [[SQLValue]] = (0..<12).map { [.integer($0), .text("row number \($0) of twelve")] }
        let maker = PlanMaker()
        let scan = maker.scan(MemoryTable(columns: [("a", .int64), ("b", .utf8View)], rows: rows))
        let filtered = maker.filter(scan) { columns in
            let square = Expression.multiply(columns[0], columns[0])
            return [.compare(square, .greater, .integer(10)), .compare(.add(square, square), .less, .integer(150))]
        }
        let plan = maker.project(filtered) { columns in
            let square = Expression.multiply(columns[0], columns[0])
            return [
                square, .add(square, columns[0]),
                .when(.compare(square, .less, .integer(30)), .add(square, .integer(1)), else: square),
                .binary(.concatenate, columns[1], .cast(square, .explicit, .utf8View), .utf8View),
                .cast(square, .represent, .any), .cast(columns[0], .represent, .float64),
            ]
        }
        let expected: [[SQLValue]] = (4...8).map { value in
            let square = Int64(value * value)
            return [
                .integer(square), .integer(square + Int64(value)), .integer(square < 30 ? square + 1 : square),
                .text("row number \(value) of twelve\(square)"), .integer(square), .real(Double(value)),
            ]
        }
        #expect(try await configuration.rows(plan) == expected)
    }

    @Test func `constants are evaluated as rows are`() throws {
        #expect(try ConstantEvaluator.evaluate(.add(.integer(2), .integer(3))) == .integer(5))
        #expect(try ConstantEvaluator.evaluate(.compare(.integer(2), .less, .null)) == .null)
        #expect(try ConstantEvaluator.evaluate(.cast(.text("12abc"), .explicit, .int64)) == .integer(12))
        #expect(try ConstantEvaluator.evaluate(.binary(.divide, .integer(1), .integer(0), .int64)) == .null)
        let long = String(repeating: "long ", count: 9)
        let joined = Expression.binary(.concatenate, .text(long), .text(long), .utf8View)
        #expect(try ConstantEvaluator.evaluate(joined) == .text(long + long))
        #expect(throws: EngineError.self) { try ConstantEvaluator.evaluate(.add(.integer(.max), .integer(1))) }
    }
}
