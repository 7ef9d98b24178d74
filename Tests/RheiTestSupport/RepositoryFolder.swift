package import Foundation

/// The folder of `Package.swift`, found from where this file was compiled.
package enum RepositoryFolder {
    package static var url: URL {
        URL(filePath: #filePath)
            .deletingLastPathComponent()  // RheiTestSupport
            .deletingLastPathComponent()  // Tests
            .deletingLastPathComponent()
    }
}
