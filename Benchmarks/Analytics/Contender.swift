import Foundation
import Harness

/// A process that holds the tables of a suite in memory and answers one request at a time.
final class Contender {
    /// A reply to a request; what it did not ask for is nil.
    struct Reply: Codable {
        var version: String?
        /// Time of the query, or of loading in the first reply.
        var seconds: Double?
        var rowCount: Int?
        var rows: [[String?]]?
        var peakByteCount: Int?
        /// Why the engine cannot run the query.
        var error: String?
    }

    /// As on the command line: `rhei`, `duckdb`, `datafusion`, `polars`, `chdb`.
    let name: String
    private(set) var version = ""
    private(set) var loadSeconds = 0.0
    private let process = Process()
    private let requests = Pipe()
    private let replies = Pipe()
    private var unread = Data()

    /// Starts the process and waits until its tables are loaded.
    init(name: String, folder: URL, threadCount: Int) throws {
        self.name = name
        let here = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        if name == "rhei" {
            process.executableURL = here.appending(path: "analytics-job")
            process.arguments = [folder.path, "\(threadCount)"]
        } else {
            process.executableURL = Folders.peers.appending(path: "python")
            process.arguments = [
                "peers", Folders.peers.appending(path: "contender.py").path, name, folder.path, "\(threadCount)",
            ]
        }
        process.standardInput = requests
        process.standardOutput = replies
        try process.run()
        let ready = try readReply()
        (version, loadSeconds) = (ready.version ?? name, ready.seconds ?? 0)
    }

    /// Sends a request and waits for its reply.
    func ask(_ request: String) throws -> Reply {
        try requests.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
        return try readReply()
    }

    /// Lets the process end.
    func stop() {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func readReply() throws -> Reply {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread = Data(unread[(end + 1)...])
                return try JSONDecoder().decode(Reply.self, from: line)
            }
            let more = replies.fileHandleForReading.availableData
            guard !more.isEmpty else {
                process.waitUntilExit()
                throw ChildProcess.Failure(program: name, status: process.terminationStatus)
            }
            unread.append(more)
        }
    }
}
