import RheiCore

/// Appends text or bytes of variable length and hands them over as an array in any of Arrow's layouts for them.
@safe public struct BytesBuilder: ~Copyable {
    /// The type of the result.
    public let type: DataType
    private let physical: PhysicalType
    private var entries = MutableBuffer()
    private var data = MutableBuffer()
    private var heap = ByteHeapBuilder()
    private var validity = BitmapBuilder()
    /// Number of rows appended.
    public private(set) var count = 0
    private var nullCount = 0

    /// - Throws: `typeMismatch` when `type` is neither text nor bytes of variable length.
    public init(_ type: DataType = .utf8View, capacity: Int = 0) throws {
        guard type.isText || type.isBinary else {
            throw EngineError(.typeMismatch, "an array of \(type) does not hold bytes of variable length")
        }
        self.type = type
        physical = type.physicalType
        entries.reserve((capacity + 1) * (physical == .view ? 16 : physical == .offsets32 ? 4 : 8))
        startOffsets()
    }

    /// Appends a text, or a null row for nil.
    public mutating func append(_ text: String?) throws {
        guard var text else { return appendNull() }
        try text.withUTF8 { try unsafe append(UnsafeRawBufferPointer($0)) }
    }

    /// Appends a copy of `bytes`, or a null row for nil.
    public mutating func append(bytes: [UInt8]?) throws {
        guard let bytes else { return appendNull() }
        try unsafe bytes.withUnsafeBytes { try unsafe append($0) }
    }

    /// Appends a copy of `bytes`.
    ///
    /// - Throws: `overflow` when 32-bit offsets no longer suffice.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) throws {
        if physical == .view {
            let view = unsafe heap.view(of: bytes)
            store(view)
        } else {
            if physical == .offsets32, data.byteCount + bytes.count > Int(Int32.max) {
                throw EngineError(.overflow, "more than 2 GB in an array of \(type)")
            }
            unsafe data.append(bytes)
            storeOffset()
        }
        validity.append(true)
        count += 1
    }

    /// Appends a null row.
    public mutating func appendNull() {
        if physical == .view { store(ByteView()) } else { storeOffset() }
        validity.append(false)
        count += 1
        nullCount += 1
    }

    /// Returns what was appended and starts anew.
    public mutating func finish() -> ArrowArray {
        let bitmap = validity.finish().buffer
        let buffers = [entries.freeze()] + (physical == .view ? heap.finish() : [data.freeze()])
        let result = ArrowArray(type, count: count, nullCount: nullCount, validity: bitmap, buffers: buffers)
        count = 0
        nullCount = 0
        startOffsets()
        return result
    }

    private mutating func startOffsets() {
        if physical != .view { storeOffset() }
    }

    private mutating func store(_ view: ByteView) {
        let at = entries.byteCount
        entries.reserve(at + 16)
        unsafe entries.pointer.storeBytes(of: view, toByteOffset: at, as: ByteView.self)
        entries.byteCount = at + 16
    }

    private mutating func storeOffset() {
        let at = entries.byteCount
        let width = physical == .offsets32 ? 4 : 8
        entries.reserve(at + width)
        if width == 4 {
            let offset = Int32(truncatingIfNeeded: data.byteCount)
            unsafe entries.pointer.storeBytes(of: offset, toByteOffset: at, as: Int32.self)
        } else {
            unsafe entries.pointer.storeBytes(of: Int64(data.byteCount), toByteOffset: at, as: Int64.self)
        }
        entries.byteCount = at + width
    }
}
