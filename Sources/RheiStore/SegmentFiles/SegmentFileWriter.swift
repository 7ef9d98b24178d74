import RheiArrow
import RheiCore

/// Writes the columns of one segment to a file; see `docs/format/segment.md`.
struct SegmentFileWriter {
    /// What the manifest notes of a file, so that another one in its place is noticed.
    struct Written {
        var byteCount: Int
        var footerChecksum: UInt32
    }

    private let writer: any FileWriter
    private let compression: BlockCompression
    private var byteCount = 0

    private init(_ writer: any FileWriter, _ compression: BlockCompression) {
        self.writer = writer
        self.compression = compression
    }

    /// Writes a file and makes its contents durable; its name is not yet.
    static func write(
        _ rows: some FileRows, number: UInt64, to path: String, on fileSystem: any FileSystem,
        compression: BlockCompression
    ) throws -> Written {
        let file = try fileSystem.create(path)
        defer { file.close() }
        var writer = SegmentFileWriter(file, compression)
        let written = try writer.write(rows, number)
        try file.sync()
        return written
    }

    private mutating func write(_ rows: some FileRows, _ number: UInt64) throws -> Written {
        let isNested = try (0..<rows.columnCount).contains { try rows.isNested($0) }
        try append(SegmentFile.header(number: number, isNested: isNested))
        var chunks: [SegmentFooter.Chunk] = []
        for index in 0..<rows.columnCount { chunks.append(try write(try rows.fileColumn(index))) }
        let keys = try rows.fileKeys()
        if let keys {
            let column = FileColumn(array: keys, type: keys.type, zone: ZoneMap(of: keys), sample: ValueSample())
            chunks.append(try write(column))
        }
        let footer = SegmentFooter(
            rowCount: rows.rowCount, chunks: chunks, hasKeys: keys != nil, keyOrder: rows.keyOrder)
        let bytes = try footer.bytes()
        let checksum = Checksum.crc32c(bytes)
        let trailer = SegmentFile.trailer(footerOffset: byteCount, footerByteCount: bytes.count, checksum)
        try append(bytes)
        try append(trailer)
        return Written(byteCount: byteCount, footerChecksum: checksum)
    }

    private mutating func write(_ column: FileColumn) throws -> SegmentFooter.Chunk {
        // A segment put together from others may count nulls that are gone; a file tells its own.
        var zone = column.zone
        zone.nullCount = column.array.nullCount
        if let parts = try NestedParts(splitting: column.array) {
            return SegmentFooter.Chunk(
                type: column.type, encoding: .nested, zone: zone, sample: column.sample, shared: nil, blocks: [],
                parts: try parts.arrays.map { part in
                    let chunk = try write(
                        FileColumn(array: part, type: part.type, zone: ZoneMap(of: part), sample: ValueSample()))
                    return SegmentFooter.Part(rowCount: part.count, chunk: chunk)
                })
        }
        let chunk = try ChunkEncoder(array: column.array, compression: compression).encode()
        var shared: SegmentFooter.Block?
        if let block = chunk.shared { shared = try append(block) }
        var blocks: [SegmentFooter.Block] = []
        for block in chunk.blocks { blocks.append(try append(block)) }
        return SegmentFooter.Chunk(
            type: column.type, encoding: chunk.encoding, zone: zone, sample: column.sample, shared: shared,
            blocks: blocks)
    }

    private mutating func append(_ block: EncodedBlock) throws -> SegmentFooter.Block {
        defer { byteCount += block.bytes.byteCount }
        try block.bytes.withBytes { try writer.write($0) }
        guard let storedByteCount = UInt32(exactly: block.bytes.byteCount),
            let rawByteCount = UInt32(exactly: block.rawByteCount)
        else { throw EngineError.unsupported("a block of \(block.rawByteCount) bytes in a segment file") }
        return SegmentFooter.Block(
            offset: UInt64(byteCount), storedByteCount: storedByteCount, rawByteCount: rawByteCount,
            rowCount: UInt32(block.rowCount), isCompressed: block.isCompressed,
            checksum: Checksum.crc32c(block.bytes))
    }

    private mutating func append(_ bytes: [UInt8]) throws {
        unsafe try writer.write(bytes.span.bytes)
        byteCount += bytes.count
    }
}
