import RheiArrow
import RheiCompute
import RheiCore

/// The end of a query: makes record batches and hands them to the reader in order.
final class ResultSink: GatedSink {
    /// Rows after which a batch is handed over; the rest of a morsel makes a smaller one.
    private static let rowsPerBatch = 16_384
    private let schema: Schema
    private let types: [VectorType]
    private let channel: ResultChannel

    init(schema: Schema, types: [VectorType], channel: ResultChannel) {
        self.schema = schema
        self.types = types
        self.channel = channel
    }

    var isGateClosed: Bool { channel.isGateClosed }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        let columns = zip(schema.fields, types).map { ResultColumnBuilder(type: $0.type, vectorType: $1) }
        let consumer = Consumer(sink: self, columns: columns)
        worker.observeMorsels(consumer)
        return consumer
    }

    /// The reader learns of the end from the query, when every pipeline has ended.
    func complete() {}

    private final class Consumer: BatchConsumer, MorselObserver {
        private let sink: ResultSink
        private let columns: [ResultColumnBuilder]
        private var position = MorselPosition(sequence: 0, morsel: 0)
        private var rowCount = 0

        init(sink: ResultSink, columns: [ResultColumnBuilder]) {
            self.sink = sink
            self.columns = columns
        }

        func morselBegan(_ position: MorselPosition) { self.position = position }

        func consume(_ batch: VectorBatch) throws {
            for (column, vector) in zip(columns, batch.columns) { try column.append(vector, batch.rows) }
            rowCount += batch.selectedCount
            if rowCount >= ResultSink.rowsPerBatch { flush() }
        }

        func morselEnded(_ position: MorselPosition) {
            flush()
            sink.channel.morselEnded(position)
        }

        func finish() {}

        private func flush() {
            guard rowCount > 0 else { return }
            let batch = RecordBatch(
                trusted: sink.schema, columns: columns.map { $0.finish() }, rowCount: rowCount)
            rowCount = 0
            sink.channel.push(batch, at: position)
        }
    }
}
