import Foundation
import Harness

/// Tables in files: what they take, how fast they are written, and what queries cost in memory, on files that the
/// process has read before and on files that no cache has, beside DuckDB's own file.
///
/// Each contender is a process of its own; the contenders take turns. For a cold query a process opens the files after
/// the system has let go of them; its time is that of opening and of the query.
public struct StorageRun {
    private let suite: AnalyticSuite
    private let threadCount: Int
    private let runs: Int
    private let folder: URL

    public init(_ suite: AnalyticSuite, threadCount: Int, runs: Int) throws {
        self.suite = suite
        self.threadCount = threadCount
        self.runs = runs
        folder = try Folders.cache().appending(path: "storage-\(suite.name)-\(suite.scale)")
    }

    private func store(_ name: String) -> URL { folder.appending(path: name) }

    // MARK: - Loading

    /// Writes the tables to files by each contender and measures them.
    public func load() throws -> StorageReport.Load {
        var load = StorageReport.Load(name: "\(suite.name) \(suite.scale)")
        for _ in 0..<max(runs, 1) {
            for name in ["rhei", "duckdb"] {
                let (seconds, byteCount, version) = try loadOnce(name)
                load.seconds[name, default: []].append(seconds)
                load.byteCounts[name] = byteCount
                load.versions[name] = version
            }
        }
        let size = try ChildProcess.output(
            of: Folders.peers.appending(path: "python"),
            ["peers", Folders.peers.appending(path: "parquet_size.py").path, suite.folder.path])
        load.byteCounts["parquet"] = Int(String(decoding: size, as: UTF8.self).filter(\.isNumber)) ?? 0
        return load
    }

    private func loadOnce(_ name: String) throws -> (seconds: Double, byteCount: Int, version: String) {
        let place = store(name)
        try? FileManager.default.removeItem(at: place)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        let loader = try Contender(name: name, settings(store: place))
        loader.stop()
        return (loader.loadSeconds, loader.fileByteCount, loader.version)
    }

    // MARK: - Queries

    /// Measures every query, or those with the given numbers, over the files that `load` has written.
    public func queries(only numbers: Set<Int> = []) throws -> StorageReport {
        let memory = try Contender(name: "rhei", folder: suite.folder, threadCount: threadCount)
        let files = try open("rhei")
        let duckdb = try open("duckdb")
        var report = StorageReport(
            suite: suite.name, scale: suite.scale, threadCount: threadCount, runs: runs,
            versions: [memory.version, duckdb.version])
        for path in try suite.queries() {
            let name = path.deletingPathExtension().lastPathComponent
            guard numbers.isEmpty || numbers.contains(Int(name) ?? 0) else { continue }
            var query = StorageReport.Query(name: name)
            let answers = try [memory, files, duckdb].map { try $0.ask("answer \(path.path)").rows }
            if let theirs = answers[2] {
                query.isRight = answers.prefix(2).allSatisfy { $0.map { Answers.areSame($0, theirs) } ?? false }
            }
            for _ in 0..<runs {
                for (contender, kind) in [(memory, "memory"), (files, "hot"), (duckdb, "duckdb hot")] {
                    if let seconds = try contender.ask("run \(path.path)").seconds {
                        query.seconds[kind, default: []].append(seconds)
                    }
                }
            }
            for _ in 0..<runs {
                query.seconds["cold", default: []].append(try cold("rhei", path))
                query.seconds["duckdb cold", default: []].append(try cold("duckdb", path))
            }
            report.queries.append(query)
            print(query.summary)
        }
        report.peakByteCounts = [
            "memory": try memory.ask("peak").peakByteCount ?? 0, "files": try files.ask("peak").peakByteCount ?? 0,
        ]
        for contender in [memory, files, duckdb] { contender.stop() }
        return report
    }

    private func open(_ name: String) throws -> Contender {
        var settings = settings(store: store(name))
        settings.opensStore = true
        return try Contender(name: name, settings)
    }

    private func settings(store: URL) -> JobSettings {
        var settings = JobSettings(folder: suite.folder.path, threadCount: threadCount)
        settings.store = store.path
        return settings
    }

    /// Seconds to open the files and answer, when the system has nothing of them in memory.
    private func cold(_ name: String, _ query: URL) throws -> Double {
        try PageCache.drop(filesIn: store(name))
        let contender = try open(name)
        defer { contender.stop() }
        return contender.loadSeconds + (try contender.ask("run \(query.path)").seconds ?? .nan)
    }
}
