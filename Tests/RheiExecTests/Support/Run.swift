import RheiArrow
import RheiCore
import RheiExec
import RheiPlan
import Testing

/// How a test runs a plan: every result must be the same in all configurations.
struct Configuration: Sendable, CustomTestStringConvertible {
    var vectorSize: Int
    var threadCount: Int
    /// Whether tiny plans may run on the calling thread.
    var isInline = false
    /// How many bytes an operator holds before it puts rows aside; nil for its share of a limit that none reaches.
    var spillThreshold: Int?
    /// Groups beyond which a worker begins another table.
    var groupsPerTable = 65_536

    var testDescription: String {
        "vectors of \(vectorSize), \(threadCount) threads\(isInline ? ", inline" : "")"
            + (spillThreshold.map { ", spilling from \($0) bytes on" } ?? "")
            + (groupsPerTable < 65_536 ? ", \(groupsPerTable) groups per table" : "")
    }

    static let all: [Configuration] = [
        Configuration(vectorSize: 1, threadCount: 1), Configuration(vectorSize: 3, threadCount: 1),
        Configuration(vectorSize: 2048, threadCount: 1), Configuration(vectorSize: 1, threadCount: 2),
        Configuration(vectorSize: 3, threadCount: 2), Configuration(vectorSize: 2048, threadCount: 2),
        Configuration(vectorSize: 2048, threadCount: 1, isInline: true),
        Configuration(vectorSize: 2048, threadCount: 1, spillThreshold: 0),
        Configuration(vectorSize: 50, threadCount: 2, spillThreshold: 0),
        Configuration(vectorSize: 7, threadCount: 2, groupsPerTable: 10),
        Configuration(vectorSize: 7, threadCount: 1, spillThreshold: 20_000, groupsPerTable: 10),
    ]

    var settings: QueryExecutor.Settings {
        var settings = QueryExecutor.Settings()
        settings.vectorSize = vectorSize
        settings.rowsPerWorker = 1
        settings.rowsPerMorsel = 5
        settings.groupsPerTable = groupsPerTable
        settings.inlineRowBound = isInline ? .infinity : -1
        return settings
    }

    func makeExecutor() -> QueryExecutor {
        QueryExecutor(
            pool: WorkerPool(threadCount: threadCount), memory: MemoryManager(spillThreshold: spillThreshold))
    }

    /// Runs a plan and returns its rows, in order.
    func rows(_ plan: PhysicalPlan, _ settings: QueryExecutor.Settings? = nil) async throws -> [[SQLValue]] {
        let names = plan.columns.map { "\($0.id)" }
        let query = QueryPlan(root: plan, columnNames: names, declaredTypes: names.map { _ in nil })
        return try await makeExecutor().run(query, settings: settings ?? self.settings).flatMap { try $0.rows }
    }
}

extension RecordBatch {
    var rows: [[SQLValue]] {
        get throws {
            try (0..<rowCount).map { row in try columns.indices.map { try value(row: row, column: $0) } }
        }
    }
}
