public import Foundation
import Harness

/// Tables as Arrow files and queries as texts, both in one folder, made once.
///
/// | name | data | queries |
/// | --- | --- | --- |
/// | `tpch` | tpchgen-cli, DATE and DECIMAL(15,2) | DuckDB's `tpch_queries()` |
/// | `tpcds` | DuckDB's `dsdgen` | DuckDB's `tpcds_queries()` |
/// | `web` | `Peers/make_web.py`: page views in 105 columns | `Queries/web` |
/// | `flights` | `Peers/make_flights.py`: the tables of `Fixtures/nycflights13` | none |
public struct AnalyticSuite: Sendable {
    public var name: String
    /// The scale factor as written, or the rows of `web`.
    public var scale: String
    /// Holds `<table>.arrow` and `queries/<number>.sql`.
    public var folder: URL

    /// Finds the data, and makes them when they are missing.
    public init(name: String, scale: String) throws {
        self.name = name
        self.scale = scale
        folder = try Folders.cache().appending(path: "data/\(name)-\(scale)")
        let finished = folder.appending(path: "made")
        guard !FileManager.default.fileExists(atPath: finished.path) else { return }
        Console.show("making the data of \(name), scale \(scale)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try ChildProcess.output(of: Folders.peers.appending(path: "python"), maker)
        try Data().write(to: finished)
    }

    /// Environment, script and arguments that make the data.
    private var maker: [String] {
        func script(_ name: String) -> String { Folders.peers.appending(path: name).path }
        return switch name {
        case "web": ["peers", script("make_web.py"), scale, folder.path]
        case "flights": ["peers", script("make_flights.py"), Folders.fixtures.path, folder.path]
        default: ["makers", script("make_tpc.py"), name, scale, folder.path]
        }
    }

    /// A SQLite database with the same tables, made when it is missing.
    func database() throws -> URL {
        let made = folder.appending(path: "tables.made")
        if !FileManager.default.fileExists(atPath: made.path) {
            Console.show("making the SQLite database of \(name), scale \(scale)")
            let script = Folders.peers.appending(path: "make_sqlite.py").path
            try ChildProcess.output(
                of: Folders.peers.appending(path: "python"), ["makers", script, folder.path])
            try Data().write(to: made)
        }
        return folder.appending(path: "tables.sqlite")
    }

    /// The queries' files, in the order of their numbers.
    public func queries() throws -> [URL] {
        let files =
            name == "web"
            ? Folders.queries.appending(path: "web") : folder.appending(path: "queries")
        return try FileManager.default.contentsOfDirectory(at: files, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "sql" }.sorted { $0.lastPathComponent < $1.lastPathComponent }
    }
}
