import ArgumentParser

/// `benchmark SUITE`: runs a suite, prints its table, and writes `.cache/bench/SUITE.json`.
@main struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measures Rhei beside named peers, in the same run.",
        subcommands: [
            MainJobCommand.self, HtapCommand.self, LatencyCommand.self, ArrowCommand.self, AnalyticCommand.self,
            VerifyCommand.self,
            SpillCommand.self, CancelCommand.self, GrowthCommand.self, StorageCommand.self, UpdatesCommand.self,
            LargerCommand.self,
        ])
}
