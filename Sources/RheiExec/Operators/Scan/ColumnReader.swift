import RheiArrow
import RheiCompute
import RheiCore

/// Turns runs of an Arrow array into vectors of one form: without copying where the layouts agree, else by widening.
///
/// The vectors refer to the array's memory or to this reader's and are valid until the next call, as long as the array
/// is kept.
@safe final class ColumnReader {
    private let target: VectorType
    private let buffer: VectorBuffer

    init(target: VectorType) {
        self.target = target
        buffer = VectorBuffer(type: target)
    }

    /// A vector of the right form, for a column that was not read.
    var placeholder: ColumnVector { buffer.vector() }

    /// Returns rows `start ..< start + rows.rowCount` of `array`; values of rows that are not in `rows` are
    /// unspecified.
    func read(_ array: ArrowArray, start: Int, rows: SelectionVector) throws -> ColumnVector {
        if target == .text && array.type.isBinary || target == .blob && array.type.isText { throw mismatch(array) }
        if array.type.physicalType == .none { return allNull(rows.rowCount) }
        var result = try readValues(array, start: start, rows: rows)
        unsafe result.validity = validity(array, start: start, count: rows.rowCount)
        return result
    }

    private func allNull(_ count: Int) -> ColumnVector {
        var result = buffer.vector()
        for word in 0..<(count + 63) / 64 { unsafe buffer.validityWords[word] = 0 }
        unsafe result.validity = buffer.validityWords
        if let tags = unsafe result.tags { unsafe tags.update(repeating: StorageClass.null.rawValue, count: count) }
        return result
    }

    private func readValues(_ array: ArrowArray, start: Int, rows: SelectionVector) throws -> ColumnVector {
        let result = buffer.vector()
        let count = rows.rowCount
        switch (array.type.physicalType, target) {
        case (.int8, .int8), (.int16, .int16), (.int32, .int32), (.int64, .int64), (.int128, .int128),
            (.float32, .float32), (.float64, .float64):
            return unsafe ColumnVector(type: target, values: address(array, start, width: target.byteWidth))
        case (.bit, .bool): unsafe spreadBits(array, start, count, result.pointer(UInt8.self))
        case (.view, .text) where array.heap.buffers.isEmpty, (.view, .blob) where array.heap.buffers.isEmpty:
            // Without data buffers every view is inline, and inline values look the same in vectors.
            return unsafe ColumnVector(type: target, values: address(array, start, width: 16))
        case (.view, .text), (.view, .blob): unsafe readViews(array, start, rows, result.pointer(StringValue.self))
        case (.offsets32, .text), (.offsets32, .blob), (.offsets64, .text), (.offsets64, .blob):
            try readBytes(array, start, rows, result)
        case (.any, .any): readSlots(array, start, rows, result)
        case (_, .any): try tag(array, start, rows, result)
        case (.float32, .float64):
            let values = unsafe elements(array, start, Float.self)
            let output = unsafe result.pointer(Double.self)
            for row in 0..<count { unsafe output[row] = Double(values[row]) }
        case (_, .int64): try unsafe widen(array, start, count, result.pointer(Int64.self))
        case (_, .int32): try unsafe widen(array, start, count, result.pointer(Int32.self))
        case (_, .int16): try unsafe widen(array, start, count, result.pointer(Int16.self))
        default: throw mismatch(array)
        }
        return result
    }

    private func mismatch(_ array: ArrowArray) -> EngineError {
        EngineError(.invariant, "an array of \(array.type) does not widen to a column of \(target)")
    }

    private func address(_ array: ArrowArray, _ start: Int, width: Int) -> UnsafeMutableRawPointer {
        // Vectors are read-only to everyone but their maker, so the constness may go.
        unsafe UnsafeMutableRawPointer(mutating: array.buffers[0].pointer + (array.offset + start) * width)
    }

    private func elements<Element>(_ array: ArrowArray, _ start: Int, _: Element.Type) -> UnsafePointer<Element> {
        let base = unsafe array.buffers[0].pointer.assumingMemoryBound(to: Element.self)
        return unsafe base + array.offset + start
    }

    private func spreadBits(_ array: ArrowArray, _ start: Int, _ count: Int, _ output: UnsafeMutablePointer<UInt8>) {
        let bits = unsafe array.buffers[0].pointer
        for row in 0..<count {
            unsafe output[row] = Bits.get(bits, array.offset + start + row) ? 1 : 0
        }
    }

    private func widen<Output: FixedWidthInteger>(
        _ array: ArrowArray, _ start: Int, _ count: Int, _ output: UnsafeMutablePointer<Output>
    ) throws {
        @inline(__always) func copy<Input: FixedWidthInteger>(_: Input.Type) throws {
            guard Input.bitWidth < Output.bitWidth else { throw mismatch(array) }
            let values = unsafe elements(array, start, Input.self)
            for row in 0..<count { unsafe output[row] = Output(truncatingIfNeeded: values[row]) }
        }
        switch array.type.physicalType {
        case .int8: try copy(Int8.self)
        case .int16: try copy(Int16.self)
        case .int32: try copy(Int32.self)
        case .uint8: try copy(UInt8.self)
        case .uint16: try copy(UInt16.self)
        case .uint32: try copy(UInt32.self)
        case .bit:
            let bits = unsafe array.buffers[0].pointer
            for row in 0..<count { unsafe output[row] = Bits.get(bits, array.offset + start + row) ? 1 : 0 }
        default: throw mismatch(array)
        }
    }
}

// MARK: - Strings

