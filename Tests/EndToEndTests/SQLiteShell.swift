import RheiTestSupport

/// The `sqlite3` shell: makes databases, plays the foreign process, and is the oracle.
enum SQLiteShell {
    /// Runs `script` on the file at `database` and returns what it printed.
    ///
    /// - Throws: `Failure` when the shell reports an error.
    @discardableResult
    static func run(_ database: String, _ script: String) throws -> String {
        let result = try Subprocess.run("sqlite3", ["-batch", "-bail", "-init", "/dev/null", database], input: script)
        guard result.status == 0 else { throw Failure(output: result.standardError) }
        return result.standardOutput
    }

    /// The shell reported an error.
    struct Failure: Error {
        /// What it wrote to standard error.
        var output: String
    }
}
