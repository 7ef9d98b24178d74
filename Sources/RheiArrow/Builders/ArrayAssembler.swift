import RheiCore

/// Puts ranges of rows of existing arrays together into one new array: the work behind concatenation, merging and
/// compaction.
///
/// Bytes of long strings are copied, so the result refers to no memory of its sources and its bytes are contiguous in
/// row order. Sources have the type of the result, or are all null, or are widened when the result is `any`.
///
/// Invariants: validity exists only once `nullCount > 0`; it then covers the first `count` rows.
@safe package final class ArrayAssembler {
    package let type: DataType
    package internal(set) var count = 0
    let physical: PhysicalType
    let width: Int
    var nullCount = 0
    var values = MutableBuffer()
    var tags = MutableBuffer()
    var data = MutableBuffer()
    var heap = ByteHeapBuilder()
    var validity = BitmapBuilder()

    /// - Throws: `unsupported` for nested types.
    package init(_ type: DataType, capacity: Int = 0) throws {
        physical = type.physicalType
        guard physical != .nested else { throw EngineError.unsupported("joining arrays of type \(type)") }
        self.type = type
        width = physical == .any ? 16 : physical == .offsets32 ? 4 : physical == .offsets64 ? 8 : type.byteWidth ?? 0
        let isOffsets = physical == .offsets32 || physical == .offsets64
        values.reserve(physical == .bit ? Bits.byteCount(capacity) : (capacity + (isOffsets ? 1 : 0)) * width)
        if physical == .any { tags.reserve(capacity) }
        if isOffsets { appendZeros(1) }
    }

    /// Returns the type that holds the rows of all `arrays`: theirs when it is one, else `any`; arrays of nulls alone
    /// have no say. Nil without arrays.
    package static func commonType(_ arrays: [ArrowArray]) -> DataType? {
        var common: DataType?
        for array in arrays where array.nullCount < array.count {
            if let known = common, known != array.type {
                guard let decimal = known.decimalHolding(array.type) else { return .any }
                common = decimal
            } else {
                common = array.type
            }
        }
        return common ?? arrays.first?.type
    }

    /// Appends rows of `array`.
    ///
    /// - Throws: `typeMismatch` when the rows do not fit the result's type.
    /// - Precondition: the rows exist.
    package func append(_ array: ArrowArray, rows: Range<Int>) throws {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= array.count, "rows out of range")
        guard !rows.isEmpty else { return }
        defer { withExtendedLifetime(array) {} }
        if array.type == type {
            try appendValues(array, rows)
        } else if array.nullCount == array.count {
            return appendNulls(rows.count)
        } else if physical == .any {
            try widen(array, rows)
        } else if type.decimalHolding(array.type) == type {
            let source = try PrimitiveArray<Int64>(array)
            for row in rows { if array.isValid(row) { try append(integer: source[row]) } else { appendNulls(1) } }
            return
        } else {
            throw EngineError(.typeMismatch, "rows of \(array.type) in an array of \(type)")
        }
        noteValidity(array, rows)
        count += rows.count
    }

    /// Appends null rows.
    package func appendNulls(_ nulls: Int) {
        if physical == .offsets32 || physical == .offsets64 { repeatLastOffset(nulls) } else { appendZeros(nulls) }
        if nullCount == 0 { validity.append(repeating: true, count: count) }
        validity.append(repeating: false, count: nulls)
        nullCount += nulls
        count += nulls
    }

    /// Returns all rows. The assembler is used up.
    package func finish() -> ArrowArray {
        let bitmap = nullCount > 0 && physical != .none ? validity.finish().buffer : nil
        let buffers: [Buffer] =
            switch physical {
            case .none: []
            case .view: [values.freeze()] + heap.finish()
            case .any: [tags.freeze(), values.freeze()] + heap.finish()
            case .offsets32, .offsets64: [values.freeze(), data.freeze()]
            default: [values.freeze()]
            }
        return ArrowArray(type, count: count, nullCount: nullCount, validity: bitmap, buffers: buffers)
    }
}

