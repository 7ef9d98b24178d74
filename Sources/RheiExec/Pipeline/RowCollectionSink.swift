package import RheiCompute
import Synchronization

/// Collects all rows of its pipelines into one ``RowCollection``, in the order of pipelines and morsels.
package final class RowCollectionSink: PipelineSink {
    package let output = RowCollectionBox()
    private let types: [VectorType]
    private let chunkCapacity: Int
    private let parts = Mutex<[Part]>([])

    struct Part {
        var position: MorselPosition
        var rows: RowCollection
    }

    package init(types: [VectorType], chunkCapacity: Int) {
        self.types = types
        self.chunkCapacity = chunkCapacity
    }

    package func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        let consumer = Consumer(sink: self)
        worker.observeMorsels(consumer)
        return consumer
    }

    package func complete() throws {
        let result = RowCollection(types: types, chunkCapacity: chunkCapacity)
        let ordered = parts.withLock { parts in
            defer { parts = [] }
            return parts.sorted { $0.position < $1.position }
        }
        for part in ordered { result.combine(part.rows) }
        result.seal()
        output.value = result
    }

    private func add(_ rows: RowCollection, at position: MorselPosition) {
        let part = Part(position: position, rows: rows)
        parts.withLock { $0.append(part) }
    }

    private final class Consumer: BatchConsumer, MorselObserver {
        private let sink: RowCollectionSink
        private var rows: RowCollection?

        init(sink: RowCollectionSink) { self.sink = sink }

        func morselBegan(_ position: MorselPosition) {}

        func consume(_ batch: VectorBatch) {
            let rows = rows ?? RowCollection(types: sink.types, chunkCapacity: sink.chunkCapacity)
            rows.append(batch)
            self.rows = rows
        }

        func morselEnded(_ position: MorselPosition) {
            guard let rows else { return }
            sink.add(rows, at: position)
            self.rows = nil
        }

        func finish() {}
    }
}
