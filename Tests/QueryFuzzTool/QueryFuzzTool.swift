import Foundation
import QueryFuzz

/// Compares answers to random queries with SQLite's.
///
///     query-fuzz COUNT SEED [FIRST]
///
/// Runs about COUNT queries over the databases of SEED from number FIRST on, prints each difference as a reduced
/// sqllogictest script, and ends with how many queries came out in which way. The exit status is 1 when answers
/// differed.
///
/// The query at work stands in `.cache/query-fuzz.at`, so that one which ends the process can be found.
/// `QUERY_FUZZ_QUERY=n` runs query n of database FIRST alone, `QUERY_FUZZ_REDUCED=n` reduces the first n differences
/// alone, and `QUERY_FUZZ_REFUSED=text` prints the queries that are refused for reasons which contain the text.
@main struct QueryFuzzTool {
    private static let queriesPerDatabase = 250

    static func main() async throws { try await run() }

    private nonisolated static func run() async throws {
        let arguments = CommandLine.arguments.dropFirst().compactMap { UInt64($0) }
        guard arguments.count >= 2, arguments.count + 1 == CommandLine.arguments.count else {
            print("usage: query-fuzz COUNT SEED [FIRST]")
            exit(2)
        }
        let environment = ProcessInfo.processInfo.environment
        let only = environment["QUERY_FUZZ_QUERY"].flatMap { Int($0) }
        let first = arguments.count > 2 ? Int(arguments[2]) : 0
        let last = only == nil ? first + (Int(arguments[0]) + queriesPerDatabase - 1) / queriesPerDatabase : first + 1
        let journal = try Journal()
        var fuzzer = QueryFuzzer(seed: arguments[1], queriesPerDatabase: queriesPerDatabase)
        if let limit = environment["QUERY_FUZZ_REDUCED"].flatMap({ Int($0) }) { fuzzer.reductionLimit = limit }
        fuzzer.willRun = { place, sql in journal.note("\(place)\n\(sql)\n") }
        if let wanted = environment["QUERY_FUZZ_REFUSED"] {
            fuzzer.didRefuse = { reason, place, sql in
                if reason.contains(wanted) { print("\(place): \(reason)\n\(sql)") }
            }
        }
        fuzzer.didFind = { found in
            print(found.script)
            fflush(nil)
        }
        for number in first..<last {
            try await fuzzer.run(database: number, only: only)
            if (number - first) % 400 == 399 { print("database \(number): \(fuzzer.tally.summary)") }
            fflush(nil)
        }
        print("refused:\n\(fuzzer.tally.refusalReport)")
        print("without an answer of SQLite:\n\(fuzzer.tally.skipReport)")
        print(fuzzer.tally.summary)
        exit(fuzzer.tally.differentCount == 0 ? 0 : 1)
    }

    /// A file that holds the last note.
    private final class Journal {
        private let file: FileHandle

        init() throws {
            try FileManager.default.createDirectory(atPath: ".cache", withIntermediateDirectories: true)
            let path = ".cache/query-fuzz.at"
            guard FileManager.default.createFile(atPath: path, contents: nil) else {
                throw CocoaError(.fileWriteUnknown)
            }
            file = try FileHandle(forWritingTo: URL(filePath: path))
        }

        func note(_ text: String) {
            try? file.seek(toOffset: 0)
            try? file.write(contentsOf: Data(text.utf8))
            try? file.truncate(atOffset: UInt64(text.utf8.count))
        }
    }
}
