import Foundation

/// A folder of a test's own that goes away with the last reference.
package final class TemporaryFolder: Sendable {
    private let location: String

    package init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "rhei-test-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        location = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: location) }

    /// Returns the path of `name` inside the folder; nothing is created.
    package func path(_ name: String) -> String { "\(location)/\(name)" }
}
