import Rhei

/// Writes one result as an Arrow IPC stream.
///
/// Batches are held until the end, for the type of a column is only known then: it is `any` where batches differ.
final class ArrowWriter: ResultWriter {
    private let output: OutputStream
    private var schema = Schema([])
    private var batches: [RecordBatch] = []

    init(_ output: OutputStream) {
        self.output = output
    }

    func begin(_ schema: Schema) { self.schema = schema }

    func write(_ batch: RecordBatch) { batches.append(batch) }

    func end() throws {
        for index in schema.fields.indices { schema.fields[index].type = type(of: index) }
        let stream = try IPCStreamWriter(Sink(output), schema: schema)
        for batch in batches { try stream.write(batch) }
        try stream.finish()
    }

    /// Returns the type that holds a column of all batches; columns of nulls alone have no say.
    private func type(of column: Int) -> DataType {
        let arrays = batches.map { $0.columns[column] }
        let types = Set(arrays.filter { $0.nullCount < $0.count }.map(\.type))
        switch types.count {
        case 0: return schema.fields[column].type
        case 1: return types.first ?? .any
        default: return .any
        }
    }

    /// Passes bytes on to the output.
    private final class Sink: ByteSink {
        private let output: OutputStream

        init(_ output: OutputStream) { self.output = output }

        func write(_ bytes: RawSpan) { output.write(unsafe bytes.withUnsafeBytes { unsafe Array($0) }) }
    }
}
