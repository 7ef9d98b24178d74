import Foundation

/// A checkout of github.com/apache/arrow-testing, named by the environment variable `RHEI_ARROW_TESTING`.
enum ArrowTestingFolder {
    static let path = ProcessInfo.processInfo.environment["RHEI_ARROW_TESTING"]

    /// Returns the paths below `folder` that end in one of `suffixes`, in order; none without a checkout.
    static func files(_ folder: String, suffixes: [String]) -> [String] {
        guard let path, let walk = FileManager.default.enumerator(atPath: "\(path)/data/\(folder)") else { return [] }
        return walk.compactMap { $0 as? String }.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted()
            .map { "\(path)/data/\(folder)/\($0)" }
    }
}
