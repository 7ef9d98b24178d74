import Foundation
import Harness

/// A process that holds the tables of a suite and answers one request at a time.
final class Contender {
    /// As on the command line: `rhei`, `duckdb`, `datafusion`, `polars`, `chdb`; `-N` behind it for N threads of its
    /// own.
    let name: String
    private(set) var version = ""
    /// Until the tables could be asked: of loading, or of opening files.
    private(set) var loadSeconds = 0.0
    private(set) var fileByteCount = 0
    private let process = Process()
    private let requests = Pipe()
    private let replies = Pipe()
    private var unread = Data()

    /// Starts the process of an engine with its own settings and waits until its tables are loaded.
    convenience init(name: String, folder: URL, threadCount: Int) throws {
        try self.init(name: name, JobSettings(folder: folder.path, threadCount: threadCount))
    }

    /// Starts a process and waits until its tables are loaded. Of other engines, all take folder and threads of the
    /// settings, and DuckDB its memory limit or its store.
    init(name: String, _ settings: JobSettings) throws {
        self.name = name
        var settings = settings
        let parts = name.split(separator: "-", maxSplits: 1)
        if parts.count == 2, let threadCount = Int(parts[1]) { settings.threadCount = threadCount }
        let program = String(parts.first ?? "")
        let here = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        if program == "rhei" {
            process.executableURL = here.appending(path: "analytics-job")
            process.arguments = [String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)]
        } else {
            process.executableURL = Folders.peers.appending(path: "python")
            process.arguments = [
                "peers", Folders.peers.appending(path: "contender.py").path, program, settings.folder,
                "\(settings.threadCount)",
            ]
            if let limit = settings.memoryLimit, let folder = settings.temporaryDirectory {
                process.arguments? += ["\(limit >> 20)", folder]
            }
            if let store = settings.store { process.arguments? += [settings.opensStore ? "open" : "load", store] }
        }
        process.standardInput = requests
        process.standardOutput = replies
        try process.run()
        let ready = try readReply()
        (version, loadSeconds) = (ready.version ?? name, ready.seconds ?? 0)
        fileByteCount = ready.fileByteCount ?? 0
    }

    /// The number of the process.
    var processID: Int32 { process.processIdentifier }

    /// Sends a request and waits for its reply.
    func ask(_ request: String) throws -> JobReply {
        try requests.fileHandleForWriting.write(contentsOf: Data((request + "\n").utf8))
        return try readReply()
    }

    /// Lets the process end.
    func stop() {
        try? requests.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private func readReply() throws -> JobReply {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread = Data(unread[(end + 1)...])
                return try JSONDecoder().decode(JobReply.self, from: line)
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
