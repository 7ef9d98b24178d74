import RheiArrow
import RheiCore

/// Encodes one column of a row group: samples it, chooses an encoding for the whole chunk and cuts it into blocks.
struct ChunkEncoder {
    /// Rows of a block of fixed width: ten vectors.
    static let blockRowCount = 10 * Encoding.vectorRowCount
    /// Bytes of strings after which a block ends with its vector.
    private static let blockByteCount = 1 << 20
    /// Bytes of strings that end a block at any row, unless it is the first.
    private static let largestBlockByteCount = 16 << 20

    let array: ArrowArray
    let compression: BlockCompression

    /// Appends the values of rows, of which at least one is not null.
    typealias VectorEncoder = (Range<Int>, inout ByteWriter) -> Void

    /// How a chunk is going to be encoded.
    struct Choice {
        var encoding: Encoding
        var shared: [UInt8]?
        /// What compression of a block must save, in percent, to be worth undoing.
        var leastSaving = 20
        var append: VectorEncoder
    }

    /// - Throws: `unsupported` for nested types.
    func encode() throws -> EncodedChunk {
        guard array.type.physicalType != .nested else {
            throw EngineError.unsupported("a column of type \(array.type) in a segment file")
        }
        if array.nullCount == array.count { return EncodedChunk(encoding: .empty) }
        if array.type == .any { return try encodeMixed() }
        if let words = WordRows(array) {
            let choice = try WordChooser(rows: words, array: array, compression: compression).choose()
            return try encode(choice)
        }
        if array.type.physicalType == .int128 { return try encodeWide() }
        guard let rows = ByteRows(array) else {
            throw EngineError.unsupported("a column of type \(array.type) in a segment file")
        }
        let choice = try ByteChooser(rows: rows, array: array, compression: compression).choose()
        return try encode(choice) { rows.byteCount($0) }
    }

    private func encodeMixed() throws -> EncodedChunk {
        let values = try AnyArray(array)
        let sizes = { (row: Int) -> Int in
            switch values.storageClass(at: row) {
            case .text, .blob: unsafe viewBytes(values.slots + row * 16, values.heap).count
            default: 8
            }
        }
        let choice = Choice(encoding: .mixed, leastSaving: 10) { rows, writer in
            MixedValues.append(values, rows, to: &writer)
        }
        return try encode(choice, byteCount: sizes)
    }

    private func encodeWide() throws -> EncodedChunk {
        let low = WordRows(wide: array, isHigh: false)
        let high = WordRows(wide: array, isHigh: true)
        if isNarrow(low, high) {
            let choice = try WordChooser(rows: low, array: array, compression: compression).choose()
            return try encode(choice)
        }
        let choice = Choice(encoding: .wide) { rows, writer in
            PackedWords.append(low.words(rows), to: &writer)
            PackedWords.append(high.words(rows), to: &writer)
        }
        return try encode(choice)
    }

    /// Whether the high halves only repeat the sign of the low ones.
    private func isNarrow(_ low: WordRows, _ high: WordRows) -> Bool {
        for start in stride(from: 0, to: array.count, by: Encoding.vectorRowCount) {
            let rows = start..<min(start + Encoding.vectorRowCount, array.count)
            let signs = low.words(rows).map { UInt64(bitPattern: Int64(bitPattern: $0) >> 63) }
            if signs != high.words(rows) { return false }
        }
        return true
    }

    // MARK: - Blocks

    private func encode(_ choice: Choice, byteCount: ((Int) -> Int)? = nil) throws -> EncodedChunk {
        let leastSaving = choice.leastSaving
        var chunk = EncodedChunk(encoding: choice.encoding)
        chunk.shared = try choice.shared.map {
            try EncodedBlock($0, rowCount: 0, compression: compression, leastSaving: leastSaving)
        }
        var start = 0
        while start < array.count {
            let rows = start..<blockEnd(start, byteCount)
            let raw = block(rows, choice)
            chunk.blocks.append(
                try EncodedBlock(raw, rowCount: rows.count, compression: compression, leastSaving: leastSaving))
            start = rows.upperBound
        }
        return chunk
    }

    private func blockEnd(_ start: Int, _ byteCount: ((Int) -> Int)?) -> Int {
        let limit = min(start + Self.blockRowCount, array.count)
        guard let byteCount else { return limit }
        var total = 0
        for row in start..<limit {
            if (row - start) % Encoding.vectorRowCount == 0, total >= Self.blockByteCount { return row }
            let size = byteCount(row)
            if row > start, total + size > Self.largestBlockByteCount { return row }
            total += size
        }
        return limit
    }

    /// The ends of the vectors, then the vectors.
    private func block(_ rows: Range<Int>, _ choice: Choice) -> [UInt8] {
        var writer = ByteWriter()
        let starts = stride(from: rows.lowerBound, to: rows.upperBound, by: Encoding.vectorRowCount)
        for _ in starts { writer.append(UInt32(0)) }
        for (index, start) in starts.enumerated() {
            append(start..<min(start + Encoding.vectorRowCount, rows.upperBound), choice, to: &writer)
            writer.replace(at: index * 4, with: UInt32(writer.count))
        }
        return writer.bytes
    }

    /// Which rows are null, then the values.
    private func append(_ rows: Range<Int>, _ choice: Choice, to writer: inout ByteWriter) {
        let validity = choice.encoding == .mixed ? nil : array.validity
        let ones = validity.map {
            unsafe Bits.countOnes($0.pointer, array.offset + rows.lowerBound, count: rows.count)
        }
        switch ones {
        case nil, rows.count?: writer.append(VectorNulls.none.rawValue)
        case 0?: return writer.append(VectorNulls.all.rawValue)
        default:
            writer.append(VectorNulls.some.rawValue)
            appendBits(rows, to: &writer)
        }
        choice.append(rows, &writer)
    }

    private func appendBits(_ rows: Range<Int>, to writer: inout ByteWriter) {
        guard let validity = array.validity else { return }
        var words: [UInt64] = []
        for start in stride(from: 0, to: rows.count, by: 64) {
            let count = min(64, rows.count - start)
            words.append(unsafe Bits.word(validity.pointer, array.offset + rows.lowerBound + start, count: count))
        }
        withExtendedLifetime(validity) {}
        writer.append(words: words, byteCount: Bits.byteCount(rows.count))
    }
}

/// What a vector begins with.
enum VectorNulls: UInt8 {
    /// No row is null.
    case none = 0
    /// All rows are null; no values follow.
    case all = 1
    /// A bit per row follows, set for rows that are not null, and then the values.
    case some = 2
}
