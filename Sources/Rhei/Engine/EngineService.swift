/// What an engine shares with its mirror: whom to tell, and what waits for columns.
struct EngineService: Sendable {
    let reporter: EngineReporter
    let backlog: Backlog
    let signal = CommitSignal()

    init(_ config: HtapConfig) {
        reporter = EngineReporter(config)
        backlog = Backlog(config)
    }
}
