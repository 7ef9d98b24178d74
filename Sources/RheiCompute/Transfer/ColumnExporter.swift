package import RheiArrow
import RheiCore

/// Collects the selected rows of vectors in an array of one logical type.
@safe package final class ColumnExporter {
    /// The type of the array.
    package let type: DataType
    private let vectorType: VectorType
    private var values = MutableBuffer()
    private var tags = MutableBuffer()
    private var bits = BitmapBuilder()
    private var bytes: BytesBuilder?
    private var heap = ByteHeapBuilder()
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
    }

    /// Appends the rows of `vector` that `rows` names. A vector of another type is represented in this one first.
    package func append(_ vector: ColumnVector, rows: SelectionVector) throws {
        if rows.isEmpty { return }
        if type == .null {
            count += rows.count
            return
        }
        let vector = try CastKernel.represent(vector, rows: rows, into: scratch)
        try appendValues(vector, rows)
        appendValidity(vector, rows)
        count += rows.count
    }

    private func appendValues(_ vector: ColumnVector, _ rows: SelectionVector) throws {
        switch vectorType {
        case .bool:
            for position in 0..<rows.count {
                bits.append(vector.elements(UInt8.self)[slot(vector, rows, position)] != 0)
            }
        case .int8: gather(UInt8.self, vector, rows)
        case .int16: gather(UInt16.self, vector, rows)
        case .int32, .float32: gather(UInt32.self, vector, rows)
        case .int64, .float64: gather(UInt64.self, vector, rows)
        case .int128: gather(UInt128.self, vector, rows)
        case .text, .blob:
            if bytes == nil { appendViews(vector, rows) } else { try appendBytes(vector, rows) }
        case .any: appendViews(vector, rows)
        }
    }

    @inline(__always) private func slot(_ vector: ColumnVector, _ rows: SelectionVector, _ position: Int) -> Int {
        vector.isConstant ? 0 : rows.row(at: position)
    }

    private func gather<Element: BitwiseCopyable & FixedWidthInteger>(
        _: Element.Type, _ vector: ColumnVector, _ rows: SelectionVector
    ) {
        let width = MemoryLayout<Element>.size
        values.reserve(values.byteCount + rows.count * width)
        let target = unsafe Values((values.pointer + values.byteCount).assumingMemoryBound(to: Element.self))
        let source = vector.elements(Element.self)
        let step = vector.isConstant ? 0 : -1
        for position in 0..<rows.count { target[position] = source[rows.row(at: position) & step] }
        if !vector.hasNoNulls {
            for position in 0..<rows.count where !vector.isValid(rows.row(at: position)) { target[position] = 0 }
        }
        values.byteCount += rows.count * width
    }

    private func appendViews(_ vector: ColumnVector, _ rows: SelectionVector) {
        values.reserve(values.byteCount + rows.count * 16)
        let target = unsafe Values((values.pointer + values.byteCount).assumingMemoryBound(to: ByteView.self))
        let source = vector.elements(StringValue.self)
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            let slot = vector.isConstant ? 0 : row
            target[position] = vector.isValid(row) ? view(of: source[slot], vector, slot) : ByteView()
        }
        values.byteCount += rows.count * 16
        if vectorType == .any { appendTags(vector, rows) }
    }

    private func view(of value: StringValue, _ vector: ColumnVector, _ slot: Int) -> ByteView {
        let isNumber = vectorType == .any && vector.tagValues[slot] < StorageClass.text.rawValue
        if isNumber || value.isInline { return ByteView(low: value.head, high: value.tail) }
        return unsafe value.withBytes { unsafe heap.view(of: $0) }
    }

    private func appendTags(_ vector: ColumnVector, _ rows: SelectionVector) {
        tags.reserve(tags.byteCount + rows.count)
        let target = unsafe Values((tags.pointer + tags.byteCount).assumingMemoryBound(to: UInt8.self))
        let source = vector.tagValues
        for position in 0..<rows.count { target[position] = source[slot(vector, rows, position)] }
        tags.byteCount += rows.count
    }

    private func appendBytes(_ vector: ColumnVector, _ rows: SelectionVector) throws {
        let source = vector.elements(StringValue.self)
        for position in 0..<rows.count {
            if vector.isValid(rows.row(at: position)) {
                unsafe try source[slot(vector, rows, position)].withBytes { try unsafe bytes?.append($0) }
            } else {
                bytes?.appendNull()
            }
        }
    }

    private func appendValidity(_ vector: ColumnVector, _ rows: SelectionVector) {
        if bytes != nil || vector.hasNoNulls { return }
        for position in 0..<rows.count where !vector.isValid(rows.row(at: position)) {
            let row = count + position
            validity.append(repeating: true, count: row - validity.count)
            validity.append(false)
            nullCount += 1
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
        validity.append(repeating: true, count: count - validity.count)
        let bitmap = nullCount > 0 ? validity.finish().buffer : nil
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
