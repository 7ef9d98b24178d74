import Foundation

/// A Python with pyarrow, in a virtual environment of the repository that is made on first use.
package enum PythonEnvironment {
    /// The version that the tests were written against.
    private static let packages = ["pyarrow==26.0.1"]

    /// The interpreter's path, or why there is none; made once per process.
    private static let interpreter = Result { try make() }

    /// Runs a script of the repository.
    ///
    /// - Throws: `SetupFailure` when the environment cannot be made or the script fails.
    package static func run(_ script: String, _ arguments: [String]) throws -> String {
        let path = RepositoryFolder.url.appending(path: script).path
        let result = try Subprocess.run(interpreter.get(), [path] + arguments)
        guard result.status == 0 else { throw SetupFailure(output: result.standardError) }
        return result.standardOutput
    }

    /// What a step wrote to standard error before it failed.
    package struct SetupFailure: Error {
        package var output: String
    }

    private static func make() throws -> String {
        let folder = RepositoryFolder.url.appending(path: ".cache/venv")
        let python = folder.appending(path: "bin/python").path
        let marker = folder.appending(path: packages.joined(separator: " "))
        if FileManager.default.fileExists(atPath: marker.path) { return python }
        try step("python3", ["-m", "venv", "--clear", folder.path])
        try step(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"] + packages)
        try Data().write(to: marker)
        return python
    }

    private static func step(_ executable: String, _ arguments: [String]) throws {
        let result = try Subprocess.run(executable, arguments)
        guard result.status == 0 else { throw SetupFailure(output: result.standardError) }
    }
}
