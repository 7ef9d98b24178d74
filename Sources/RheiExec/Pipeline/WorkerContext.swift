package import RheiCompute
package import RheiCore
import Synchronization

/// Where a batch stands in the order of its sink's input: by pipeline, then by morsel.
package struct MorselPosition: Comparable, Hashable, Sendable {
    /// ``Pipeline/sequence``.
    package var sequence: Int
    package var morsel: Int

    package init(sequence: Int, morsel: Int) {
        self.sequence = sequence
        self.morsel = morsel
    }

    package static func < (left: MorselPosition, right: MorselPosition) -> Bool {
        (left.sequence, left.morsel) < (right.sequence, right.morsel)
    }
}

/// Wants to know where morsels begin and end: operators that keep the source's order, or that hold rows back.
package protocol MorselObserver: AnyObject {
    func morselBegan(_ position: MorselPosition) throws
    func morselEnded(_ position: MorselPosition) throws
}

/// What belongs to one worker while it runs one pipeline.
package final class WorkerContext {
    package let query: QueryContext
    /// 0 for the first worker of the pipeline.
    package let workerIndex: Int
    /// For strings that live as long as the current source batch; the source resets it before each batch.
    package let arena: StringArena
    /// What the pipeline's source keeps for this worker from morsel to morsel.
    package var sourceState: AnyObject?
    /// The morsel whose batches are being consumed.
    package private(set) var position = MorselPosition(sequence: 0, morsel: 0)
    /// Set by a consumer that needs no further batches (LIMIT); the source then ends early. Shared by the workers.
    private let stop: PipelineStop
    private var skipsMorsel = false
    private var clock: OperatorClock?
    private var observers: [any MorselObserver] = []

    package init(query: QueryContext, workerIndex: Int, stop: PipelineStop) {
        self.query = query
        self.workerIndex = workerIndex
        self.arena = StringArena()
        self.stop = stop
    }

    package func checkCancelled() throws(EngineError) { try query.checkCancelled() }

    /// Whether the source shall push no further batches of the current morsel.
    package var isStopped: Bool { skipsMorsel || stop.isSet }

    package func stopPipeline() { stop.set() }

    /// Tells the source that this morsel's further batches are not needed.
    package func skipRestOfMorsel() { skipsMorsel = true }

    /// Registers an observer, unowned by the pipeline's chain; called while the chain is made, from the sink back to
    /// the first step. Observers hear of a morsel's end in the order in which batches reach them.
    package func observeMorsels(_ observer: any MorselObserver) { observers.append(observer) }

    /// The stopwatch that all counting steps of this worker share.
    func makeClock(_ profile: QueryProfile) -> OperatorClock {
        let result = clock ?? OperatorClock(profile)
        clock = result
        return result
    }

    func beginMorsel(_ position: MorselPosition) throws {
        self.position = position
        skipsMorsel = false
        for observer in observers.reversed() { try observer.morselBegan(position) }
    }

    /// Lets go of the source's state and of the observers, which refer back to this worker; called when its chain goes.
    func letGo() {
        sourceState = nil
        observers = []
    }

    func endMorsel() throws {
        for observer in observers.reversed() { try observer.morselEnded(position) }
    }
}

/// Tells the workers of one pipeline that enough rows have been seen or that one of them failed.
package final class PipelineStop: Sendable {
    private let flag = Atomic<Bool>(false)
    package init() {}
    package var isSet: Bool { flag.load(ordering: .relaxed) }
    package func set() { flag.store(true, ordering: .relaxed) }
}
