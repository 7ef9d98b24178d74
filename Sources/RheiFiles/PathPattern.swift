#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import RheiCore

/// The path of a file, or a pattern of paths with `*`, `?` and `[…]` as shells have them.
package struct PathPattern: Sendable {
    private let text: String

    package init(_ text: String) { self.text = text }

    /// Returns the paths that match, in the order of their bytes; a path without wildcards matches itself.
    ///
    /// - Throws: `io` when a folder cannot be read, or nothing matches.
    package func paths() throws -> [String] {
        guard text.utf8.contains(where: { "*?[".utf8.contains($0) }) else { return [text] }
        var matches = unsafe glob_t()
        defer { unsafe globfree(&matches) }
        switch unsafe glob(text, GLOB_ERR | GLOB_NOSORT, nil, &matches) {
        case 0: break
        case GLOB_NOMATCH: throw EngineError(.io, "no file matches '\(text)'")
        case GLOB_NOSPACE: throw EngineError(.outOfMemory, "too many files match '\(text)'")
        default: throw EngineError(.io, "cannot read a folder of '\(text)'")
        }
        var paths: [String] = []
        for index in 0..<Int(unsafe matches.gl_pathc) {
            if let path = unsafe matches.gl_pathv[index] { paths.append(unsafe String(cString: path)) }
        }
        return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
