import Foundation

/// The flights database of `Fixtures/nycflights13`, as a SQLite file.
package enum FlightsDatabase {
    /// Builds the database as a new file at `path`, in about a second, with the `sqlite3` shell.
    ///
    /// - Throws: `BuildFailure` with what the script wrote when a tool or a fixture is missing.
    package static func build(at path: String) throws {
        let script = RepositoryFolder.url.appending(path: "Fixtures/nycflights13/build.sh")
        let result = try Subprocess.run(script.path, [path])
        guard result.status == 0 else { throw BuildFailure(output: result.standardError) }
    }

    /// The build script failed.
    package struct BuildFailure: Error {
        /// What it wrote to standard error.
        package var output: String
    }
}
