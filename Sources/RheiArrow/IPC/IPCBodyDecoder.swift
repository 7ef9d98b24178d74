import RheiCore

/// Takes the arrays of a record batch out of the body of a message, checking each before it is handed out.
///
/// Memory is shared with the body where alignment allows. Bytes that several buffers claim count each time, and no more
/// than four times the body's size may be claimed, so that a small message cannot ask for large copies.
struct IPCBodyDecoder {
    /// Number of rows of the batch.
    let rowCount: Int
    private var rowLimit = Int.max
    private let version: Int16
    private let dictionaries: IPCDictionaries
    private let nodes: FlatVector?
    private let variadicCounts: FlatVector?
    private var buffers: [Buffer]
    private var nextNode = 0
    private var nextBuffer = 0
    private var nextVariadic = 0

    /// - Parameters:
    ///   - batch: a `RecordBatch` table ("Message.fbs").
    ///   - skipped: fields of the message that `skip` will pass over: their buffers are not decompressed.
    /// - Throws: `unsupported` for an unknown compression.
    init(
        _ batch: FlatTable, body: Buffer, version: Int16, options: IPCReadOptions, dictionaries: IPCDictionaries,
        fields: [IPCField] = [], skipped: Set<Int> = []
    ) throws {
        nodes = try batch.vector(1, elementByteCount: 16)
        variadicCounts = try batch.vector(4, elementByteCount: 8)
        buffers = try Self.buffers(batch, body)
        self.version = version
        self.dictionaries = dictionaries
        let length = try batch.int64(0)
        rowCount = Int(clamping: length)
        if let compression = try batch.table(3) {
            try forgetBuffers(of: skipped, fields)
            buffers = try IPCDecompressor(compression).decompress(
                buffers, limit: options.decompressedByteLimit,
                threadCount: options.threadCount ?? ThreadTeam.processorCount)
        }
        // Rows take a bit at least, but for those of types without memory, which are limited by hand.
        rowLimit = max(Int(Int32.max), buffers.reduce(0) { $0 + $1.byteCount } * 8)
        guard length >= 0, length <= rowLimit else { throw Self.corrupt("\(length) rows") }
    }

    /// Puts nothing in the place of the buffers that the skipped fields take.
    private mutating func forgetBuffers(of skipped: Set<Int>, _ fields: [IPCField]) throws {
        if skipped.isEmpty { return }
        var walk = self
        for (index, field) in fields.enumerated() {
            let first = walk.nextBuffer
            try walk.skip(field)
            guard skipped.contains(index) else { continue }
            for buffer in first..<walk.nextBuffer { buffers[buffer] = .empty }
        }
    }

    /// Passes over the next array, which has the given type, without a look at its buffers.
    mutating func skip(_ field: IPCField) throws {
        let type = field.field.type
        _ = try node()
        for _ in 0..<ownBufferCount(type) { _ = try buffer() }
        if type.physicalType == .view { for _ in 0..<(try variadicCount()) { _ = try buffer() } }
        if case .dictionary = type { return }
        for child in field.children { try skip(child) }
    }

    /// How many buffers an array has besides those of its children and the data buffers of views.
    private func ownBufferCount(_ type: DataType) -> Int {
        let unionValidity = version < IPCFormat.metadataV5 ? 1 : 0
        switch type {
        case .any: return unionValidity + 2
        case .union(_, _, let mode): return unionValidity + (mode == .dense ? 2 : 1)
        case .listView, .largeListView: return 3
        case .list, .largeList, .map, .dictionary: return 2
        case .struct, .fixedSizeList: return 1
        case .runEndEncoded: return 0
        default:
            switch type.physicalType {
            case .none: return 0
            case .offsets32, .offsets64: return 3
            default: return 2
            }
        }
    }

    private static func buffers(_ batch: FlatTable, _ body: Buffer) throws -> [Buffer] {
        guard let places = try batch.vector(2, elementByteCount: 16) else { return [] }
        var claimableByteCount = body.byteCount * 4 + 1024
        return try (0..<places.count).map { index in
            let (offset, byteCount) = try (places.int64(index), places.int64(index, at: 8))
            guard byteCount >= 0, offset >= 0, byteCount <= body.byteCount, offset <= body.byteCount - Int(byteCount)
            else {
                throw corrupt("a buffer of \(byteCount) bytes from byte \(offset) on, in \(body.byteCount) bytes")
            }
            claimableByteCount -= Int(byteCount)
            guard claimableByteCount >= 0 else { throw corrupt("buffers that overlap") }
            return body.slice(offset: Int(offset), byteCount: Int(byteCount))
        }
    }

