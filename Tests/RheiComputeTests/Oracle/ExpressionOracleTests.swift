import RheiTestSupport
import RheiArrow
import RheiCompute
import RheiCore
import Testing

/// Operators, casts and comparisons on values of any class give what SQLite gives.
@Suite struct ExpressionOracleTests {
    static let rounds = 200
    static let rowCount = 100

    /// Evaluates an expression on random operands both ways and compares row by row.
    private func compare(
        _ sql: String, arity: Int, seed: UInt64,
        _ body: ([ColumnVector], SelectionVector, StringArena) throws -> ColumnVector
    ) throws {
        let oracle = SQLiteOracle()
        var random = SeededGenerator(seed: seed)
        for round in 0..<Self.rounds {
            let operands = (0..<arity).map { _ in
                let isConstant = random.chance(oneIn: 4)
                let count = isConstant ? 1 : Self.rowCount
                return TestVector(.any, (0..<count).map { _ in random.value() }, isConstant: isConstant)
            }
            let arena = StringArena()
            let rows = SelectionVector(all: Self.rowCount)
            let result = try body(operands.map(\.vector), rows, arena)
            for row in 0..<Self.rowCount {
                let arguments = operands.map { $0[row] }
                let expected = oracle.evaluate(sql, arguments)
                let found = result.value(row)
                guard case .value(let value) = expected, value.isSame(found) else {
                    Issue.record("seed \(seed) round \(round): \(sql) of \(arguments): \(found), SQLite \(expected)")
                    return
                }
            }
            withExtendedLifetime((operands, arena)) {}
        }
    }

    @Test(arguments: [
        (ArithmeticOperation.add, "+"), (.subtract, "-"), (.multiply, "*"), (.divide, "/"), (.remainder, "%"),
        (.bitwiseAnd, "&"), (.bitwiseOr, "|"), (.shiftLeft, "<<"), (.shiftRight, ">>"),
    ])
    func `arithmetic on any values`(_ operation: ArithmeticOperation, _ sql: String) throws {
        let output = VectorBuffer(type: .any)
        try compare("?1 \(sql) ?2", arity: 2, seed: 11) { operands, rows, _ in
            try ArithmeticKernel.evaluate(operation, operands[0], operands[1], rows: rows, into: output)
        }
    }

    @Test(arguments: [(UnaryArithmeticOperation.negate, "-"), (.bitwiseNot, "~")])
    func `unary arithmetic on any values`(_ operation: UnaryArithmeticOperation, _ sql: String) throws {
        let output = VectorBuffer(type: .any)
        try compare("\(sql) ?1", arity: 1, seed: 12) { operands, rows, _ in
            try ArithmeticKernel.evaluate(operation, operands[0], rows: rows, into: output)
        }
    }

    @Test func `concatenation joins texts`() throws {
        let output = VectorBuffer(type: .any)
        try compare("?1 || ?2", arity: 2, seed: 13) { operands, rows, arena in
            try ConcatenateKernel.concatenate(operands[0], operands[1], rows: rows, arena: arena, into: output)
        }
    }

    @Test(arguments: [
        (CastTarget.integer, "INTEGER"), (.real, "REAL"), (.numeric, "NUMERIC"), (.text, "TEXT"), (.blob, "BLOB"),
    ])
    func `casts follow SQLite`(_ target: CastTarget, _ sql: String) throws {
        let output = VectorBuffer(type: .any)
        try compare("CAST(?1 AS \(sql))", arity: 1, seed: 14) { operands, rows, arena in
            try CastKernel.cast(operands[0], to: target, rows: rows, arena: arena, into: output)
        }
    }

    @Test func `truth of any value`() throws {
        let output = VectorBuffer(type: .bool)
        try compare("NOT NOT ?1", arity: 1, seed: 15) { operands, rows, _ in
            CastKernel.truth(operands[0], rows: rows, into: output)
        }
    }

    @Test(arguments: [
        (CompareOperation.equal, "="), (.notEqual, "<>"), (.less, "<"), (.lessOrEqual, "<="), (.greater, ">"),
        (.greaterOrEqual, ">="), (.isNotDistinct, "IS"), (.isDistinct, "IS NOT"),
    ])
    func `comparisons of any values`(_ operation: CompareOperation, _ sql: String) throws {
        let output = VectorBuffer(type: .bool)
        let collations: [(TextCollation, String)] = [(.binary, "BINARY"), (.noCase, "NOCASE"), (.rightTrim, "RTRIM")]
        for (collation, name) in collations {
            try compare("?1 \(sql) ?2 COLLATE \(name)", arity: 2, seed: 16) { operands, rows, _ in
                ComparisonKernel.compare(
                    operation, operands[0], operands[1], collation: collation, rows: rows, into: output)
            }
        }
    }

    @Test func `numeric affinity turns whole numbers into numbers`() throws {
        let oracle = SQLiteOracle()
        oracle.execute("CREATE TABLE t(x NUMERIC)")
        var random = SeededGenerator(seed: 17)
        let arena = StringArena()
        for _ in 0..<5000 {
            let value = Value.text(random.text())
            let found = Value(value.datum(arena).applying(affinity: .numeric, arena: arena))
            oracle.execute("DELETE FROM t")
            let expected = oracle.insertAndRead(value)
            #expect(expected.isSame(found), "\(value): \(found), SQLite \(expected)")
        }
    }
}
