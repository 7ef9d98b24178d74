import RheiArrow
import RheiCompute
import RheiCore

/// Copies the living rows of vectors into one array of a result batch, with the bytes of its strings.
final class ResultColumnBuilder {
    private let type: DataType
    private let vectorType: VectorType
    private var rowCount = 0
    private var nullCount = 0
    private var values = MutableBuffer()
    private var tags = MutableBuffer()
    private var heap = ByteHeapBuilder()
    /// Bits of all rows, once a vector with validity has come.
    private var validity: BitmapBuilder?

    init(type: DataType, vectorType: VectorType) {
        self.type = type
        self.vectorType = vectorType
    }

    func append(_ vector: ColumnVector, _ rows: SelectionVector) throws {
        guard vector.type == vectorType else {
            throw EngineError(.invariant, "a result column of \(vectorType) received a vector of \(vector.type)")
        }
        appendValidity(vector, rows)
        switch vectorType {
        case .bool where type == .int64: appendTruth(vector, rows)
        case .bool, .int8: appendElements(UInt8.self, vector, rows)
        case .int16: appendElements(UInt16.self, vector, rows)
        case .int32, .float32: appendElements(UInt32.self, vector, rows)
        case .int64, .float64: appendElements(UInt64.self, vector, rows)
        case .int128: appendElements(UInt128.self, vector, rows)
        case .text, .blob: appendStrings(vector, rows)
        case .any: appendSlots(vector, rows)
        }
        rowCount += rows.count
    }

    /// Makes room for `count` more elements and returns where they go.
    private func room<Element: BitwiseCopyable>(_: Element.Type, _ count: Int) -> UnsafeMutablePointer<Element> {
        let width = MemoryLayout<Element>.stride
        let start = rowCount * width
        values.reserve(start + count * width)
        values.byteCount = start + count * width
        return unsafe (values.pointer + start).assumingMemoryBound(to: Element.self)
    }

    @inline(__always)
    private func appendElements<Element: BitwiseCopyable>(
        _: Element.Type, _ vector: ColumnVector, _ rows: SelectionVector
    ) {
        let target = unsafe room(Element.self, rows.count)
        let source = unsafe vector.pointer(Element.self)
        if vector.isConstant {
            unsafe target.update(repeating: source[0], count: rows.count)
        } else if let indices = unsafe rows.indices {
            for index in 0..<rows.count { unsafe target[index] = source[Int(indices[index])] }
        } else {
            unsafe target.update(from: source, count: rows.count)
        }
    }

    private func appendTruth(_ vector: ColumnVector, _ rows: SelectionVector) {
        let target = unsafe room(Int64.self, rows.count)
        let source = unsafe vector.pointer(UInt8.self)
        for index in 0..<rows.count {
            unsafe target[index] = Int64(source[vector.isConstant ? 0 : rows.row(at: index)])
        }
    }

    private func appendStrings(_ vector: ColumnVector, _ rows: SelectionVector) {
        let target = unsafe room(ByteView.self, rows.count)
        let source = unsafe vector.pointer(StringValue.self)
        for index in 0..<rows.count {
            let row = vector.isConstant ? 0 : rows.row(at: index)
            unsafe target[index] = vector.isValid(row) ? view(of: source[row]) : ByteView()
        }
    }

    private func view(of value: StringValue) -> ByteView {
        // Inline values have the same 16 bytes in both forms.
        if value.isInline { return ByteView(low: value.head, high: value.tail) }
        return unsafe value.withBytes { bytes in unsafe heap.view(of: bytes) }
    }

    private func appendSlots(_ vector: ColumnVector, _ rows: SelectionVector) {
        guard let sourceTags = unsafe vector.tags else { return }
        let target = unsafe room(ByteView.self, rows.count)
        tags.reserve(rowCount + rows.count)
        let targetTags = unsafe (tags.pointer + rowCount).assumingMemoryBound(to: UInt8.self)
        tags.byteCount = rowCount + rows.count
        let source = unsafe vector.pointer(StringValue.self)
        for index in 0..<rows.count {
            let row = vector.isConstant ? 0 : rows.row(at: index)
            let tag = unsafe sourceTags[row]
            unsafe targetTags[index] = tag
            switch StorageClass(rawValue: tag) {
            case .text, .blob: unsafe target[index] = view(of: source[row])
            case .integer, .real: unsafe target[index] = ByteView(low: source[row].head, high: 0)
            case .null, nil: unsafe target[index] = ByteView()
            }
        }
    }

    private func appendValidity(_ vector: ColumnVector, _ rows: SelectionVector) {
        if vector.hasNoNulls {
            validity?.append(repeating: true, count: rows.count)
            return
        }
        if validity == nil {
            validity = BitmapBuilder(capacity: rowCount + rows.count)
            validity?.append(repeating: true, count: rowCount)
        }
        for index in 0..<rows.count {
            let isValid = vector.isValid(rows.row(at: index))
            validity?.append(isValid)
            nullCount += isValid ? 0 : 1
        }
    }

    /// Returns what was appended as an array and starts anew.
    func finish() -> ArrowArray {
        let bits = validity?.finish().buffer
        var buffers = [values.freeze()]
        switch vectorType {
        case .text, .blob: buffers += heap.finish()
        case .any: buffers = [tags.freeze()] + buffers + heap.finish()
        default: break
        }
        if type == .null { buffers = [] }
        defer {
            validity = nil
            rowCount = 0
            nullCount = 0
        }
        return ArrowArray(type, count: rowCount, nullCount: nullCount, validity: bits, buffers: buffers)
    }
}
