import RheiCore

/// Lays the arrays of a record batch out as the body of a message: nodes, buffers and their places.
///
/// Buffers are written as they are where the array begins at a whole byte of them; bits at odd offsets are shifted and
/// offsets rebased in copies.
struct IPCBodyEncoder {
    /// Length and null count of each array, depth first.
    var nodes: [Int64] = []
    /// Offset and length of each buffer; there after `finish`.
    private(set) var places: [Int64] = []
    /// Number of data buffers of each array of views.
    private(set) var variadicCounts: [Int64] = []
    /// The buffers in order, without padding.
    private(set) var pieces: [Buffer] = []
    /// Length of the body, known after `finish`.
    private(set) var byteCount = 0

    private let options: IPCWriteOptions

    init(_ options: IPCWriteOptions) { self.options = options }

    /// Appends an array.
    ///
    /// - Throws: `unsupported` naming a type that has no encoder.
    mutating func append(_ array: ArrowArray) throws {
        if array.type == .any { return try append(AnyUnion.make(array)) }
        if array.type.physicalType == .nested { return try appendNested(array) }
        nodes += [Int64(array.count), Int64(array.nullCount)]
        guard array.type.physicalType != .none else { return }
        appendValidity(array)
        switch array.type.physicalType {
        case .bit: add(bits(array.buffers[0], array.offset, array.count))
        case .offsets32, .offsets64:
            let range = appendOffsets(array)
            add(array.buffers[1].slice(offset: range.lowerBound, byteCount: range.count))
        case .view: try appendViews(array)
        default:
            let width = array.type.byteWidth ?? 0
            add(array.buffers[0].slice(offset: array.offset * width, byteCount: array.count * width))
        }
    }

    /// Adds a buffer.
    mutating func add(_ content: Buffer) { pieces.append(content) }

    /// Compresses the buffers, if so told, and gives each its aligned place. Nothing is appended afterwards.
    mutating func finish() throws {
        if let compression = options.compression {
            let threadCount = options.threadCount ?? ThreadTeam.processorCount
            pieces = try ParallelBuffers.map(pieces, threadCount: threadCount) { try compression.compress($0, $1) }
        }
        for piece in pieces {
            places += [Int64(byteCount), Int64(piece.byteCount)]
            byteCount += Self.padded(piece.byteCount, options.alignment)
        }
    }

    static func padded(_ byteCount: Int, _ alignment: Int) -> Int {
        (byteCount + alignment - 1) / alignment * alignment
    }

    mutating func appendValidity(_ array: ArrowArray) {
        guard let validity = array.validity else { return add(.empty) }
        add(bits(validity, array.offset, array.count))
    }

    /// Returns `count` bits from bit `start` on, from bit 0 of a buffer on.
    private func bits(_ buffer: Buffer, _ start: Int, _ count: Int) -> Buffer {
        if start & 7 == 0 { return buffer.slice(offset: start / 8, byteCount: Bits.byteCount(count)) }
        var builder = BitmapBuilder(capacity: count)
        builder.append(contentsOf: Bitmap(buffer: buffer, bitOffset: start, count: count))
        return builder.finish().buffer
    }

    /// Writes offsets that begin at zero.
    ///
    /// - Returns: what they refer to, as the array's own offsets count.
    mutating func appendOffsets(_ array: ArrowArray) -> Range<Int> {
        var width = array.type.physicalType == .offsets64 ? 8 : 4
        if case .largeList = array.type { width = 8 }
        let source = array.buffers[0]
        defer { withExtendedLifetime(source) {} }
        func offset(_ row: Int) -> Int {
            let place = (array.offset + row) * width
            return width == 4
                ? unsafe Int(source.pointer.load(fromByteOffset: place, as: Int32.self))
                : unsafe Int(source.pointer.load(fromByteOffset: place, as: Int64.self))
        }
        let (first, last) = (offset(0), offset(array.count))
        if first == 0 {
            add(source.slice(offset: array.offset * width, byteCount: (array.count + 1) * width))
        } else {
            var rebased = MutableBuffer(capacity: (array.count + 1) * width)
            for row in 0...array.count {
                let value = offset(row) - first
                let target = unsafe rebased.extend(by: width)
                if width == 4 {
                    unsafe target.storeBytes(of: Int32(truncatingIfNeeded: value), as: Int32.self)
                } else {
                    unsafe target.storeBytes(of: Int64(value), as: Int64.self)
                }
            }
            add(rebased.freeze())
        }
        return first..<last
    }

    /// Keeps the data buffers, unless most of their bytes belong to other rows.
    private mutating func appendViews(_ array: ArrowArray) throws {
        let compact = try Self.compacted(array)
        add(compact.buffers[0].slice(offset: compact.offset * 16, byteCount: compact.count * 16))
        for data in compact.buffers[1...] { add(data) }
        variadicCounts.append(Int64(compact.buffers.count - 1))
    }

    private static func compacted(_ array: ArrowArray) throws -> ArrowArray {
        let heldByteCount = array.buffers[1...].reduce(0) { $0 + $1.byteCount }
        let enough = (heldByteCount + 1) / 2
        // A sample mostly tells; where it does not, all views are read.
        if heldByteCount <= 4096 || refers(array, toAtLeast: enough / sampleStep, step: sampleStep)
            || refers(array, toAtLeast: enough, step: 1)
        {
            return array
        }
        let assembler = try ArrayAssembler(array.type, capacity: array.count)
        try assembler.append(array, rows: 0..<array.count)
        return assembler.finish()
    }

    /// Of how many blocks of views a sample reads one.
    private static let sampleStep = 16

    /// Whether the views of each `step`-th block refer to `byteCount` bytes outside themselves; reads no more of them
    /// than it takes to know.
    private static func refers(_ array: ArrowArray, toAtLeast byteCount: Int, step: Int) -> Bool {
        defer { withExtendedLifetime(array.buffers[0]) {} }
        let lengths = unsafe array.buffers[0].pointer + array.offset * 16
        let blockRowCount = 256
        var referred = 0
        for start in stride(from: 0, to: array.count, by: blockRowCount * step) {
            for row in start..<min(start + blockRowCount, array.count) {
                // The first word of a view is its length; branching on it would be a guess per row.
                let length = unsafe lengths.load(fromByteOffset: row &* 16, as: Int32.self)
                referred &+= length > ByteView.inlineByteCount ? Int(length) : 0
            }
            if referred >= byteCount { return true }
        }
        return referred >= byteCount
    }
}
