import Rhei
import RheiTestSupport

/// Compares answers to random queries over random databases.
///
/// Database number n of a seed, its rows and its queries depend on the seed and n alone.
package struct QueryFuzzer {
    private let seed: UInt64
    private let queriesPerDatabase: Int
    private let executions: [ColumnarExecution]
    package private(set) var tally = FuzzTally()
    /// Called before each query with its place and text, so that a query that ends the process can be found.
    package var willRun: (String, String) -> Void = { _, _ in }
    /// Called with each difference, reduced.
    package var didFind: (FuzzCase) -> Void = { _ in }
    /// Called with the reason of each refusal, the query's place and its text.
    package var didRefuse: (String, String, String) -> Void = { _, _, _ in }
    /// Differences beyond so many are counted only.
    package var reductionLimit = 20

    package init(seed: UInt64, queriesPerDatabase: Int) {
        self.seed = seed
        self.queriesPerDatabase = queriesPerDatabase
        executions = [
            ColumnarExecution(vectorSize: 2_048, threadCount: 1, optimizes: true),
            ColumnarExecution(vectorSize: 3, threadCount: 1, optimizes: true),
            ColumnarExecution(vectorSize: 2_048, threadCount: 1, optimizes: false),
            ColumnarExecution(vectorSize: 1, threadCount: 1, optimizes: true),
            ColumnarExecution(vectorSize: 2_048, threadCount: 2, optimizes: true),
            ColumnarExecution(vectorSize: 3, threadCount: 2, optimizes: false),
        ]
    }

    /// Makes database number `number` and runs its queries: the first half before, the second after rows changed.
    package mutating func run(database number: Int, only: Int? = nil) async throws {
        var random = SeededGenerator(seed: seed &* 1_000_003 &+ UInt64(number))
        let isMirrored = random.chance(percent: 70)
        var schema = FuzzSchema(&random)
        try addViews(&schema, &random)
        var changes: [String] = []
        for _ in 0..<random.pick([0, 1, 3, 6]) { changes.append(random.pick(schema.tables).change(&random)) }
        let session = try await FuzzSession(schema, isMirrored: isMirrored)
        var generator = QueryGenerator(schema, random)
        for index in 0..<queriesPerDatabase {
            if index == queriesPerDatabase / 2 {
                await session.apply(changes)
                schema.changes = changes
            }
            let query = generator.query()
            // Every query under one of the settings, every fourth under a second.
            var chosen = [executions[index % executions.count]]
            if generator.chance(25) { chosen.append(generator.random.pick(executions)) }
            if let only, index != only { continue }
            let place = "seed \(seed), database \(number), query \(index)"
            let sql = query.sql
            willRun(place, sql)
            let verdict = await session.check(query, chosen)
            tally.add(verdict, sql)
            if case .refused(let reason) = verdict { didRefuse(reason, place, sql) }
            if case .different(let difference) = verdict {
                var found = FuzzCase(
                    schema: schema, isMirrored: isMirrored, query: query, executions: chosen, difference: difference,
                    origin: place)
                if tally.differentCount <= reductionLimit { await found.reduce() }
                didFind(found)
            }
        }
        await session.close()
    }

    /// Adds views that SQLite accepts.
    private func addViews(_ schema: inout FuzzSchema, _ random: inout SeededGenerator) throws {
        let wanted = random.pick([0, 0, 1, 2])
        guard wanted > 0 else { return }
        let folder = try TemporaryFolder()
        let oracle = try SQLiteOracle(path: folder.path("views.db"))
        for statement in schema.statements { try oracle.execute(statement) }
        for number in 0..<wanted {
            var generator = QueryGenerator(schema, random)
            let view = generator.view(number: number)
            random = generator.random
            guard (try? oracle.execute(view.statement)) != nil else { continue }
            if case .rows(_, let rows) = oracle.run("SELECT * FROM \(view.name)"), rows.count < 100 {
                schema.views.append(view)
            }
        }
    }
}
