import RheiArrow
import RheiCompute
import RheiCore

/// The end of a query: makes record batches and hands them to the reader in order.
final class ResultSink: GatedSink {
    /// Rows after which a batch is handed over; the rest of a morsel makes a smaller one.
    private static let rowsPerBatch = 16_384
    private let schema: Schema
    private let channel: ResultChannel

    init(schema: Schema, channel: ResultChannel) {
        self.schema = schema
        self.channel = channel
    }

    var isGateClosed: Bool { channel.isGateClosed }

    func makeConsumer(worker: WorkerContext) throws -> any BatchConsumer {
        let consumer = Consumer(sink: self, exporter: try BatchExporter(schema: schema))
        worker.observeMorsels(consumer)
        return consumer
    }

    /// The reader learns of the end from the query, when every pipeline has ended.
    func complete() {}

    private final class Consumer: BatchConsumer, MorselObserver {
        private let sink: ResultSink
        private let exporter: BatchExporter
        private var position = MorselPosition(sequence: 0, morsel: 0)

        init(sink: ResultSink, exporter: BatchExporter) {
            self.sink = sink
            self.exporter = exporter
        }

        func morselBegan(_ position: MorselPosition) { self.position = position }

        func consume(_ batch: VectorBatch) throws {
            try exporter.append(batch)
            if exporter.rowCount >= ResultSink.rowsPerBatch { try flush() }
        }

        func morselEnded(_ position: MorselPosition) throws {
            try flush()
            sink.channel.morselEnded(position)
        }

        func finish() {}

        private func flush() throws {
            guard exporter.rowCount > 0 else { return }
            sink.channel.push(try exporter.finish(), at: position)
        }
    }
}
