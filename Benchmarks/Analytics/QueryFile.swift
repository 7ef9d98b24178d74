import Foundation
import Harness

/// A query of a suite, and what it is called.
struct QueryFile {
    let name: String
    let path: String

    init(_ url: URL) {
        name = url.deletingPathExtension().lastPathComponent
        path = url.path
    }

    /// The queries of a folder of `Benchmarks/Queries`, by name.
    static func all(in folder: String) throws -> [QueryFile] {
        try FileManager.default.contentsOfDirectory(
            at: Folders.queries.appending(path: folder), includingPropertiesForKeys: nil
        ).filter { $0.pathExtension == "sql" }.sorted { $0.path < $1.path }.map { QueryFile($0) }
    }
}
