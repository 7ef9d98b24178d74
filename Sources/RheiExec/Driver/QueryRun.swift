import RheiCore
import Synchronization

/// One query being run: its pipelines, which of them may start, and how it ended.
///
/// Query and pipeline runs refer to each other until the query has ended.
final class QueryRun: Sendable {
    let context: QueryContext
    private let state: Mutex<State>
    private let onEnd: @Sendable ((any Error)?) -> Void

    private struct State {
        var runs: [PipelineRun] = []
        var missingDependencies: [Int]
        var error: (any Error)?
        var activeCount = 0
    }

    /// - Parameter onEnd: called once, on the thread that ended the query, with the first error or nil.
    init(_ pipelines: [Pipeline], context: QueryContext, onEnd: @escaping @Sendable ((any Error)?) -> Void) {
        self.context = context
        self.onEnd = onEnd
        state = Mutex(State(missingDependencies: pipelines.map(\.dependencies.count)))
        let runs = pipelines.enumerated().map { PipelineRun($0.element, index: $0.offset, query: self) }
        state.withLock { $0.runs = runs }
    }

    var hasFailed: Bool { state.withLock { $0.error != nil } }

    /// Returns the pipelines that depend on nothing; they count as started.
    func start() -> [PipelineRun] {
        state.withLock { state in
            let ready = state.runs.filter { state.missingDependencies[$0.index] == 0 }
            state.activeCount = ready.count
            return ready
        }
    }

    /// Remembers the first error and stops all pipelines.
    func fail(_ error: any Error) {
        let runs = state.withLock { state in
            if state.error == nil { state.error = error }
            return state.runs
        }
        for run in runs { run.stopAll() }
    }

    /// Notes that a pipeline has ended and no worker touches it any more.
    ///
    /// - Returns: the pipelines that may start now. Calls `onEnd` after the last one.
    func ended(_ run: PipelineRun) -> [PipelineRun] {
        let (ready, isOver, error) = state.withLock { state -> ([PipelineRun], Bool, (any Error)?) in
            state.activeCount -= 1
            var ready: [PipelineRun] = []
            if state.error == nil {
                for other in state.runs where other.pipeline.dependencies.contains(run.index) {
                    state.missingDependencies[other.index] -= 1
                    if state.missingDependencies[other.index] == 0 { ready.append(other) }
                }
            }
            state.activeCount += ready.count
            let isOver = state.activeCount == 0
            if isOver { state.runs = [] }
            return (ready, isOver, state.error)
        }
        if isOver { onEnd(error) }
        return ready
    }

    /// Runs all pipelines in order on the calling thread.
    func runAlone() {
        let runs = state.withLock { state in
            defer { state.runs = [] }
            return state.runs
        }
        do {
            for run in runs { try run.runAlone() }
            onEnd(nil)
        } catch {
            onEnd(error)
        }
    }
}
