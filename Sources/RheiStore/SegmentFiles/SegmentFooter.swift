package import RheiArrow
import RheiCore

/// What the end of a segment file says of its contents.
package struct SegmentFooter: Sendable {
    /// Where a block lies and how it is stored.
    package struct Block: Sendable, Hashable {
        package var offset: UInt64
        package var storedByteCount: UInt32
        package var rawByteCount: UInt32
        package var rowCount: UInt32
        package var isCompressed: Bool
        package var checksum: UInt32
        static let byteCount = 25
    }

    /// One column of the row group, or a part of one.
    package struct Chunk: Sendable {
        package var type: DataType
        package var encoding: Encoding
        package var zone: ZoneMap
        package var sample: ValueSample
        package var shared: Block?
        package var blocks: [Block]
        /// Of lists and structs: see ``NestedParts``.
        package var parts: [Part] = []

        /// Where the chunk's blocks lie in the file; nil without any.
        var byteRange: Range<Int>? {
            let all = blocks + (shared.map { [$0] } ?? []) + parts.flatMap(\.chunk.blocks)
            guard let first = all.map(\.offset).min(),
                let end = all.map({ $0.offset + UInt64($0.storedByteCount) }).max()
            else { return nil }
            return Int(first)..<Int(end)
        }

        /// About the bytes of memory that the chunk takes while its rows are decoded: their values and the decompressed
        /// blocks.
        func decodingByteCount(rowCount: Int) -> Int {
            let width = type.physicalType == .nested ? 0 : ValueKind(type) == .words ? 8 : 16
            let raw = blocks.reduce(Int(shared?.rawByteCount ?? 0)) { $0 + Int($1.rawByteCount) }
            return parts.reduce(rowCount * width + raw) { $0 + $1.chunk.decodingByteCount(rowCount: $1.rowCount) }
        }

        /// Bytes of the chunk in the file.
        package var storedByteCount: Int {
            let own = blocks.reduce(Int(shared?.storedByteCount ?? 0)) { $0 + Int($1.storedByteCount) }
            return parts.reduce(own) { $0 + $1.chunk.storedByteCount }
        }
    }

    /// A part of a nested column, with a number of rows of its own.
    package struct Part: Sendable {
        package var rowCount: Int
        package var chunk: Chunk
    }

    /// What is known of the order of integer keys: whether each is greater than the one before it.
    package enum KeyOrder: UInt8, Sendable {
        case unknown = 0
        case ascending = 1
        /// Also of other keys, and of none.
        case other = 2
    }

    package var rowCount: Int
    /// The columns; then the rows' keys where they are no column.
    package var chunks: [Chunk]
    package var hasKeys: Bool
    package var keyOrder: KeyOrder

    package var columnCount: Int { chunks.count - (hasKeys ? 1 : 0) }

    /// About the bytes of memory that a column takes while it is decoded; nil stands for the keys.
    func decodingByteCount(_ column: Int?) -> Int {
        let chunk = column.map { chunks[$0] } ?? chunks.last
        return chunk?.decodingByteCount(rowCount: rowCount) ?? 0
    }

    init(rowCount: Int, chunks: [Chunk], hasKeys: Bool, keyOrder: KeyOrder) {
        self.rowCount = rowCount
        self.chunks = chunks
        self.hasKeys = hasKeys
        self.keyOrder = keyOrder
    }

    // MARK: - Bytes

    func bytes() throws -> [UInt8] {
        var writer = ByteWriter()
        writer.append(UInt32(rowCount))
        writer.append(UInt32(chunks.count))
        writer.append(UInt8(hasKeys ? 1 : 0) | keyOrder.rawValue << 1)
        for chunk in chunks { try chunk.write(to: &writer) }
        return writer.bytes
    }

    /// - Parameter blocksEnd: where the blocks end in the file.
    init(_ buffer: Buffer, blocksEnd: Int) throws {
        var reader = ByteReader(buffer)
        rowCount = Int(try reader.integer(UInt32.self))
        guard rowCount <= Segment.maximumRowCount else { throw reader.corrupt("\(rowCount) rows") }
        let chunkCount = try reader.count(ofAtLeast: 40)
        let flags = try reader.integer(UInt8.self)
        guard let order = KeyOrder(rawValue: flags >> 1), chunkCount >= Int(flags & 1) else {
            throw reader.corrupt("keys of kind \(flags)")
        }
        hasKeys = flags & 1 == 1
        keyOrder = order
        chunks = []
        for _ in 0..<chunkCount { chunks.append(try Chunk(&reader, rowCount: rowCount, blocksEnd: blocksEnd)) }
        try reader.finish()
    }
}

extension SegmentFooter.Chunk {
    fileprivate func write(to writer: inout ByteWriter) throws {
        try type.write(to: &writer)
        writer.append(encoding.rawValue)
        zone.write(to: &writer)
        sample.write(to: &writer)
        writer.append(UInt8(shared == nil ? 0 : 1))
        if let shared { shared.write(to: &writer) }
        writer.append(UInt32(blocks.count))
        for block in blocks { block.write(to: &writer) }
        guard encoding == .nested else { return }
        writer.append(UInt32(parts.count))
        for part in parts {
            writer.append(UInt32(part.rowCount))
            try part.chunk.write(to: &writer)
        }
    }

    /// Items of all lists of a row group beyond which a file is taken for damaged.
    private static let largestRowCount = 1 << 30

