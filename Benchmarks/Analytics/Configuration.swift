import Foundation
import Harness

/// Settings under which every answer must be the same.
struct Configuration {
    let name: String
    var threadCount = 2
    var vectorSize = 2_048
    var optimizes = true
    var memoryLimit: Int?
    var isMirrored = false
    /// Seconds after which a query is given up.
    var timeout = 120.0

    /// What the columns of a ``ConfigurationReport`` are.
    static let all = [
        Configuration(name: "plain"), Configuration(name: "1 thread", threadCount: 1),
        Configuration(name: "vectors of 3", vectorSize: 3),
        Configuration(name: "of 3, 1 thread", threadCount: 1, vectorSize: 3),
        Configuration(name: "vectors of 1", vectorSize: 1),
        Configuration(name: "of 1, 1 thread", threadCount: 1, vectorSize: 1),
        Configuration(name: "32 MB", memoryLimit: 32 << 20),
        Configuration(name: "32 MB, of 3", vectorSize: 3, memoryLimit: 32 << 20),
        Configuration(name: "segments", isMirrored: true),
        Configuration(name: "segments, of 1", vectorSize: 1, isMirrored: true),
        // Joins of comma lists are products then.
        Configuration(name: "as written", optimizes: false, timeout: 10),
    ]

    /// The settings of a job over the tables of a suite.
    func settings(_ suite: AnalyticSuite) throws -> JobSettings {
        var settings = JobSettings(folder: suite.folder.path, threadCount: threadCount)
        settings.vectorSize = vectorSize
        settings.optimizes = optimizes
        settings.memoryLimit = memoryLimit
        settings.timeout = timeout
        if isMirrored { settings.mirroredDatabase = try suite.database().path }
        return settings
    }
}
