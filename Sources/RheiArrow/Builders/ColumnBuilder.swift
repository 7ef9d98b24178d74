/// Takes SQLite's values row by row and keeps the narrowest array that holds them bit for bit.
///
/// A column of integers becomes Int64, of reals Float64, of text Utf8View, of blobs BinaryView; nulls fit everywhere.
/// The first value of another storage class turns what is held into `any`, without loss, and the builder goes on. With
/// nothing but nulls the result has the default type.
///
/// Invariants:
/// - `state` describes the first `count` rows; slots of null rows are zero;
/// - `kind == undetermined` means that all rows so far are null and no value memory exists;
/// - validity bits from `count` on are set, so that appending a value never writes validity.
///
/// Not thread-safe. Appending an integer costs a test of the kind, a test of the capacity and a store.
@safe public final class ColumnBuilder {
    /// What a builder holds at the moment.
    @usableFromInline package enum Kind: UInt8 {
        case undetermined, integer, real, text, blob, any
    }

    /// The fields that appends touch, behind a pointer: a class's own properties cost an exclusivity check each.
    @unsafe @usableFromInline struct State: ~Copyable {
        @usableFromInline var kind = Kind.undetermined
        @usableFromInline var count = 0
        @usableFromInline var capacity = 0
        @usableFromInline var nullCount = 0
        /// 8 bytes per row for integers and reals, else 16.
        @usableFromInline var values: UnsafeMutableRawPointer
        /// A storage class per row, for `any`.
        @usableFromInline var tags: UnsafeMutableRawPointer
        /// Meaningful once `nullCount > 0` and the kind is determined.
        @usableFromInline var validity: UnsafeMutableRawPointer
        var heap = ByteHeapBuilder()

        init(_ values: UnsafeMutableRawPointer, _ tags: UnsafeMutableRawPointer, _ validity: UnsafeMutableRawPointer) {
            unsafe self.values = values
            unsafe self.tags = tags
            unsafe self.validity = validity
        }
    }

    @usableFromInline let state: UnsafeMutablePointer<State>
    /// The type of a column without values.
    public let defaultType: DataType
    private let initialCapacity: Int
    private var reservedCount: Int
    var values = MutableBuffer()
    var tags = MutableBuffer()
    var validity = MutableBuffer()

