import RheiCompute
import Synchronization

/// Holds the rows that a sink made for the pipelines that read them later.
package final class RowCollectionBox: Sendable {
    private let collection = Mutex<RowCollection?>(nil)
    package init() {}

    /// The rows; nil until the sink is complete.
    package var value: RowCollection? {
        get { collection.withLock { $0 } }
        set { collection.withLock { $0 = newValue } }
    }
}

/// Pushes the rows of a finished collection, in order; a morsel is a run of chunks.
package struct RowCollectionSource: PipelineSource {
    private let box: RowCollectionBox
    private static let chunksPerMorsel = 32

    package init(_ box: RowCollectionBox) { self.box = box }

    package func prepare() throws {}

    package var morselCount: Int {
        ((box.value?.chunkCount ?? 0) + Self.chunksPerMorsel - 1) / Self.chunksPerMorsel
    }

    package var rowCountHint: Int? { box.value?.rowCount }

    package func produce(morsel: Int, worker: WorkerContext, into consumer: any BatchConsumer) throws {
        guard let rows = box.value else { return }
        let batch = VectorBatch(owners: [rows])
        let first = morsel * Self.chunksPerMorsel
        for chunk in first..<min(first + Self.chunksPerMorsel, rows.chunkCount) {
            try worker.checkCancelled()
            if worker.isStopped { return }
            worker.arena.reset()
            batch.columns = rows.columns(chunk: chunk)
            batch.resetSelection(rowCount: rows.rowCount(chunk: chunk))
            if batch.rowCount > 0 { try consumer.consume(batch) }
        }
    }
}