    /// - Parameter depth: how deep the chunk's type may be nested.
    fileprivate init(
        _ reader: inout ByteReader, rowCount: Int, blocksEnd: Int, depth: PartialRangeUpTo<Int> = ..<Int.max
    ) throws {
        type = try DataType(from: &reader)
        guard depth.contains(type.depth) else { throw reader.corrupt("a part of type \(type)") }
        let code = try reader.integer(UInt8.self)
        guard let encoding = Encoding(rawValue: code) else { throw reader.corrupt("encoding \(code)") }
        self.encoding = encoding
        zone = try ZoneMap(from: &reader, rowCount: rowCount)
        sample = try ValueSample(from: &reader)
        shared = nil
        blocks = []
        let hasShared = try reader.integer(UInt8.self)
        guard hasShared <= 1 else { throw reader.corrupt("\(hasShared) shared blocks") }
        if hasShared == 1 { shared = try SegmentFooter.Block(&reader, blocksEnd) }
        for _ in 0..<(try reader.count(ofAtLeast: SegmentFooter.Block.byteCount)) {
            blocks.append(try SegmentFooter.Block(&reader, blocksEnd))
        }
        let total = blocks.reduce(0) { $0 + Int($1.rowCount) }
        guard total == (encoding == .empty || encoding == .nested ? 0 : rowCount) else {
            throw reader.corrupt("blocks of \(total) rows in a row group of \(rowCount)")
        }
        guard encoding == .nested else { return }
        guard type.physicalType == .nested else { throw reader.corrupt("parts of a column of type \(type)") }
        for _ in 0..<(try reader.count(ofAtLeast: 40)) {
            let partRowCount = Int(try reader.integer(UInt32.self))
            guard partRowCount <= Self.largestRowCount else { throw reader.corrupt("\(partRowCount) rows") }
            let chunk = try Self(
                &reader, rowCount: partRowCount, blocksEnd: blocksEnd, depth: ..<type.depth)
            parts.append(SegmentFooter.Part(rowCount: partRowCount, chunk: chunk))
        }
    }
}

extension DataType {
    /// How many types lie within each other.
    fileprivate var depth: Int {
        switch self {
        case .list(let item): 1 + item.type.depth
        case .struct(let fields): 1 + (fields.map(\.type.depth).max() ?? 0)
        default: 0
        }
    }
}

extension SegmentFooter.Block {
    fileprivate func write(to writer: inout ByteWriter) {
        writer.append(offset)
        writer.append(storedByteCount)
        writer.append(rawByteCount)
        writer.append(rowCount)
        writer.append(UInt8(isCompressed ? 1 : 0))
        writer.append(checksum)
    }

    fileprivate init(_ reader: inout ByteReader, _ blocksEnd: Int) throws {
        offset = try reader.integer(UInt64.self)
        storedByteCount = try reader.integer(UInt32.self)
        rawByteCount = try reader.integer(UInt32.self)
        rowCount = try reader.integer(UInt32.self)
        let flags = try reader.integer(UInt8.self)
        checksum = try reader.integer(UInt32.self)
        isCompressed = flags == 1
        let (end, overflow) = offset.addingReportingOverflow(UInt64(storedByteCount))
        guard flags <= 1, !overflow, offset >= UInt64(SegmentFile.headerByteCount), end <= UInt64(blocksEnd),
            isCompressed || storedByteCount == rawByteCount
        else { throw reader.corrupt("a block of \(storedByteCount) bytes at \(offset)") }
    }
}

extension ZoneMap {
    /// A kind, two words and the number of nulls.
    fileprivate func write(to writer: inout ByteWriter) {
        let (kind, low, high): (UInt8, UInt64, UInt64) =
            switch bounds {
            case .empty: (0, 0, 0)
            case .integers(let low, let high): (1, UInt64(bitPattern: low), UInt64(bitPattern: high))
            case .reals(let low, let high): (2, low.bitPattern, high.bitPattern)
            case .unknown: (3, 0, 0)
            }
        writer.append(kind)
        writer.append(low)
        writer.append(high)
        writer.append(UInt32(nullCount))
    }

    fileprivate init(from reader: inout ByteReader, rowCount: Int) throws {
        let kind = try reader.integer(UInt8.self)
        let low = try reader.integer(UInt64.self)
        let high = try reader.integer(UInt64.self)
        let nullCount = Int(try reader.integer(UInt32.self))
        guard kind <= 3, nullCount <= rowCount else { throw reader.corrupt("a zone map of kind \(kind)") }
        let bounds: Bounds =
            switch kind {
            case 0: .empty
            case 1: .integers(Int64(bitPattern: low), Int64(bitPattern: high))
            case 2: .reals(Double(bitPattern: low), Double(bitPattern: high))
            default: .unknown
            }
        self.init(bounds: bounds, nullCount: nullCount)
    }
}

extension ValueSample {
    fileprivate func write(to writer: inout ByteWriter) {
        for count in [rowCount, singleCount, repeatedCount] { writer.append(UInt32(count)) }
    }

    fileprivate init(from reader: inout ByteReader) throws {
        let rowCount = Int(try reader.integer(UInt32.self))
        let singleCount = Int(try reader.integer(UInt32.self))
        self.init(
            rowCount: rowCount, singleCount: singleCount, repeatedCount: Int(try reader.integer(UInt32.self)))
    }
}
