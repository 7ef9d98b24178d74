import Foundation
import Harness

/// The suite `arrow`: streams of a gigabyte, written and read by Rhei and by pyarrow.
///
/// Each measurement is a process of its own that does its job several times, the two contenders in turns, with two
/// threads each. The data are eight columns of mixed types, made once, and lie in memory where the system has a file
/// system there, so that the disk has no say. The time of processors stands beside that of the clock, which other work
/// on the machine lengthens. Peak memory is that of the process, data included.
public struct ArrowExchange {
    private let byteCount: Int
    private let runs: Int
    private let folder: URL

    /// - Parameters:
    ///   - byteCount: size of the data, about.
    ///   - runs: processes of each contender and job; each does the job three times.
    public init(byteCount: Int, runs: Int) throws {
        self.byteCount = byteCount
        self.runs = runs
        let memory = URL(filePath: "/dev/shm")
        let base = try FileManager.default.fileExists(atPath: memory.path) ? memory : Folders.cache()
        folder = base.appending(path: "rhei-arrow-benchmark")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Measures everything and removes the data.
    public func run() throws -> ArrowExchangeReport {
        defer { try? FileManager.default.removeItem(at: folder) }
        try peer(["make", path("data"), "\(byteCount)"])
        var report = ArrowExchangeReport(byteCount: byteCount)
        for codec in ["none", "zstd", "lz4"] {
            try report.lines += measure("write", codec)
            // Both read what pyarrow wrote.
            try peer(["write", path("data"), path("out"), codec, "1"])
            try report.lines += measure("read", codec)
        }
        try peer(["file", path("data"), path("out"), "none", "1"])
        try report.lines += measure("map", "none")
        return report
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Measures a job: the first time in a process, when all memory is fresh, apart from the times after it.
    private func measure(_ job: String, _ codec: String) throws -> [ArrowExchangeReport.Line] {
        let arguments = [job, path("data"), path("out"), codec, "3"]
        let name = codec == "none" ? job : "\(job), \(codec)"
        var first = ArrowExchangeReport.Line(name: name)
        var again = ArrowExchangeReport.Line(name: "\(name), again")
        for _ in 0..<runs {
            let ours = try JSONDecoder().decode(JobResult.self, from: rhei(arguments))
            let theirs = try JSONDecoder().decode(JobResult.self, from: peer(arguments))
            first.add(rhei: ours.times(0..<1), pyarrow: theirs.times(0..<1))
            again.add(rhei: ours.times(1..<3), pyarrow: theirs.times(1..<3))
        }
        return [first, again]
    }

    @discardableResult
    private func peer(_ arguments: [String]) throws -> Data {
        let script = Folders.queries.deletingLastPathComponent().appending(path: "ArrowExchange/peer.py").path
        let python = Folders.queries.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fixtures/arrow/python")
        return try ChildProcess.output(of: python, [script] + arguments)
    }

    private func rhei(_ arguments: [String]) throws -> Data {
        let here = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return try ChildProcess.output(of: here.appending(path: "arrow-job"), arguments)
    }
}

/// What a contender prints.
struct JobResult: Codable {
    var seconds: [Double]
    /// Time of all threads.
    var processorSeconds: [Double]
    var peakByteCount: Int
    var version: String

    /// The same with some of the times.
    func times(_ range: Range<Int>) -> JobResult {
        var result = self
        result.seconds = Array(seconds[range])
        result.processorSeconds = Array(processorSeconds[range])
        return result
    }
}