    /// - Parameters:
    ///   - defaultType: the type of a result without values; any type but a nested one.
    ///   - capacity: rows to make room for at the first value.
    public init(defaultType: DataType = .any, capacity: Int = 0) {
        self.defaultType = defaultType.physicalType == .nested ? .any : defaultType
        initialCapacity = capacity
        reservedCount = capacity
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(to: State(values.pointer, tags.pointer, validity.pointer))
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Number of rows appended.
    public var count: Int { unsafe state.pointee.count }
    /// Number of null rows.
    public var nullCount: Int { unsafe state.pointee.nullCount }
    @usableFromInline package var kind: Kind { unsafe state.pointee.kind }

    /// Makes room for `additionalCount` more rows.
    public func reserve(_ additionalCount: Int) {
        let wanted = unsafe state.pointee.count + additionalCount
        if kind == .undetermined {
            reservedCount = max(reservedCount, wanted)
        } else if unsafe wanted > state.pointee.capacity {
            grow(to: wanted)
        }
    }

    /// Appends a null row.
    public func appendNull() { appendRepeatedNulls(1) }

    /// Appends `count` null rows.
    public func appendRepeatedNulls(_ count: Int) {
        guard count > 0 else { return }
        let first = self.count
        if kind != .undetermined {
            reserve(count)
            if nullCount == 0 { makeValidity() }
            writeNulls(first, count: count)
        }
        unsafe state.pointee.nullCount += count
        unsafe state.pointee.count = first + count
    }

    /// Appends an integer.
    @inlinable public func append(integer value: Int64) {
        let row = unsafe state.pointee.count
        if unsafe state.pointee.kind == .integer && row < state.pointee.capacity {
            unsafe state.pointee.values.storeBytes(of: value, toByteOffset: row &<< 3, as: Int64.self)
            unsafe state.pointee.count = row &+ 1
        } else {
            appendSlowly(integer: value)
        }
    }

    /// Appends a real; its bits are kept, also those of NaN.
    @inlinable public func append(real value: Double) {
        let row = unsafe state.pointee.count
        if unsafe state.pointee.kind == .real && row < state.pointee.capacity {
            unsafe state.pointee.values.storeBytes(of: value, toByteOffset: row &<< 3, as: Double.self)
            unsafe state.pointee.count = row &+ 1
        } else {
            appendSlowly(real: value)
        }
    }

    /// Appends a copy of the bytes of a text, valid UTF-8 or not.
    public func append(text: UnsafeRawBufferPointer) {
        if unsafe state.pointee.kind != .text || state.pointee.count == state.pointee.capacity {
            prepare(for: .text)
        }
        let view = unsafe state.pointee.heap.view(of: text)
        appendSlot(view, tag: .text)
    }

    /// Appends a copy of the bytes of a blob.
    public func append(blob: UnsafeRawBufferPointer) {
        if unsafe state.pointee.kind != .blob || state.pointee.count == state.pointee.capacity {
            prepare(for: .blob)
        }
        let view = unsafe state.pointee.heap.view(of: blob)
        appendSlot(view, tag: .blob)
    }

    @usableFromInline func appendSlowly(integer value: Int64) {
        prepare(for: .integer)
        if kind == .any {
            appendSlot(ByteView(low: UInt64(bitPattern: value), high: 0), tag: .integer)
        } else {
            append(integer: value)
        }
    }

    @usableFromInline func appendSlowly(real value: Double) {
        prepare(for: .real)
        if kind == .any {
            appendSlot(ByteView(low: value.bitPattern, high: 0), tag: .real)
        } else {
            append(real: value)
        }
    }

    @inline(__always) private func appendSlot(_ slot: ByteView, tag: StorageClass) {
        let row = unsafe state.pointee.count
        unsafe state.pointee.values.storeBytes(of: slot, toByteOffset: row &<< 4, as: ByteView.self)
        if unsafe state.pointee.kind == .any {
            unsafe state.pointee.tags.storeBytes(of: tag.rawValue, toByteOffset: row, as: UInt8.self)
        }
        unsafe state.pointee.count = row &+ 1
    }

    /// Makes the kind fit a value of `kind` and makes room for one row.
    private func prepare(for wanted: Kind) {
        if kind == .undetermined {
            determine(wanted)
        } else if kind != wanted && kind != .any {
            widen()
        }
        if unsafe state.pointee.count == state.pointee.capacity {
            grow(to: max(64, count * 2))
        }
    }

    /// Returns all rows as an array and starts anew with the same default type.
    public func finish() -> ArrowArray {
        let count = count
        let nullCount = nullCount
        let kind = kind
        defer { reset() }
        var validityBuffer: Buffer?
        if nullCount > 0, kind != .undetermined {
            unsafe Bits.fill(validity.pointer, count, count: validityBitCapacity - count, with: false)
            validity.byteCount = Bits.byteCount(count)
            validityBuffer = validity.freeze()
        }
        switch kind {
        case .undetermined:
            return (try? ArrowArray.nulls(defaultType, count: count)) ?? .nullsOfAny(count: count)
        case .integer, .real:
            values.byteCount = count * 8
            return ArrowArray(
                kind == .integer ? .int64 : .float64, count: count, nullCount: nullCount, validity: validityBuffer,
                buffers: [values.freeze()])
        case .text, .blob:
            values.byteCount = count * 16
            return ArrowArray(
                kind == .text ? .utf8View : .binaryView, count: count, nullCount: nullCount,
                validity: validityBuffer, buffers: unsafe [values.freeze()] + state.pointee.heap.finish())
        case .any:
            values.byteCount = count * 16
            tags.byteCount = count
            return ArrowArray(
                .any, count: count, nullCount: nullCount, validity: validityBuffer,
                buffers: unsafe [tags.freeze(), values.freeze()] + state.pointee.heap.finish())
        }
    }

    private func reset() {
        reservedCount = initialCapacity
        unsafe state.pointee = State(values.pointer, tags.pointer, validity.pointer)
    }
}

extension ColumnBuilder {
    private var validityBitCapacity: Int { unsafe (state.pointee.capacity + 63) & ~63 }

