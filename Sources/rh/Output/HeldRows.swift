import Glibc
import Rhei

/// Keeps the rows of a result until its last one is there: beyond a bound in a temporary file without a name.
///
/// Nothing is printed of a query that fails half-way, whatever the size of its result.
final class HeldRows {
    private enum Part {
        case kept([RecordBatch])
        /// An Arrow stream.
        case file(Int32)
    }

    private let bound: Int
    private let directory: String
    private var parts: [Part] = []
    private var last: [RecordBatch] = []
    private var lastByteCount = 0
    private(set) var rowCount = 0

    /// - Parameters:
    ///   - bound: bytes that are kept in memory before they go to a file.
    ///   - directory: the folder of temporary files; nil for the system's.
    init(bound: Int, directory: String?) {
        self.bound = max(bound, 1 << 18)
        self.directory = directory ?? Self.systemDirectory
    }

    deinit {
        for case .file(let descriptor) in parts { close(descriptor) }
    }

    private static var systemDirectory: String {
        if let value = unsafe getenv("TMPDIR"), unsafe value[0] != 0 { return unsafe String(cString: value) }
        return "/tmp"
    }

    /// - Throws: `io` when rows cannot be put aside.
    func append(_ batch: RecordBatch) throws {
        last.append(batch)
        lastByteCount += batch.columns.reduce(0) { $0 + $1.byteCount }
        rowCount += batch.rowCount
        if lastByteCount > bound { try putAside() }
    }

    /// Calls `body` with all batches in order, any number of times.
    func forEach(_ body: (RecordBatch) throws -> Void) throws {
        for part in parts + [.kept(last)] {
            switch part {
            case .kept(let batches): for batch in batches { try body(batch) }
            case .file(let descriptor):
                guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw failure("read") }
                let reader = try IPCStreamReader(
                    FileDescriptorSource(descriptor: descriptor, threadCount: 1),
                    options: IPCReadOptions(threadCount: 1))
                while let batch = try reader.next() { try body(batch) }
            }
        }
    }

    private func putAside() throws {
        let batches = last
        last = []
        lastByteCount = 0
        guard let first = batches.first else { return }
        var schema = first.schema
        for (index, column) in first.columns.enumerated() { schema.fields[index].type = column.type }
        // A stream has one type per column; SQLite's values may differ from batch to batch.
        let isUniform = batches.allSatisfy { $0.columns.map(\.type) == first.columns.map(\.type) }
        guard isUniform else { return parts.append(.kept(batches)) }
        let descriptor = try makeFile()
        parts.append(.file(descriptor))
        let writer = try IPCStreamWriter(
            FileDescriptorSink(descriptor: descriptor), schema: schema, options: IPCWriteOptions(threadCount: 1))
        for batch in batches { try writer.write(batch) }
        try writer.finish()
    }

    /// Makes a file whose name is gone at once, so that nothing is left of it when the process is killed. `mkstemp`
    /// puts other characters in the place of the six X.
    private func makeFile() throws -> Int32 {
        var name = Array("\(directory)/rhei-rows-XXXXXX".utf8CString)
        let descriptor = unsafe mkstemp(&name)
        guard descriptor >= 0 else { throw failure("make") }
        _ = unsafe unlink(name)
        return descriptor
    }

    private func failure(_ verb: String) -> EngineError {
        EngineError(
            .io, "cannot \(verb) a temporary file in '\(directory)': \(unsafe String(cString: strerror(errno)))")
    }
}