extension ArrayAssembler {
    private func appendZeros(_ rows: Int) {
        if physical == .bit { return extendBits(rows) }
        values.appendZeros(rows * width)
        if physical == .any { tags.appendZeros(rows) }
    }

    private func extendBits(_ rows: Int) {
        values.appendZeros(Bits.byteCount(count + rows) - values.byteCount)
    }

    private func repeatLastOffset(_ rows: Int) {
        let last = unsafe UnsafeRawBufferPointer(start: values.pointer + (values.byteCount - width), count: width)
        var word: UInt64 = 0
        unsafe withUnsafeMutableBytes(of: &word) { unsafe $0.copyMemory(from: last) }
        for _ in 0..<rows { unsafe withUnsafeBytes(of: &word) { unsafe values.append(.init(rebasing: $0[..<width])) } }
    }

    private func noteValidity(_ array: ArrowArray, _ rows: Range<Int>) {
        guard let bits = array.validity else {
            if array.nullCount > 0 {  // Type null: no bitmap, every row null.
                nullCount += rows.count
            } else if nullCount > 0 {
                validity.append(repeating: true, count: rows.count)
            }
            return
        }
        let start = array.offset + rows.lowerBound
        let nulls = unsafe rows.count - Bits.countOnes(bits.pointer, start, count: rows.count)
        if nulls == 0 && nullCount == 0 { return }
        if nullCount == 0 { validity.append(repeating: true, count: count) }
        validity.append(contentsOf: Bitmap(buffer: bits, bitOffset: start, count: rows.count))
        nullCount += nulls
    }

    private func appendValues(_ array: ArrowArray, _ rows: Range<Int>) throws {
        let first = array.offset + rows.lowerBound
        switch physical {
        case .none: break
        case .bit:
            extendBits(rows.count)
            unsafe Bits.copy(
                from: array.buffers[0].pointer, first, to: values.pointer, count, count: rows.count)
        case .view: appendViews(array, rows)
        case .offsets32, .offsets64: try appendOffsets(array, first, rows.count)
        case .any: appendSlots(array, rows)
        default:
            let start = unsafe array.buffers[0].pointer + first * width
            unsafe values.append(UnsafeRawBufferPointer(start: start, count: rows.count * width))
        }
    }

    private func appendViews(_ array: ArrowArray, _ rows: Range<Int>) {
        let target = unsafe values.extend(by: rows.count * 16)
        let source = unsafe array.buffers[0].pointer + (array.offset + rows.lowerBound) * 16
        let table = unsafe UnsafePointer(array.heap.pointers)
        for row in 0..<rows.count {
            let view = unsafe relocate(source + row &* 16, table)
            unsafe target.storeBytes(of: view, toByteOffset: row &* 16, as: ByteView.self)
        }
    }

    @unsafe @inline(__always)
    private func relocate(_ slot: UnsafeRawPointer, _ table: UnsafePointer<UnsafeRawPointer>) -> ByteView {
        let view = unsafe slot.load(as: ByteView.self)
        return unsafe view.isInline ? view : heap.view(of: viewBytes(slot, table))
    }

    private func appendSlots(_ array: ArrowArray, _ rows: Range<Int>) {
        let first = array.offset + rows.lowerBound
        let sourceTags = unsafe array.buffers[0].pointer + first
        unsafe tags.append(UnsafeRawBufferPointer(start: sourceTags, count: rows.count))
        let target = unsafe values.extend(by: rows.count * 16)
        let source = unsafe array.buffers[1].pointer + first * 16
        let table = unsafe UnsafePointer(array.heap.pointers)
        for row in 0..<rows.count {
            let tag = unsafe sourceTags.load(fromByteOffset: row, as: UInt8.self)
            let slot = unsafe source + row &* 16
            let isBytes = tag >= StorageClass.text.rawValue
            let view = unsafe isBytes ? relocate(slot, table) : slot.load(as: ByteView.self)
            unsafe target.storeBytes(of: view, toByteOffset: row &* 16, as: ByteView.self)
        }
    }