    /// Chooses the kind at the first value; the rows before it are null.
    private func determine(_ wanted: Kind) {
        unsafe state.pointee.kind = wanted
        let nulls = count
        grow(to: max(64, reservedCount, nulls + 1))
        guard nulls > 0 else { return }
        makeValidity()
        writeNulls(0, count: nulls)
    }

    private func writeNulls(_ first: Int, count: Int) {
        let width = slotWidth
        unsafe (state.pointee.values + first * width).initializeMemory(
            as: UInt8.self, repeating: 0, count: count * width)
        unsafe Bits.fill(state.pointee.validity, first, count: count, with: false)
        if kind == .any {
            unsafe (state.pointee.tags + first).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        }
    }

    private var slotWidth: Int { kind == .integer || kind == .real ? 8 : 16 }

    /// Makes a bitmap of set bits for the whole capacity.
    private func makeValidity() {
        validity.reserve(validityBitCapacity / 8)
        unsafe state.pointee.validity = validity.pointer
        unsafe Bits.fill(validity.pointer, 0, count: validityBitCapacity, with: true)
    }

    private func grow(to capacity: Int) {
        // Rows before the first value have no memory yet.
        let count = unsafe min(count, state.pointee.capacity)
        values.byteCount = count * slotWidth
        values.reserve(capacity * slotWidth)
        unsafe state.pointee.values = values.pointer
        if kind == .any {
            tags.byteCount = count
            tags.reserve(capacity)
            unsafe state.pointee.tags = tags.pointer
        }
        let oldBits = validityBitCapacity
        unsafe state.pointee.capacity = capacity
        if nullCount > 0 {
            validity.byteCount = oldBits / 8
            validity.reserve(validityBitCapacity / 8)
            unsafe state.pointee.validity = validity.pointer
            unsafe Bits.fill(validity.pointer, oldBits, count: validityBitCapacity - oldBits, with: true)
        }
    }

    /// Turns what is held into `any`: a tag per row and 16-byte slots.
    private func widen() {
        let tag: StorageClass =
            switch kind {
            case .integer: .integer
            case .real: .real
            case .text: .text
            case .blob: .blob
            case .undetermined, .any: .null
            }
        let count = count
        let capacity = unsafe state.pointee.capacity
        if slotWidth == 8 { widenSlots(count, capacity: capacity) }
        tags.reserve(capacity)
        unsafe state.pointee.tags = tags.pointer
        unsafe tags.pointer.initializeMemory(as: UInt8.self, repeating: tag.rawValue, count: count)
        if nullCount > 0 {
            for row in 0..<count where unsafe !Bits.get(state.pointee.validity, row) {
                unsafe tags.pointer.storeBytes(of: 0, toByteOffset: row, as: UInt8.self)
            }
        }
        unsafe state.pointee.kind = .any
    }

    private func widenSlots(_ count: Int, capacity: Int) {
        let slots = MutableBuffer(capacity: capacity * 16)
        for row in 0..<count {
            let word = unsafe state.pointee.values.load(fromByteOffset: row * 8, as: UInt64.self)
            unsafe slots.pointer.storeBytes(
                of: ByteView(low: word, high: 0), toByteOffset: row * 16, as: ByteView.self)
        }
        values = slots
        unsafe state.pointee.values = values.pointer
    }
}

extension ArrowArray {
    static func nullsOfAny(count: Int) -> ArrowArray {
        ArrowArray(
            .any, count: count, nullCount: count, validity: .zeroed(Bits.byteCount(count)),
            buffers: [.zeroed(count), .zeroed(count * 16)])
    }
}
