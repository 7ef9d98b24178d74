import ArgumentParser

/// The command line of Rhei.
@main
struct RH: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rh",
        abstract: "Analytical SQL over SQLite databases, answered from columns.",
        version: "0.1.0",
        subcommands: [
            QueryCommand.self, ShellCommand.self, AttachCommand.self, DetachCommand.self, StatusCommand.self,
            VerifyCommand.self, RebuildCommand.self,
        ])
}
