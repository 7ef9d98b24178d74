public import Foundation

/// Where the suites read and write.
public enum Folders {
    /// `Benchmarks/Queries`, found from where this file was compiled.
    public static var queries: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: "Queries")
    }

    /// `Benchmarks/Peers`: what runs the engines that suites compare with.
    public static var peers: URL { queries.deletingLastPathComponent().appending(path: "Peers") }

    /// `Fixtures` of the repository.
    public static var fixtures: URL {
        queries.deletingLastPathComponent().deletingLastPathComponent().appending(path: "Fixtures")
    }

    /// `.cache/bench` of the repository: made data and reports. Created when missing.
    public static func cache() throws -> URL {
        let url = queries.deletingLastPathComponent().deletingLastPathComponent().appending(path: ".cache/bench")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// A folder of `cache` for temporary files.
    public static func temporary() throws -> URL {
        let url = try cache().appending(path: "temporary")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url
    }

    /// Removes a SQLite file with its log files.
    public static func removeDatabase(at path: String) {
        for suffix in ["", "-wal", "-shm", "-journal"] {
            try? FileManager.default.removeItem(atPath: path + suffix)
        }
    }
}
