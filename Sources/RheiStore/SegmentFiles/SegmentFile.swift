package import RheiArrow
package import RheiCore
import Synchronization

/// An open segment file: its footer in memory, its blocks read when they are wanted. See `docs/format/segment.md`.
///
/// Errors are `corrupt` and name the file, and of blocks the column, the number and the offset.
package final class SegmentFile: Sendable {
    static let headerByteCount = 32
    static let trailerByteCount = 32
    /// The newest version.
    static let formatVersion: UInt32 = 3
    /// The version without lists and structs.
    private static let flatVersion: UInt32 = 2
    private static let magic: [UInt8] = Array("RHEISEG".utf8) + [0]
    private static let endMagic: UInt32 = 0x4753_4852  // "RHSG"

    package let path: String
    /// The number in the file's name and header.
    package let number: UInt64
    package let footer: SegmentFooter
    package let footerChecksum: UInt32
    private let file: any FileReader
    private let foundDamage = Mutex<EngineError?>(nil)
    private static let damageCounter = Atomic<Int>(0)

    /// Grows whenever damage is found in an open file of this process: tells whether looking for it is worth while.
    package static var damageCount: Int { damageCounter.load(ordering: .relaxed) }

    /// What reading found damaged; nil while nothing was.
    package var damage: EngineError? { foundDamage.withLock { $0 } }

    /// Opens a file and checks its header, footer and trailer.
    ///
    /// - Throws: `corrupt` also when there is no such file.
    package init(_ path: String, number: UInt64, on fileSystem: any FileSystem) throws {
        self.path = path
        self.number = number
        guard let file = try fileSystem.open(path) else {
            throw EngineError(.corrupt, "segment file '\(path)' is missing")
        }
        self.file = file
        do {
            (footer, footerChecksum) = try Self.read(file, number)
        } catch let error as EngineError where error.code == .corrupt {
            throw EngineError(.corrupt, "segment file '\(path)' is damaged: \(error.message)", cause: error.cause)
        }
    }

    package var byteCount: Int { file.byteCount }

    // MARK: - Frame

    /// Magic, version, number, checksum.
    ///
    /// - Parameter isNested: whether there are columns of lists or structs.
    static func header(number: UInt64, isNested: Bool) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(bytes: magic)
        writer.append(isNested ? formatVersion : flatVersion)
        writer.append(UInt32(0))
        writer.append(number)
        writer.append(UInt32(0))
        writer.append(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }

    static func trailer(footerOffset: Int, footerByteCount: Int, _ footerChecksum: UInt32) -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt64(footerOffset))
        writer.append(UInt32(footerByteCount))
        writer.append(footerChecksum)
        writer.append(UInt64(footerOffset + footerByteCount + trailerByteCount))
        writer.append(Checksum.crc32c(writer.bytes))
        writer.append(endMagic)
        return writer.bytes
    }

    private static func read(_ file: any FileReader, _ number: UInt64) throws -> (SegmentFooter, UInt32) {
        guard file.byteCount >= headerByteCount + trailerByteCount else {
            throw EngineError(.corrupt, "it has \(file.byteCount) bytes")
        }
        try checkHeader(try file.read(from: 0, byteCount: headerByteCount), number)
        let trailerOffset = file.byteCount - trailerByteCount
        let trailer = try file.read(from: trailerOffset, byteCount: trailerByteCount)
        var reader = ByteReader(trailer)
        let footerOffset = try reader.integer(UInt64.self)
        let footerByteCount = try reader.integer(UInt32.self)
        let footerChecksum = try reader.integer(UInt32.self)
        let byteCount = try reader.integer(UInt64.self)
        let checksum = trailer.withBytes { Checksum.crc32c($0.extracting(first: 24)) }
        guard try reader.integer(UInt32.self) == checksum, try reader.integer(UInt32.self) == endMagic,
            byteCount == UInt64(file.byteCount), footerOffset >= UInt64(headerByteCount),
            footerOffset <= UInt64(trailerOffset), footerOffset + UInt64(footerByteCount) == UInt64(trailerOffset)
        else { throw EngineError(.corrupt, "the trailer at byte \(trailerOffset)") }
        let bytes = try file.read(from: Int(footerOffset), byteCount: Int(footerByteCount))
        guard Checksum.crc32c(bytes) == footerChecksum else {
            throw EngineError(.corrupt, "the checksum of the footer at byte \(footerOffset)")
        }
        return (try SegmentFooter(bytes, blocksEnd: Int(footerOffset)), footerChecksum)
    }

    private static func checkHeader(_ header: Buffer, _ number: UInt64) throws {
        var reader = ByteReader(header)
        for byte in magic where try reader.integer(UInt8.self) != byte {
            throw EngineError(.corrupt, "the header at byte 0 is that of no segment file")
        }
        let version = try reader.integer(UInt32.self)
        _ = try reader.integer(UInt32.self)
        let foundNumber = try reader.integer(UInt64.self)
        _ = try reader.integer(UInt32.self)
        let checksum = header.withBytes { Checksum.crc32c($0.extracting(first: 28)) }
        guard try reader.integer(UInt32.self) == checksum else {
            throw EngineError(.corrupt, "the checksum of the header at byte 0")
        }
        guard (1...formatVersion).contains(version) else {
            throw EngineError(.corrupt, "format version \(version), this is version \(formatVersion)")
        }
        guard foundNumber == number else {
            throw EngineError(.corrupt, "the header names segment \(foundNumber) instead of \(number)")
        }
    }

    // MARK: - Columns

    /// Reads and decodes a whole column.
    package func column(_ index: Int) throws -> ArrowArray { try chunk(index) }

    /// Reads and decodes a whole column, 64-bit integers within `bounds` into as few bytes as they need, text that
    /// a small dictionary has into codes.
    func keptColumn(_ index: Int, within bounds: ZoneMap.Bounds) throws -> ArrowArray {
        try chunk(index, keptWithin: bounds)
    }

    /// Reads and decodes the rows' keys; nil when they are a column or the table has none.
    package func keys() throws -> ArrowArray? {
        footer.hasKeys ? try chunk(footer.chunks.count - 1) : nil
    }

    /// Reads every block and decodes every column.
    package func check() throws {
        for index in footer.chunks.indices { try chunk(index).validate(.full) }
    }

    private func chunk(_ index: Int, keptWithin bounds: ZoneMap.Bounds? = nil) throws -> ArrowArray {
        do {
            return try decode(index, bounds)
        } catch let error as EngineError where error.code == .corrupt {
            foundDamage.withLock { $0 = error }
            Self.damageCounter.add(1, ordering: .relaxed)
            throw error
        }
    }

    /// Lets the system begin to read a column. Costs one call of the system.
    func willRead(_ index: Int) {
        guard let bytes = footer.chunks[index].byteRange else { return }
        file.willRead(from: bytes.lowerBound, byteCount: bytes.count)
    }

    private func decode(_ index: Int, _ bounds: ZoneMap.Bounds?) throws -> ArrowArray {
        let chunk = footer.chunks[index]
        // Its blocks are read one by one.
        if chunk.blocks.count > 1 { willRead(index) }
        return try decode(chunk, index, rowCount: footer.rowCount, bounds)
    }

    /// - Parameter index: of the column that the chunk is or belongs to.
    private func decode(
        _ chunk: SegmentFooter.Chunk, _ index: Int, rowCount: Int, _ bounds: ZoneMap.Bounds? = nil
    ) throws -> ArrowArray {
        if chunk.encoding == .nested {
            let parts = try chunk.parts.map { try decode($0.chunk, index, rowCount: $0.rowCount) }
            let array = try naming(index, "chunk", nil) {
                try NestedParts.joined(parts, as: chunk.type, rowCount: rowCount)
            }
            return try checkingNulls(array, chunk, index)
        }
        let shared = try chunk.shared.map { block in
            try naming(index, "shared block", block) { try self.contents(block) }
        }
        let decoder = try ChunkDecoder(
            chunk.type, chunk.encoding, rowCount: rowCount, shared: shared, keptWithin: bounds)
        for (number, block) in chunk.blocks.enumerated() {
            try naming(index, "block \(number)", block) {
                try decoder.append(try self.contents(block), rowCount: Int(block.rowCount))
            }
        }
        if decoder.hasMisfits { return try decode(chunk, index, rowCount: rowCount) }
        let array = try naming(index, "chunk", nil) { try decoder.finish() }
        return try checkingNulls(array, chunk, index)
    }

    private func checkingNulls(
        _ array: ArrowArray, _ chunk: SegmentFooter.Chunk, _ index: Int
    ) throws -> ArrowArray {
        guard array.nullCount == chunk.zone.nullCount else {
            throw EngineError(.corrupt, "segment file '\(path)' is damaged: the null count of column \(index)")
        }
        return array
    }

    /// Reads a block, checks its checksum and undoes compression.
    private func contents(_ block: SegmentFooter.Block) throws -> Buffer {
        let stored = try file.read(from: Int(block.offset), byteCount: Int(block.storedByteCount))
        let checksum = Checksum.crc32c(stored)
        guard checksum == block.checksum else {
            throw EngineError(.corrupt, "checksum \(checksum) instead of \(block.checksum)")
        }
        return block.isCompressed
            ? try BlockCompression.expanded(stored, byteCount: Int(block.rawByteCount)) : stored
    }

    private func naming<Result>(
        _ column: Int, _ what: String, _ block: SegmentFooter.Block?, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as EngineError where error.code == .corrupt {
            let place = block.map { " at byte \($0.offset)" } ?? ""
            throw EngineError(
                .corrupt, "segment file '\(path)' is damaged: column \(column), \(what)\(place): \(error.message)")
        }
    }
}
