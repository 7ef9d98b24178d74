import RheiCore

/// One encapsulated message: its header and its body ("Encapsulated message format" of the Arrow columnar format).
struct IPCMessage {
    let version: Int16
    let type: IPCHeaderType
    let header: FlatTable
    let metadata: [String: String]
    let bodyByteCount: Int

    /// Reads the `Message` table ("Message.fbs") in `bytes`.
    init(_ bytes: [UInt8]) throws {
        let table = try FlatTable(root: bytes)
        version = try table.int16(0)
        guard version == IPCFormat.metadataV4 || version == IPCFormat.metadataV5 else {
            throw EngineError.unsupported("Arrow metadata of version V\(Int(version) + 1)")
        }
        let raw = try table.uint8(1)
        guard let type = IPCHeaderType(rawValue: raw) else {
            let name = raw == 4 ? "tensors" : raw == 5 ? "sparse tensors" : "messages of kind \(raw)"
            throw EngineError.unsupported("Arrow \(name)")
        }
        guard let header = try table.table(2) else { throw FlatData.corrupt("a message without header") }
        let byteCount = try table.int64(3)
        guard byteCount >= 0, byteCount <= 1 << 48 else { throw FlatData.corrupt("a body of \(byteCount) bytes") }
        self.type = type
        self.header = header
        bodyByteCount = Int(byteCount)
        metadata = try IPCSchemaDecoder.metadata(table, 4)
    }

    /// Reads the next message of a stream without its body.
    ///
    /// - Returns: nil at the end mark or the end of the input.
    static func read(_ source: any ByteSource) throws -> IPCMessage? {
        guard var size = try word(source) else { return nil }
        // Before version 0.15 the length came without the continuation mark.
        if size == IPCFormat.continuation {
            guard let next = try word(source) else { throw FlatData.corrupt("a message that breaks off") }
            size = next
        }
        if size == 0 { return nil }
        guard size <= UInt32(Int32.max) else { throw FlatData.corrupt("a message of \(size) bytes") }
        let bytes = try source.read(Int(size))
        guard bytes.byteCount == Int(size) else { throw FlatData.corrupt("a message that breaks off") }
        return try IPCMessage(bytes.bytes())
    }

    /// Reads the body, which follows the message.
    func readBody(_ source: any ByteSource) throws -> Buffer {
        let body = try source.read(bodyByteCount)
        guard body.byteCount == bodyByteCount else {
            throw EngineError(.corrupt, "an Arrow message's body breaks off after \(body.byteCount) bytes")
        }
        return body
    }

    private static func word(_ source: any ByteSource) throws -> UInt32? {
        let bytes = try source.read(4).bytes()
        if bytes.isEmpty { return nil }
        guard bytes.count == 4 else { throw FlatData.corrupt("a message that breaks off") }
        return bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
