import Foundation

/// Runs a program to its end and keeps what it wrote.
package enum Subprocess {
    /// What a finished program left behind.
    package struct Result: Sendable {
        /// The exit status, or the negated signal number when a signal ended the program.
        package var status: Int32
        package var standardOutput: String
        package var standardError: String
    }

    /// Runs `executable` with `arguments` and `input` as its standard input.
    ///
    /// Input and output go through files, so that a program may write any amount before it reads, without a deadlock.
    /// Bytes that are not UTF-8 are replaced in the result.
    ///
    /// - Parameters:
    ///   - executable: a path, or a name that is looked up in `PATH`.
    ///   - folder: the working directory; this process's own when nil.
    package static func run(
        _ executable: String, _ arguments: [String], input: String = "", in folder: String? = nil
    ) throws -> Result {
        let scratch = FileManager.default.temporaryDirectory.appending(path: "rhei-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let inputFile = scratch.appending(path: "input")
        let outputFile = scratch.appending(path: "output")
        let errorFile = scratch.appending(path: "error")
        try Data(input.utf8).write(to: inputFile)
        try Data().write(to: outputFile)
        try Data().write(to: errorFile)

        let process = Process()
        if executable.contains("/") {
            process.executableURL = URL(filePath: executable)
            process.arguments = arguments
        } else {
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [executable] + arguments
        }
        if let folder { process.currentDirectoryURL = URL(filePath: folder) }
        process.standardInput = try FileHandle(forReadingFrom: inputFile)
        process.standardOutput = try FileHandle(forWritingTo: outputFile)
        process.standardError = try FileHandle(forWritingTo: errorFile)
        try process.run()
        process.waitUntilExit()

        let status = process.terminationStatus
        return Result(
            status: process.terminationReason == .exit ? status : -status,
            standardOutput: String(decoding: try Data(contentsOf: outputFile), as: UTF8.self),
            standardError: String(decoding: try Data(contentsOf: errorFile), as: UTF8.self))
    }
}
