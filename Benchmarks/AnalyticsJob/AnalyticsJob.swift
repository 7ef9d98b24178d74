import Foundation
import Harness
import Rhei

/// `analytics-job SETTINGS`: loads `<table>.arrow` of a folder into tables and answers the requests of
/// `Peers/contender.py`, in the same form; SETTINGS is a ``JobSettings`` as JSON.
///
/// It knows further requests: `drain PATH` runs a query and lets go of each batch as it comes; `cancel MICROSECONDS
/// PATH` runs one and cancels it so long after its start. The reply tells the seconds from there to its end. `forget`
/// gives back memory that is kept for reuse. `update COUNT` changes rows of the mirrored table `big`, each synced at
/// once, and `compare SQL` tells whether both engines answer alike.
@main struct AnalyticsJob {
    static func main() async throws {
        guard CommandLine.arguments.count == 2 else {
            FileHandle.standardError.write(Data("usage: analytics-job SETTINGS\n".utf8))
            exit(64)
        }
        let settings = try JSONDecoder().decode(JobSettings.self, from: Data(CommandLine.arguments[1].utf8))
        let start = ContinuousClock.now
        let tables = try JobTables(settings)
        defer { tables.remove() }
        let engine = try await tables.load()
        let answers = JobAnswers(engine: engine)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        try JobAnswers.reply(
            JobReply(version: "Rhei, Swift 6.3", seconds: seconds, fileByteCount: try tables.fileByteCount()))
        while let line = readLine() { try await answers.answer(line) }
        await engine.shutdown()
    }
}
