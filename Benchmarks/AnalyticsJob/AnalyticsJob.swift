import Foundation
import Rhei

/// `analytics-job FOLDER THREADS`: loads `FOLDER/*.arrow` into columnar tables and answers the requests of
/// `Peers/contender.py`, in the same form.
@main struct AnalyticsJob {
    private struct Ready: Codable {
        var version: String
        var seconds: Double
    }

    private struct Ran: Codable {
        var seconds: Double
        var rowCount: Int
    }

    private struct Answer: Codable {
        var rows: [[String?]]
    }

    private struct Peak: Codable {
        var peakByteCount: Int
    }

    private struct Failure: Codable {
        var error: String
    }

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 2, let threadCount = Int(arguments[1]) else {
            FileHandle.standardError.write(Data("usage: analytics-job FOLDER THREADS\n".utf8))
            exit(64)
        }
        let folder = URL(filePath: arguments[0])
        let database = FileManager.default.temporaryDirectory.appending(path: "rhei-bench-\(getpid()).db")
        defer { try? FileManager.default.removeItem(at: database) }
        var config = HtapConfig(databasePath: database.path)
        config.threadCount = threadCount
        let start = ContinuousClock.now
        let engine = try await HtapEngine(config)
        try await load(folder, into: engine)
        try reply(Ready(version: "Rhei, Swift 6.3", seconds: (ContinuousClock.now - start) / .seconds(1)))
        while let line = readLine() {
            do {
                try await answer(line, engine)
            } catch let error as EngineError {
                try reply(Failure(error: error.description))
            }
        }
        await engine.shutdown()
    }

    private static func load(_ folder: URL, into engine: HtapEngine) async throws {
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        for file in files where file.pathExtension == "arrow" {
            let name = file.deletingPathExtension().lastPathComponent
            _ = try await engine.query(
                "CREATE TABLE \"\(name)\" USING columnar AS SELECT * FROM read_arrow('\(file.path)')")
        }
    }

    private static func answer(_ line: String, _ engine: HtapEngine) async throws {
        let parts = line.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return try reply(Peak(peakByteCount: try peakByteCount())) }
        let sql = try String(contentsOfFile: String(parts[1]), encoding: .utf8)
        let start = ContinuousClock.now
        let result = try await engine.query(sql, hint: .forceOlap)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        if parts[0] == "run" { return try reply(Ran(seconds: seconds, rowCount: result.rowCount)) }
        try reply(Answer(rows: result.rows().map { row in row.map(text) }))
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

    private static func reply(_ value: some Encodable) throws {
        FileHandle.standardOutput.write(try JSONEncoder().encode(value) + Data("\n".utf8))
    }

    private static func peakByteCount() throws -> Int {
        let status = try String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") }
        return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) * 1024
    }
}
