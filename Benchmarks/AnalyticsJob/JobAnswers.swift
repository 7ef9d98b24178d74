import Foundation
import Harness
import Rhei

/// Answers requests, one line each.
struct JobAnswers {
    let engine: HtapEngine

    func answer(_ line: String) async throws {
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        do {
            try Self.reply(try await answer(parts[0], parts.count > 1 ? parts[1] : ""))
        } catch let error as EngineError {
            try Self.reply(JobReply(error: error.description))
        }
    }

    private func answer(_ request: String, _ argument: String) async throws -> JobReply {
        switch request {
        case "peak": return JobReply(peakByteCount: try Self.peakByteCount())
        case "forget":
            try await settle()
            return JobReply()
        case "run": return try await run(argument)
        case "drain": return try await drain(argument)
        case "update": return try await update(count: Int(argument) ?? 0)
        case "compare": return try await compare(argument)
        case "cancel":
            let parts = argument.split(separator: " ", maxSplits: 1).map(String.init)
            return try await cancel(parts[1], after: .microseconds(Int(parts[0]) ?? 0))
        default:
            let result = try await engine.query(try text(argument), hint: .forceOlap)
            return JobReply(rows: try result.rows().map { row in row.map(Self.text) })
        }
    }

    /// Waits until workers have let go of what ended queries left, and gives back what is kept for reuse.
    private func settle() async throws {
        for _ in 0..<100 where engine.memoryUse.byteCount > 0 || engine.memoryUse.temporaryByteCount > 0 {
            try await Task.sleep(for: .milliseconds(10))
        }
        try await Task.sleep(for: .milliseconds(100))
        BufferPool.shared.releaseKept()
    }

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    private func run(_ path: String) async throws -> JobReply {
        let sql = try text(path)
        let start = ContinuousClock.now
        let result = try await engine.query(sql, hint: .forceOlap)
        return JobReply(seconds: (ContinuousClock.now - start) / .seconds(1), rowCount: result.rowCount)
    }

    private func drain(_ path: String) async throws -> JobReply {
        let sql = try text(path)
        let start = ContinuousClock.now
        var rowCount = 0
        for try await batch in try await engine.stream(sql, hint: .forceOlap) { rowCount += batch.rowCount }
        return JobReply(seconds: (ContinuousClock.now - start) / .seconds(1), rowCount: rowCount)
    }

    /// Updates random rows of the table `big` one by one.
    private func update(count: Int) async throws -> JobReply {
        var random = SplitMix(seed: 5)
        let rowCount = try await engine.query("SELECT max(id) FROM big").rows().first?.first ?? .null
        guard case .integer(let last) = rowCount else { return JobReply(error: "no rows") }
        let start = ContinuousClock.now
        for _ in 0..<count {
            let (key, value) = (Int64.random(in: 1...last, using: &random), Int64.random(in: 0..<1000, using: &random))
            try await engine.execute("UPDATE big SET a = ? WHERE id = ?", [.integer(value), .integer(key)])
            try await engine.syncNow()
        }
        return JobReply(seconds: (ContinuousClock.now - start) / .seconds(1), rowCount: count)
    }

    /// One row, the word `equal`, when columns and rows give the same answer.
    private func compare(_ sql: String) async throws -> JobReply {
        let start = ContinuousClock.now
        let columns = try await engine.query(sql, hint: .forceOlap).rows()
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let rows = try await engine.query(sql, hint: .forceOltp).rows()
        return columns == rows
            ? JobReply(seconds: seconds, rows: [["equal"]]) : JobReply(error: "columns \(columns), rows \(rows)")
    }

    private func cancel(_ path: String, after delay: Duration) async throws -> JobReply {
        let (sql, engine) = (try text(path), engine)
        let task = Task {
            for try await _ in try await engine.stream(sql, hint: .forceOlap) {}
        }
        try await Task.sleep(for: delay)
        let start = ContinuousClock.now
        task.cancel()
        let outcome = await task.result
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        switch outcome {
        case .success: return JobReply(seconds: seconds, wasCancelled: false)
        case .failure(let error as EngineError) where error.code == .cancelled:
            return JobReply(seconds: seconds, wasCancelled: true)
        case .failure(let error): throw error
        }
    }

    private static func text(_ value: SQLValue) -> String? {
        switch value {
        case .null: nil
        case .integer(let number): "\(number)"
        case .real(let number): number.isNaN ? nil : "\(number)"
        case .text(let text): "\(text)"
        case .blob(let bytes): bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
    }

    static func reply(_ value: JobReply) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
    }

    private static func peakByteCount() throws -> Int { try ProcessStatus(getpid()).peakByteCount }
}
