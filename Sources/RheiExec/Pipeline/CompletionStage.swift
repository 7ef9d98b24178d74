package import RheiCompute

/// One step of what a pipeline breaker does after its last row: tasks that workers take in any order, like morsels.
///
/// Stages follow each other: each starts when all tasks of the one before it are done. Their number of tasks depends on
/// the data and never on the number of workers, so that results do not either. Between tasks workers look around for
/// other queries and for cancellation; a task is best a few milliseconds long.
package struct CompletionStage: Sendable {
    package var taskCount: Int
    /// Runs one task. Tasks write to places of their own, or take a lock.
    package var run: @Sendable (Int) throws -> Void
    /// Called once, on one thread, after the last task: ends this stage and plans the next one, if any.
    package var end: @Sendable () throws -> CompletionStage?

    /// A stage of one task is run by the worker that planned it, without waking others.
    package init(
        taskCount: Int, run: @escaping @Sendable (Int) throws -> Void,
        end: @escaping @Sendable () throws -> CompletionStage?
    ) {
        self.taskCount = taskCount
        self.run = run
        self.end = end
    }
}

extension CompletionStage {
    /// The passes of some work, one stage each, and what `end` adds to them.
    package static func passes(
        _ work: any ParallelPasses, end: @escaping @Sendable () throws -> CompletionStage?
    ) throws -> CompletionStage? {
        guard let taskCount = work.nextPass() else { return try end() }
        return CompletionStage(taskCount: taskCount) { task in
            work.run(task: task)
        } end: {
            try passes(work, end: end)
        }
    }
}

extension PipelineSink {
    /// Sinks that need one thread only do all of it at once.
    package func completion() throws -> CompletionStage? {
        try complete()
        return nil
    }

    /// Runs all stages on the calling thread.
    package func completeAlone(check: () throws -> Void = {}) throws {
        var next = try completion()
        while let stage = next {
            for task in 0..<stage.taskCount {
                try check()
                try stage.run(task)
            }
            next = try stage.end()
        }
    }
}

/// A sink whose end is made of stages.
package protocol StagedSink: PipelineSink {}

extension StagedSink {
    package func complete() throws { try completeAlone() }
}