    /// Takes the next array, which has the given type.
    mutating func array(_ field: IPCField) throws -> ArrowArray {
        let type = field.field.type
        let (count, nullCount) = try node()
        if type == .any { return try anyArray(field, count) }
        if type.physicalType == .none { return try ArrowArray(checking: type, count: count, buffers: []) }
        if type.physicalType == .nested { return try nestedArray(field, count, nullCount) }
        let validity = try validity(count, nullCount)
        var buffers = [try buffer()]
        switch type.physicalType {
        case .offsets32, .offsets64: buffers.append(try buffer())
        case .view: for _ in 0..<(try variadicCount()) { buffers.append(try buffer()) }
        default:
            let width = type.byteWidth ?? 0
            let (needed, overflows) = count.multipliedReportingOverflow(by: width)
            guard !overflows, needed <= buffers[0].byteCount else {
                throw Self.corrupt("\(count) values of type \(type) in \(buffers[0].byteCount) bytes")
            }
        }
        return try ArrowArray(checking: type, count: count, validity: validity, buffers: buffers)
    }

    private static func corrupt(_ what: String) -> EngineError {
        EngineError(.corrupt, "damaged Arrow record batch: \(what)")
    }

    private mutating func node() throws -> (count: Int, nullCount: Int) {
        guard let nodes, nextNode < nodes.count else { throw Self.corrupt("fewer arrays than fields") }
        defer { nextNode += 1 }
        let (count, nullCount) = try (nodes.int64(nextNode), nodes.int64(nextNode, at: 8))
        guard count >= 0, count <= rowLimit, nullCount >= 0, nullCount <= count else {
            throw Self.corrupt("an array of \(count) rows with \(nullCount) nulls")
        }
        return (Int(count), Int(nullCount))
    }

    private mutating func buffer() throws -> Buffer {
        guard nextBuffer < buffers.count else { throw Self.corrupt("fewer buffers than its arrays need") }
        defer { nextBuffer += 1 }
        return buffers[nextBuffer]
    }

    /// Takes the validity of an array; nil when no row is null, whatever the buffer holds then.
    private mutating func validity(_ count: Int, _ nullCount: Int) throws -> Buffer? {
        let bits = try buffer()
        if nullCount == 0 { return nil }
        guard bits.byteCount >= Bits.byteCount(count) else {
            throw Self.corrupt("\(bits.byteCount) bytes of validity for \(count) rows")
        }
        return bits
    }

    private mutating func variadicCount() throws -> Int {
        guard let variadicCounts, nextVariadic < variadicCounts.count else {
            throw Self.corrupt("no number of data buffers for an array of views")
        }
        defer { nextVariadic += 1 }
        let count = try variadicCounts.int64(nextVariadic)
        guard count >= 0, count <= buffers.count - nextBuffer else { throw Self.corrupt("\(count) data buffers") }
        return Int(count)
    }

    private mutating func nestedArray(_ field: IPCField, _ count: Int, _ nullCount: Int) throws -> ArrowArray {
        let type = field.field.type
        var (bits, buffers): (Buffer?, [Buffer]) = (nil, [])
        switch type {
        case .list, .largeList, .map:
            bits = try validity(count, nullCount)
            buffers = [try buffer()]
        case .listView, .largeListView:
            bits = try validity(count, nullCount)
            buffers = try [buffer(), buffer()]
        case .struct, .fixedSizeList: bits = try validity(count, nullCount)
        case .union(_, _, let mode):
            if version < IPCFormat.metadataV5, try validity(count, nullCount) != nil {
                throw EngineError.unsupported("null rows of a union in metadata of version V4")
            }
            buffers = try mode == .dense ? [buffer(), buffer()] : [buffer()]
        case .runEndEncoded: break
        case .dictionary(_, let value, _):
            bits = try validity(count, nullCount)
            let values = try dictionaryValues(field.dictionaryID ?? 0, value, isNeeded: nullCount < count)
            return try ArrowArray(
                checkingNested: type, count: count, validity: bits, buffers: [buffer()], children: [values])
        default: throw EngineError.unsupported("reading columns of type \(type)")
        }
        let children = try field.children.map { try array($0) }
        return try ArrowArray(checkingNested: type, count: count, validity: bits, buffers: buffers, children: children)
    }

    /// Returns the values of dictionary `id`; a column without values to look up needs none to have come.
    private func dictionaryValues(_ id: Int64, _ type: DataType, isNeeded: Bool) throws -> ArrowArray {
        if let values = dictionaries.values(id) { return values }
        guard !isNeeded else { throw Self.corrupt("dictionary \(id) has not come") }
        return try ArrowArray.nulls(type, count: 0)
    }

    private mutating func anyArray(_ field: IPCField, _ count: Int) throws -> ArrowArray {
        if version < IPCFormat.metadataV5 { _ = try buffer() }
        let (typeIDs, offsets) = try (buffer(), buffer())
        let children = try field.children.map { try array($0) }
        return try AnyUnion.read(count: count, typeIDs: typeIDs, offsets: offsets, children: children)
    }
}