    private func appendOffsets(_ array: ArrowArray, _ first: Int, _ rows: Int) throws {
        let source = unsafe array.buffers[0].pointer
        let offset = { (slot: Int) -> Int in
            self.width == 4
                ? unsafe Int(source.load(fromByteOffset: slot * 4, as: Int32.self))
                : unsafe Int(source.load(fromByteOffset: slot * 8, as: Int64.self))
        }
        let start = offset(first)
        let byteCount = offset(first + rows) - start
        let shift = data.byteCount - start
        guard width == 8 || data.byteCount + byteCount <= Int(Int32.max) else {
            throw EngineError(.overflow, "more than 2 GB in an array of \(type)")
        }
        let bytes = unsafe UnsafeRawBufferPointer(start: array.buffers[1].pointer + start, count: byteCount)
        unsafe data.append(bytes)
        let target = unsafe values.extend(by: rows * width)
        for row in 0..<rows {
            let end = offset(first + row + 1) + shift
            if width == 4 {
                unsafe target.storeBytes(of: Int32(truncatingIfNeeded: end), toByteOffset: row * 4, as: Int32.self)
            } else {
                unsafe target.storeBytes(of: Int64(end), toByteOffset: row * 8, as: Int64.self)
            }
        }
    }
}

extension ArrayAssembler {
    /// Appends rows of a narrower type as tagged slots.
    private func widen(_ array: ArrowArray, _ rows: Range<Int>) throws {
        switch array.type {
        case .int8: try widenIntegers(PrimitiveArray<Int8>(array), rows)
        case .int16: try widenIntegers(PrimitiveArray<Int16>(array), rows)
        case .int32: try widenIntegers(PrimitiveArray<Int32>(array), rows)
        case .int64: try widenIntegers(PrimitiveArray<Int64>(array), rows)
        case .uint8: try widenIntegers(PrimitiveArray<UInt8>(array), rows)
        case .uint16: try widenIntegers(PrimitiveArray<UInt16>(array), rows)
        case .uint32: try widenIntegers(PrimitiveArray<UInt32>(array), rows)
        case .float32: try widenReals(PrimitiveArray<Float>(array), rows)
        case .float64: try widenReals(PrimitiveArray<Double>(array), rows)
        case .utf8View, .utf8, .largeUtf8: try widenBytes(array, rows, tag: .text)
        case .binaryView, .binary, .largeBinary: try widenBytes(array, rows, tag: .blob)
        default: throw EngineError(.typeMismatch, "values of \(array.type) are no SQLite values")
        }
    }

    private func widenIntegers<Value: FixedWidthInteger>(_ source: PrimitiveArray<Value>, _ rows: Range<Int>) {
        store(source.array, rows, tag: .integer) {
            unsafe ByteView(low: UInt64(truncatingIfNeeded: Int64(truncatingIfNeeded: source.values[$0])), high: 0)
        }
    }

    private func widenReals<Value: BinaryFloatingPoint>(_ source: PrimitiveArray<Value>, _ rows: Range<Int>) {
        store(source.array, rows, tag: .real) { unsafe ByteView(low: Double(source.values[$0]).bitPattern, high: 0) }
    }

    private func widenBytes(_ array: ArrowArray, _ rows: Range<Int>, tag: StorageClass) throws {
        guard let source = ByteArrayView(array) else { return }
        store(array, rows, tag: tag) { unsafe heap.view(of: source.bytes($0)) }
    }

    @inline(__always)
    private func store(
        _ array: ArrowArray, _ rows: Range<Int>, tag: StorageClass, _ slot: (Int) -> ByteView
    ) {
        let targetTags = unsafe tags.extend(by: rows.count)
        let target = unsafe values.extend(by: rows.count * 16)
        for (position, row) in rows.enumerated() {
            let isValid = array.isValid(row)
            let value = isValid ? slot(row) : ByteView()
            unsafe target.storeBytes(of: value, toByteOffset: position &* 16, as: ByteView.self)
            unsafe targetTags.storeBytes(of: isValid ? tag.rawValue : 0, toByteOffset: position, as: UInt8.self)
        }
    }
}
