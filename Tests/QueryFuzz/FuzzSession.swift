import Rhei
import RheiTestSupport

/// A random database that is open in SQLite and in an engine at the same time.
final class FuzzSession {
    private let folder: TemporaryFolder
    private let oracle: SQLiteOracle
    let engine: HtapEngine
    private let foldsText: Bool

    /// How a query came out.
    enum Verdict: Sendable {
        case same
        /// Left to SQLite, for this reason.
        case refused(String)
        /// SQLite has no answer to compare with.
        case skipped(String)
        /// SQLite gives these rows only while its own optimizations are off.
        case contradicted
        case different(Difference)
    }

    struct Difference: Sendable {
        enum Kind: Sendable { case rows, order, names, error }
        var kind: Kind
        /// What differs, for people.
        var detail: String
        var expected: [[FuzzValue]]
    }

    /// - Parameter isMirrored: whether tables are registered; otherwise they are loaded when a query names them.
    init(_ schema: FuzzSchema, isMirrored: Bool) async throws {
        folder = try TemporaryFolder()
        let path = folder.path("test.db")
        oracle = try SQLiteOracle(path: path)
        foldsText = schema.foldsText
        for statement in schema.statements { try oracle.execute(statement) }
        var config = HtapConfig(databasePath: path)
        config.loadsOnDemand = !isMirrored
        config.readPoolSize = 1
        config.threadCount = 1
        engine = try await HtapEngine(config)
        if isMirrored {
            for table in schema.tables { try await engine.registerTable(table.name) }
            try await engine.syncNow()
        }
    }

    func close() async { await engine.shutdown() }

    /// Changes rows through the engine and brings columns up to date; what SQLite refuses is left out.
    func apply(_ changes: [String]) async {
        for change in changes { _ = try? await engine.execute(change) }
        _ = try? await engine.syncNow()
    }

    // MARK: - Comparison

    func expectation(_ sql: String) -> SQLiteOracle.Outcome { oracle.run(sql) }

    /// Runs a query in both engines, in columns under each of the settings in turn, until an answer is not the same.
    func check(_ query: FuzzQuery, _ executions: [ColumnarExecution]) async -> Verdict {
        let sql = query.sql
        switch oracle.run(sql) {
        case .invalid(let message): return .skipped("SQLite: " + message)
        case .failed(let message): return .skipped("SQLite, running: " + message)
        case .tooLong: return .skipped("too much work")
        case .rows(let names, let expected):
            // A reduced query without one of its columns says nothing about order.
            if !query.orderColumns.isEmpty, names.count != query.exactness.count { return .skipped("fewer columns") }
            for execution in executions {
                let verdict = await compare(query, sql, names, expected, execution)
                if case .same = verdict { continue }
                if case .different(let difference) = verdict, difference.kind != .names, difference.kind != .error,
                    case .rows(_, let plain) = oracle.runUnoptimized(sql),
                    case .same = await compare(query, sql, names, plain, execution)
                {
                    return .contradicted
                }
                return verdict
            }
            return .same
        }
    }

    private func compare(
        _ query: FuzzQuery, _ sql: String, _ names: [String], _ expected: [[FuzzValue]], _ execution: ColumnarExecution
    ) async -> Verdict {
        do {
            let result = try await engine.query(sql, execution, freshness: .asIs)
            let actual = try result.rows().map { $0.map(FuzzValue.init) }
            if result.columnNames != names {
                return .different(
                    .init(kind: .names, detail: "\(result.columnNames), SQLite \(names)", expected: expected))
            }
            return compare(query, actual, expected)
        } catch let error as EngineError where Self.refusalCodes.contains(error.code) {
            return .refused(error.message)
        } catch {
            return .different(.init(kind: .error, detail: "\(error)", expected: expected))
        }
    }

    /// The codes by which columns leave a query to SQLite, mistakes in names included: SQLite does not look into what a
    /// constant rules out.
    private static let refusalCodes: Set<EngineError.Code> = [
        .unsupported, .leavesStaticType, .leavesInteger, .overflow, .invalidArgument, .unknownName, .ambiguousName,
        .typeMismatch,
        .misusedAggregate,
    ]

    private func compare(_ query: FuzzQuery, _ actual: [[FuzzValue]], _ expected: [[FuzzValue]]) -> Verdict {
        let exactness = query.exactness
        func text(_ row: [FuzzValue]) -> String {
            zip(row, exactness).map { $0.comparable($1) }.joined(separator: "\u{1f}")
        }
        func orderText(_ row: [FuzzValue]) -> [String] {
            query.orderColumns.map { row[$0].orderText(foldsText: foldsText || query.sql.contains("COLLATE")) }
        }
        guard actual.count == expected.count else {
            return .different(
                .init(kind: .rows, detail: "\(actual.count) rows, SQLite \(expected.count)", expected: expected))
        }
        let ours = actual.map(text)
        let theirs = expected.map(text)
        if ours == theirs { return .same }
        if !query.orderColumns.isEmpty {
            if let row = actual.indices.first(where: { orderText(actual[$0]) != orderText(expected[$0]) }) {
                return .different(
                    .init(
                        kind: .order, detail: "row \(row): \(actual[row]), SQLite \(expected[row])", expected: expected)
                )
            }
            if query.isLimited { return .same }
        }
        let (sortedOurs, sortedTheirs) = (ours.sorted(), theirs.sorted())
        guard let place = sortedOurs.indices.first(where: { sortedOurs[$0] != sortedTheirs[$0] }) else { return .same }
        let mine = actual.first { text($0) == sortedOurs[place] } ?? []
        let its = expected.first { text($0) == sortedTheirs[place] } ?? []
        return .different(.init(kind: .rows, detail: "\(mine), SQLite \(its)", expected: expected))
    }
}