extension ColumnReader {
    private func readViews(
        _ array: ArrowArray, _ start: Int, _ rows: SelectionVector, _ output: UnsafeMutablePointer<StringValue>
    ) {
        let views = unsafe elements(array, start, ByteView.self)
        let heap = unsafe UnsafePointer(array.heap.pointers)
        @inline(__always) func copy(_ row: Int) {
            unsafe output[row] = stringValue(views[row], heap)
        }
        if let indices = unsafe rows.indices {
            for position in 0..<rows.count { copy(unsafe Int(indices[position])) }
        } else {
            for row in 0..<rows.rowCount { copy(row) }
        }
    }

    private func readBytes(_ array: ArrowArray, _ start: Int, _ rows: SelectionVector, _ result: ColumnVector) throws {
        guard let strings = ByteArrayView(array) else { throw mismatch(array) }
        let output = unsafe result.pointer(StringValue.self)
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            let bytes = unsafe strings.bytes(start + row)
            if let base = bytes.baseAddress {
                unsafe output[row] = StringValue(base, count: bytes.count)
            } else {
                unsafe output[row] = .empty
            }
        }
    }

    private func readSlots(_ array: ArrowArray, _ start: Int, _ rows: SelectionVector, _ result: ColumnVector) {
        guard let tags = unsafe result.tags else { return }
        let sourceTags = unsafe elements(array, start, UInt8.self)
        let slots = unsafe array.buffers[1].pointer.assumingMemoryBound(to: ByteView.self) + array.offset + start
        let heap = unsafe UnsafePointer(array.heap.pointers)
        let output = unsafe result.pointer(StringValue.self)
        unsafe tags.update(from: sourceTags, count: rows.rowCount)
        for position in 0..<rows.count {
            let row = rows.row(at: position)
            let slot = unsafe slots[row]
            let isString = unsafe tags[row] >= StorageClass.text.rawValue
            unsafe output[row] = isString ? stringValue(slot, heap) : StringValue(head: slot.low, tail: slot.high)
        }
    }
}

@inline(__always)
private func stringValue(_ view: ByteView, _ heap: UnsafePointer<UnsafeRawPointer>) -> StringValue {
    if view.isInline { return StringValue(head: view.low, tail: view.high) }
    let address = unsafe heap[view.bufferIndex] + view.byteOffset
    return StringValue(head: view.low, tail: UInt64(UInt(bitPattern: address)))
}

// MARK: - Typed arrays under `any`

extension ColumnReader {
    /// Writes the values of a typed array as slots, and the tags of the array's storage class.
    private func tag(_ array: ArrowArray, _ start: Int, _ rows: SelectionVector, _ result: ColumnVector) throws {
        let output = unsafe result.pointer(StringValue.self)
        let count = rows.rowCount
        switch array.type.physicalType {
        case .view:
            unsafe readViews(array, start, rows, output)
            writeTags(array.type.isText ? .text : .blob, array, start, count, result)
        case .offsets32, .offsets64:
            try readBytes(array, start, rows, result)
            writeTags(array.type.isText ? .text : .blob, array, start, count, result)
        case .float32:
            let values = unsafe elements(array, start, Float.self)
            for row in 0..<count {
                unsafe output[row] = StringValue(head: Double(values[row]).bitPattern, tail: 0)
            }
            writeTags(.real, array, start, count, result)
        case .float64:
            let values = unsafe elements(array, start, Double.self)
            for row in 0..<count { unsafe output[row] = StringValue(head: values[row].bitPattern, tail: 0) }
            writeTags(.real, array, start, count, result)
        default:
            try unsafe tagIntegers(array, start, count, output)
            writeTags(.integer, array, start, count, result)
        }
    }

    private func tagIntegers(
        _ array: ArrowArray, _ start: Int, _ count: Int, _ output: UnsafeMutablePointer<StringValue>
    ) throws {
        @inline(__always) func copy<Input: FixedWidthInteger>(_: Input.Type) {
            let values = unsafe elements(array, start, Input.self)
            for row in 0..<count {
                unsafe output[row] = StringValue(head: UInt64(truncatingIfNeeded: values[row]), tail: 0)
            }
        }
        switch array.type {
        case .int8: copy(Int8.self)
        case .int16: copy(Int16.self)
        case .int32: copy(Int32.self)
        case .int64: copy(Int64.self)
        case .bool:
            let bits = unsafe array.buffers[0].pointer
            for row in 0..<count {
                unsafe output[row] = StringValue(head: Bits.get(bits, array.offset + start + row) ? 1 : 0, tail: 0)
            }
        default: throw mismatch(array)
        }
    }

    private func writeTags(
        _ storageClass: StorageClass, _ array: ArrowArray, _ start: Int, _ count: Int, _ result: ColumnVector
    ) {
        guard let tags = unsafe result.tags else { return }
        unsafe tags.update(repeating: storageClass.rawValue, count: count)
        guard let bits = array.validity else { return }
        for row in 0..<count where unsafe !Bits.get(bits.pointer, array.offset + start + row) {
            unsafe tags[row] = StorageClass.null.rawValue
        }
    }
}

// MARK: - Validity

extension ColumnReader {
    /// Returns the validity words of a run, nil when no row of it is null.
    private func validity(_ array: ArrowArray, start: Int, count: Int) -> UnsafeMutablePointer<UInt64>? {
        guard let bits = array.validity else { return nil }
        let words = unsafe buffer.validityWords
        let first = array.offset + start
        var nullBits: UInt64 = 0
        for index in 0..<(count + 63) / 64 {
            let width = min(64, count - index * 64)
            let word = unsafe Bits.word(bits.pointer, first + index * 64, count: width)
            let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
            nullBits |= ~word & mask
            unsafe words[index] = word
        }
        return nullBits == 0 ? nil : unsafe words
    }
}
