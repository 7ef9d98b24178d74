import ArgumentParser
import Rhei

/// `rh verify DB`: checks every checksum and compares both engines.
struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check all segment files, and compare the columns with SQLite's rows.")

    @Argument(help: "The SQLite database file.")
    var database: String

    func run() async throws {
        var isWhole = true
        try await AttachedDatabase.use(database) { engine in
            let output = OutputStream(descriptor: 1)
            let found = try await engine.syncStatus().storage?.damages ?? []
            for damage in try await found + engine.verifyFiles() {
                isWhole = false
                output.write("damaged: \(damage)\n")
            }
            for name in await engine.registeredTables() {
                let table = await engine.verifyTable(name)
                if let problem = table.problem {
                    isWhole = false
                    output.write("\(name): \(problem)\n")
                } else if table.isEqual {
                    output.write("\(name): \(table.rowCount) rows, equal\n")
                } else {
                    isWhole = false
                    output.write(
                        "\(name): differs: \(table.rowCount) rows, \(table.columnarRowCount) in columns, "
                            + "\(table.differingBucketCount) of 256 buckets\n")
                }
            }
            output.flush()
        }
        if !isWhole { throw ExitCode(2) }
    }
}

/// `rh rebuild DB [TABLE]`: loads columns anew.
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild", abstract: "Read mirrored tables anew from SQLite into columns.")

    @Argument(help: "The SQLite database file.")
    var database: String

    @Argument(help: "The table; all mirrored tables when none is named.")
    var table: String?

    func run() async throws {
        try await AttachedDatabase.use(database) { engine in
            let names = if let table { [table] } else { await engine.registeredTables() }
            for name in names {
                let rowCount = try await engine.initialSync(name)
                ErrorReporter().note("rebuilt \(name): \(rowCount) rows")
            }
            try await engine.flush()
        }
    }
}
