import Foundation
import Glibc

/// Runs a program to its end and keeps what it wrote.
package enum Subprocess {
    /// What a finished program left behind.
    package struct Result: Sendable {
        /// The exit status, or the negated signal number when a signal ended the program.
        package var status: Int32
        package var standardOutput: String
        package var standardError: String
    }

    /// Runs `executable`, a path or a name to look up in `PATH`, with `input` as its standard input.
    ///
    /// Input and output go through files, so that a program may write any amount before it reads, without a deadlock.
    /// Bytes that are not UTF-8 are replaced in the result.
    package static func run(_ executable: String, _ arguments: [String], input: String = "") throws -> Result {
        let folder = try TemporaryFolder()
        let paths = ["input", "output", "error"].map { folder.path($0) }
        try Data(input.utf8).write(to: URL(filePath: paths[0]))
        let descriptors = paths.enumerated().map { position, path in
            unsafe open(path, O_CLOEXEC | (position == 0 ? O_RDONLY : O_WRONLY | O_CREAT), 0o600)
        }
        defer { for descriptor in descriptors { close(descriptor) } }
        let status = try ChildProcess(
            executable, arguments, input: descriptors[0], output: descriptors[1], error: descriptors[2]
        ).wait()
        return Result(
            status: status,
            standardOutput: String(decoding: try Data(contentsOf: URL(filePath: paths[1])), as: UTF8.self),
            standardError: String(decoding: try Data(contentsOf: URL(filePath: paths[2])), as: UTF8.self))
    }
}
