package import RheiArrow
import RheiCore

/// Collects the selected rows of vectors in an array of one logical type, with the bytes of their strings.
@safe package final class ColumnExporter {
    /// The type of the array.
    package let type: DataType
    private let vectorType: VectorType
    private var values = MutableBuffer()
    private var tags = MutableBuffer()
    private var bits = BitmapBuilder()
    private var bytes: BytesBuilder?
    private let nested: NestedExporter?
    private var heap = ByteHeapBuilder()
    /// Bits of the rows up to the last null one.
    private var validity = BitmapBuilder()
    private var count = 0
    private var nullCount = 0
    private let scratch: VectorBuffer

    /// - Throws: `unsupported` for a type that vectors do not have.
    package init(type: DataType) throws {
        guard let vectorType = VectorType(type) else { throw EngineError.unsupported("results of type \(type)") }
        self.type = type
        self.vectorType = vectorType
        scratch = VectorBuffer(type: vectorType)
        bytes = type == .utf8 || type == .binary ? try BytesBuilder(type) : nil
        nested = type.hasNestedForm ? try NestedExporter(type) : nil
    }

    /// Appends the rows of `vector` that `rows` names. A vector of another type is represented in this one first.
    package func append(_ vector: ColumnVector, rows: SelectionVector) throws {
        if rows.isEmpty { return }
        if type == .null {
            count += rows.count
            return
        }
        let vector = try CastKernel.represent(vector, rows: rows, into: scratch)
        if let nested { return try nested.append(vector, rows) }
        try appendValues(vector, rows)
        appendValidity(vector, rows)
        count += rows.count
    }

    private func appendValues(_ vector: ColumnVector, _ rows: SelectionVector) throws {
        switch vectorType {
        case .bool:
            let source = vector.elements(UInt8.self)
            let step = vector.isConstant ? 0 : -1
            for position in 0..<rows.count { bits.append(source[rows.row(at: position) & step] != 0) }
        case .int8: appendElements(UInt8.self, vector, rows)
        case .int16: appendElements(UInt16.self, vector, rows)
        case .int32, .float32: appendElements(UInt32.self, vector, rows)
        case .int64 where type.physicalType == .int128: appendWideDecimals(vector, rows)
        case .int64, .float64: appendElements(UInt64.self, vector, rows)
        case .int128: appendElements(UInt128.self, vector, rows)
        case .text, .blob:
            if bytes == nil { appendViews(vector, rows) } else { try appendBytes(vector, rows) }
        case .any: appendSlots(vector, rows)
        }
    }

    /// Copies values; null rows become zero.
    @inline(__always)
    private func appendElements<Element: BitwiseCopyable & FixedWidthInteger>(
        _: Element.Type, _ vector: ColumnVector, _ rows: SelectionVector
    ) {
        let target = unsafe values.extend(by: rows.count * MemoryLayout<Element>.stride)
            .assumingMemoryBound(to: Element.self)
        unsafe copyElements(
            vector.pointer(Element.self), to: target, vector.isConstant, rows.indices.map { unsafe UnsafePointer($0) },
            rows.count)
        if vector.hasNoNulls { return }
        for position in 0..<rows.count where !vector.isValid(rows.row(at: position)) { unsafe target[position] = 0 }
    }

    /// Copies decimals of 64 bits to 128 bits.
    private func appendWideDecimals(_ vector: ColumnVector, _ rows: SelectionVector) {
        let target = unsafe Values(values.extend(by: rows.count * 16).assumingMemoryBound(to: Int128.self))
        let source = vector.elements(Int64.self)
        let step = vector.isConstant ? 0 : -1
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            target[position] = vector.isValid(row) ? Int128(source[row & step]) : 0
        }
    }

    private func appendViews(_ vector: ColumnVector, _ rows: SelectionVector) {
        let target = unsafe Values(values.extend(by: rows.count * 16).assumingMemoryBound(to: ByteView.self))
        let source = vector.elements(StringValue.self)
        let step = vector.isConstant ? 0 : -1
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            target[position] = vector.isValid(row) ? view(of: source[row & step]) : ByteView()
        }
    }

    private func appendSlots(_ vector: ColumnVector, _ rows: SelectionVector) {
        let target = unsafe Values(values.extend(by: rows.count * 16).assumingMemoryBound(to: ByteView.self))
        let targetTags = unsafe Values(tags.extend(by: rows.count).assumingMemoryBound(to: UInt8.self))
        let source = vector.elements(StringValue.self)
        let sourceTags = vector.tagValues
        let step = vector.isConstant ? 0 : -1
        for position in 0..<rows.count {
            let slot = rows.row(at: position) & step
            let tag = sourceTags[slot]
            targetTags[position] = tag
            if tag >= StorageClass.text.rawValue {
                target[position] = view(of: source[slot])
            } else {
                target[position] = ByteView(low: tag == StorageClass.null.rawValue ? 0 : source[slot].head, high: 0)
            }
        }
    }

    /// Inline values have the same 16 bytes in both forms.
    @inline(__always)
    private func view(of value: StringValue) -> ByteView {
        if value.isInline { return ByteView(low: value.head, high: value.tail) }
        return unsafe value.withBytes { unsafe heap.view(of: $0) }
    }

    private func appendBytes(_ vector: ColumnVector, _ rows: SelectionVector) throws {
        let source = vector.elements(StringValue.self)
        let step = vector.isConstant ? 0 : -1
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            if vector.isValid(row) {
                unsafe try source[row & step].withBytes { try unsafe bytes?.append($0) }
            } else {
                bytes?.appendNull()
            }
        }
    }

    private func appendValidity(_ vector: ColumnVector, _ rows: SelectionVector) {
        if bytes != nil || vector.hasNoNulls { return }
        validity.append(repeating: true, count: count - validity.count)
        for position in 0..<rows.count {
            let isValid = vector.isValid(rows.row(at: position))
            validity.append(isValid)
            nullCount += 1 &- asInt(isValid)
        }
    }

    /// Returns what was appended and starts anew.
    package func finish() throws -> ArrowArray {
        defer {
            count = 0
            nullCount = 0
            validity = BitmapBuilder()
        }
        if type == .null { return try ArrowArray.nulls(.null, count: count) }
        if let array = bytes?.finish() { return array }
        if let nested { return try nested.finish() }
        var bitmap: Buffer?
        if nullCount > 0 {
            validity.append(repeating: true, count: count - validity.count)
            bitmap = validity.finish().buffer
        }
        let buffers: [Buffer] =
            switch vectorType {
            case .bool: [bits.finish().buffer]
            case .text, .blob: [values.freeze()] + heap.finish()
            case .any: [tags.freeze(), values.freeze()] + heap.finish()
            default: [values.freeze()]
            }
        return ArrowArray(type, count: count, nullCount: nullCount, validity: bitmap, buffers: buffers)
    }
}
