import Foundation
import RheiTestSupport

/// The built `rh`, run as a process of its own.
enum RHCommand {
    /// The program that the build put beside the test runner.
    static var path: String {
        get throws {
            let runner = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(filePath: runner).deletingLastPathComponent().appending(path: "rh").path
        }
    }

    /// Runs `rh` with `arguments`, `input` on its standard input.
    static func run(_ arguments: [String], input: String = "") throws -> Subprocess.Result {
        try Subprocess.run(try path, arguments, input: input)
    }

    /// Runs `rh query` with one SQL text.
    static func query(_ database: String, _ sql: String, _ options: String...) throws -> Subprocess.Result {
        try run(["query", database, sql] + options)
    }

    /// Runs `rh shell` over `script`.
    static func shell(_ database: String, _ options: String..., script: String) throws -> Subprocess.Result {
        try run(["shell", database] + options, input: script)
    }
}
