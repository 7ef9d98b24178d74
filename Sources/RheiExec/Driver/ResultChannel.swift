import RheiArrow
import RheiCore
import Synchronization

/// Carries result batches from the workers to one reader, in the order of pipelines and morsels.
///
/// Batches of the earliest unfinished morsel pass at once, those of later ones wait their turn. While more rows than
/// `rowBound` wait, the gate is closed: workers finish the morsels they have and take no new ones.
final class ResultChannel: Sendable {
    private let rowBound: Int
    private let state = Mutex(State())
    private let waitingRowCount = Atomic<Int>(0)
    /// Tells the workers that the gate has opened.
    private let onDrain: @Sendable () -> Void

    private struct State {
        var ready: [RecordBatch] = []
        /// Position in `ready` of the next batch to read.
        var readCount = 0
        var head = MorselPosition(sequence: 0, morsel: 0)
        var parked: [Int: ParkedMorsel] = [:]
        var end: Result<Void, any Error>?
        var waiter: CheckedContinuation<RecordBatch?, any Error>?
    }

    private struct ParkedMorsel {
        var batches: [RecordBatch] = []
        var hasEnded = false
    }

    init(rowBound: Int, onDrain: @escaping @Sendable () -> Void) {
        self.rowBound = rowBound
        self.onDrain = onDrain
    }

    var isGateClosed: Bool { waitingRowCount.load(ordering: .relaxed) >= rowBound }

    /// Whether the query has ended; batches may still wait.
    var hasEnded: Bool { state.withLock { $0.end != nil } }

    func push(_ batch: RecordBatch, at position: MorselPosition) {
        waitingRowCount.add(batch.rowCount, ordering: .relaxed)
        deliver { state in
            Self.advance(&state, to: position.sequence)
            if position == state.head {
                state.ready.append(batch)
            } else {
                state.parked[position.morsel, default: ParkedMorsel()].batches.append(batch)
            }
        }
    }

    func morselEnded(_ position: MorselPosition) {
        deliver { state in
            Self.advance(&state, to: position.sequence)
            state.parked[position.morsel, default: ParkedMorsel()].hasEnded = true
            while let parked = state.parked[state.head.morsel] {
                state.ready += parked.batches
                guard parked.hasEnded else {
                    state.parked[state.head.morsel]?.batches = []
                    break
                }
                state.parked[state.head.morsel] = nil
                state.head.morsel += 1
            }
        }
    }

    /// Pipelines into one sink run one after the other, so nothing of an earlier one is parked here.
    private static func advance(_ state: inout State, to sequence: Int) {
        if state.head.sequence < sequence { state.head = MorselPosition(sequence: sequence, morsel: 0) }
    }

    /// Ends the result; with an error, what was not read yet is dropped.
    func finish(_ error: (any Error)?) {
        deliver { state in
            guard state.end == nil else { return }
            state.end = error.map { .failure($0) } ?? .success(())
        }
    }

    private func deliver(_ change: (inout State) -> Void) {
        let resumption = state.withLock {
            state -> (CheckedContinuation<RecordBatch?, any Error>, Result<RecordBatch?, any Error>)? in
            change(&state)
            guard let waiter = state.waiter, let outcome = take(&state) else { return nil }
            state.waiter = nil
            return (waiter, outcome)
        }
        resumption?.0.resume(with: resumption?.1 ?? .success(nil))
    }

    /// Takes the next batch, or the end; nil when neither is there yet.
    private func take(_ state: inout State) -> Result<RecordBatch?, any Error>? {
        if case .failure(let error)? = state.end { return .failure(error) }
        if state.readCount < state.ready.count {
            let batch = state.ready[state.readCount]
            state.readCount += 1
            if state.readCount == state.ready.count {
                state.ready.removeAll(keepingCapacity: true)
                state.readCount = 0
            }
            return .success(batch)
        }
        return state.end == nil ? nil : .success(nil)
    }

    private func noteRead(_ batch: RecordBatch?) {
        guard let batch else { return }
        let before = waitingRowCount.subtract(batch.rowCount, ordering: .relaxed).oldValue
        if before >= rowBound, before - batch.rowCount < rowBound { onDrain() }
    }

    /// Returns the next batch without waiting; the outer nil means that there is none yet.
    func poll() throws -> RecordBatch?? {
        guard let outcome = state.withLock({ take(&$0) }) else { return nil }
        let batch = try outcome.get()
        noteRead(batch)
        return .some(batch)
    }

    /// Returns the next batch, or nil after the last. One reader at a time.
    func next() async throws -> RecordBatch? {
        if let batch = try poll() { return batch }
        let batch = try await withCheckedThrowingContinuation { continuation in
            let outcome = state.withLock { state -> Result<RecordBatch?, any Error>? in
                if let outcome = take(&state) { return outcome }
                precondition(state.waiter == nil, "two readers of one result")
                state.waiter = continuation
                return nil
            }
            if let outcome { continuation.resume(with: outcome) }
        }
        noteRead(batch)
        return batch
    }
}
