import RheiArrow
import RheiCore

/// The file that says which state of the store is durable: a header, a checkpoint and edits, each with a checksum.
///
/// Invariants:
/// - a record counts once it is synced; what a crash leaves of a record after that is cut off by its length or
///   checksum;
/// - a checkpoint is written to a file of another name, synced, and takes the manifest's place by one rename.
struct ManifestLog {
    static let name = "MANIFEST"
    static let temporaryName = "MANIFEST.new"
    static let headerByteCount = 16
    private static let magic: [UInt8] = Array("RHEIMAN".utf8) + [0]
    private static let version: UInt32 = 1
    /// Length, checksum, sequence number.
    private static let frameByteCount = 16
    /// Edits may grow to this before a checkpoint takes their place, whatever the checkpoint's size.
    private static let smallByteCount = 64 << 10

    private let fileSystem: any FileSystem
    private let folder: String
    private(set) var state: ManifestState
    /// Nil until the first record of this process, and after a failure: then a checkpoint comes next.
    private var writer: (any FileWriter)?
    private var nextSequence: UInt64
    private var byteCount = 0
    private var checkpointByteCount = 0

    /// What is found on opening.
    struct Recovered {
        var state: ManifestState
        var nextSequence: UInt64
        /// What was damaged; nil for a record that a crash cut off.
        var damage: EngineError?
    }

    init(_ folder: String, on fileSystem: any FileSystem, continuing recovered: Recovered? = nil) {
        self.folder = folder
        self.fileSystem = fileSystem
        state = recovered?.state ?? ManifestState()
        nextSequence = recovered?.nextSequence ?? 1
    }

    private var path: String { "\(folder)/\(Self.name)" }

    // MARK: - Reading

    /// Reads the manifest of a folder.
    ///
    /// - Returns: nil when there is none.
    /// - Throws: `corrupt`, naming the file, when not even its checkpoint can be read.
    static func read(_ folder: String, on fileSystem: any FileSystem) throws -> Recovered? {
        let path = "\(folder)/\(name)"
        guard let contents = try fileSystem.contents(of: path) else { return nil }
        do {
            return try read(contents)
        } catch let error as EngineError where error.code == .corrupt {
            throw EngineError(.corrupt, "manifest '\(path)' is damaged: \(error.message)")
        }
    }

    private static func read(_ contents: Buffer) throws -> Recovered {
        var reader = ByteReader(contents)
        guard reader.remainingByteCount >= headerByteCount else { throw reader.corrupt("too few bytes") }
        for byte in magic where try reader.integer(UInt8.self) != byte { throw reader.corrupt("no manifest") }
        let version = try reader.integer(UInt32.self)
        let checksum = contents.withBytes { Checksum.crc32c($0.extracting(first: 12)) }
        guard try reader.integer(UInt32.self) == checksum else { throw reader.corrupt("the header's checksum") }
        guard version == Self.version else { throw reader.corrupt("format version \(version)") }
        var recovered: Recovered?
        while reader.remainingByteCount > 0 {
            let start = reader.position
            do {
                guard let (sequence, payload) = try record(&reader) else { break }
                let next = try ManifestRecord(payload)
                guard sequence == recovered?.nextSequence ?? sequence else {
                    throw reader.corrupt("record \(sequence) after \(recovered?.nextSequence ?? 0)")
                }
                var state = recovered?.state ?? ManifestState()
                switch (next, recovered) {
                case (.checkpoint(let whole), nil): state = whole
                case (.edit(let edit), .some): try state.apply(edit)
                default: throw reader.corrupt("a record of the wrong kind")
                }
                recovered = Recovered(state: state, nextSequence: sequence + 1)
            } catch let error as EngineError where error.code == .corrupt && recovered != nil {
                // The state before is a whole one; the change log has what came after, or tables are loaded anew.
                recovered?.damage = EngineError(.corrupt, "a manifest record at byte \(start): \(error.message)")
                break
            }
        }
        guard let recovered else { throw reader.corrupt("no checkpoint") }
        return recovered
    }

    /// Reads one record; nil when the file ends before the record does.
    private static func record(_ reader: inout ByteReader) throws -> (UInt64, Buffer)? {
        guard reader.remainingByteCount >= frameByteCount else { return nil }
        let length = Int(try reader.integer(UInt32.self))
        let checksum = try reader.integer(UInt32.self)
        let body = reader.position
        guard length + 8 <= reader.remainingByteCount else { return nil }
        let sequence = try reader.integer(UInt64.self)
        let payload = try reader.take(length)
        let bytes = reader.buffer.slice(offset: body, byteCount: length + 8)
        guard Checksum.crc32c(bytes) == checksum else { throw reader.corrupt("a wrong checksum") }
        return (sequence, reader.buffer.slice(offset: payload, byteCount: length))
    }

    // MARK: - Writing

    /// Makes an edit durable: as a record behind the others, or in a checkpoint when these have grown long.
    ///
    /// - Throws: `io`; the durable state is then the one before or the one after the edit, and the next edit writes a
    ///   checkpoint.
    mutating func commit(_ edit: ManifestEdit) throws {
        var next = state
        try next.apply(edit)
        if let writer, byteCount < max(Self.smallByteCount, 4 * checkpointByteCount) {
            // Taken back only when all is durable, for nothing may follow a record that is cut off.
            self.writer = nil
            let record = frame(try ManifestRecord.edit(edit).bytes())
            unsafe try writer.write(record.span.bytes)
            try writer.sync()
            byteCount += record.count
            self.writer = writer
        } else {
            try writeCheckpoint(next)
        }
        state = next
        nextSequence += 1
    }

    private mutating func writeCheckpoint(_ state: ManifestState) throws {
        writer?.close()
        writer = nil
        var bytes = ByteWriter()
        bytes.append(bytes: Self.magic)
        bytes.append(Self.version)
        bytes.append(Checksum.crc32c(bytes.bytes))
        bytes.append(bytes: frame(try ManifestRecord.checkpoint(state).bytes()))
        let temporary = "\(folder)/\(Self.temporaryName)"
        let file = try fileSystem.create(temporary)
        unsafe try file.write(bytes.bytes.span.bytes)
        try file.sync()
        try fileSystem.rename(temporary, to: path)
        try fileSystem.syncFolder(folder)
        writer = file
        byteCount = 0
        checkpointByteCount = bytes.count
    }

    private func frame(_ payload: [UInt8]) -> [UInt8] {
        var body = ByteWriter()
        body.append(nextSequence)
        body.append(bytes: payload)
        var writer = ByteWriter()
        writer.append(UInt32(payload.count))
        writer.append(Checksum.crc32c(body.bytes))
        writer.append(bytes: body.bytes)
        return writer.bytes
    }
}
