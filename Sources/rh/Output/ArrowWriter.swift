import Rhei

/// Writes one result as an Arrow IPC stream.
///
/// Batches are seen twice, for the type of a column is only known at the end: it is `any` where batches differ.
final class ArrowWriter: ResultWriter {
    private let output: OutputStream
    private var schema = Schema([])
    /// By column; columns of nulls alone have no say.
    private var types: [Set<DataType>] = []
    private var stream: IPCStreamWriter?

    init(_ output: OutputStream) {
        self.output = output
    }

    func begin(_ schema: Schema) {
        self.schema = schema
        types = schema.fields.map { _ in [] }
    }

    func measure(_ batch: RecordBatch) {
        for (index, array) in batch.columns.enumerated() where array.nullCount < array.count {
            types[index].insert(array.type)
        }
    }

    func write(_ batch: RecordBatch) throws { try open().write(batch) }

    func end() throws { try open().finish() }

    private func open() throws -> IPCStreamWriter {
        if let stream { return stream }
        for (index, found) in types.enumerated() {
            if found.count > 1 { schema.fields[index].type = .any }
            if found.count == 1, let type = found.first { schema.fields[index].type = type }
        }
        let stream = try IPCStreamWriter(Sink(output), schema: schema)
        self.stream = stream
        return stream
    }

    /// Passes bytes on to the output.
    private final class Sink: ByteSink {
        private let output: OutputStream

        init(_ output: OutputStream) { self.output = output }

        func write(_ bytes: RawSpan) { output.write(unsafe bytes.withUnsafeBytes { unsafe Array($0) }) }
    }
}
