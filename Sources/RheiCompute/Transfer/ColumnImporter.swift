package import RheiArrow
import RheiCore

/// Makes vectors of one type from slices of arrays, one batch after the other.
///
/// Numbers of the same layout are not copied; validity is shifted into place when the slice does not begin at a word.
/// Views become ``StringValue`` with addresses. An array of another type is widened where no value can be lost: integers
/// to wider integers, numbers, text and blobs to `any`, nulls to everything.
///
/// The importer keeps the array alive; a vector is valid until the next call.
@safe package final class ColumnImporter {
    /// The type of the vectors.
    package let type: VectorType
    private let buffer: VectorBuffer
    private var source: ArrowArray?
    /// Makes the vectors of the array's own type when that is another one.
    private var natural: ColumnImporter?

    package init(type: VectorType) {
        self.type = type
        buffer = VectorBuffer(type: type)
    }

    /// Returns rows `offset ..< offset + count` of `array`.
    ///
    /// - Precondition: the rows exist, at most ``VectorBatch/capacity``.
    /// - Throws: `unsupported` for arrays that have no vector form, `leavesStaticType` for a value without a place in
    ///   the importer's type.
    package func vector(of array: ArrowArray, offset: Int, count: Int) throws -> ColumnVector {
        precondition(count <= VectorBatch.capacity && offset >= 0 && offset <= array.count - count)
        source = array
        if array.type.physicalType == .none { return nulls(count) }
        guard let arrayType = VectorType(array.type) else {
            throw EngineError.unsupported("columns of type \(array.type)")
        }
        if arrayType != type { return try widened(array, arrayType, offset, count) }
        var result = values(of: array, first: array.offset + offset, count)
        attachValidity(of: array, first: array.offset + offset, count, to: &result)
        return result
    }

    private func nulls(_ count: Int) -> ColumnVector {
        buffer.validity.fill(false, rowCount: count)
        let result = buffer.nullable(isConstant: false)
        if type == .any {
            let tags = result.tagValues
            for row in 0..<count { tags[row] = 0 }
        }
        return result
    }

    private func widened(_ array: ArrowArray, _ arrayType: VectorType, _ offset: Int, _ count: Int) throws
        -> ColumnVector
    {
        if natural?.type != arrayType { natural = ColumnImporter(type: arrayType) }
        guard let natural else { return nulls(count) }
        let vector = try natural.vector(of: array, offset: offset, count: count)
        return try CastKernel.represent(vector, rows: SelectionVector(all: count), into: buffer)
    }

    private func attachValidity(of array: ArrowArray, first: Int, _ count: Int, to vector: inout ColumnVector) {
        guard let bits = array.validity, array.nullCount > 0 else { return }
        let validity = buffer.validity
        var row = 0
        while row < count {
            validity[word: row >> 6] = unsafe Bits.word(bits.pointer, first + row, count: min(64, count - row))
            row += 64
        }
        unsafe vector.validity = buffer.validityWords
    }

    private func values(of array: ArrowArray, first: Int, _ count: Int) -> ColumnVector {
        switch array.type.physicalType {
        case .bit: return unsafe bits(array.buffers[0].pointer, first, count)
        case .view: return unsafe views(array, array.buffers[0].pointer + first * 16, count)
        case .any:
            var result = unsafe views(array, array.buffers[1].pointer + first * 16, count, tagsAt: first)
            let tags = unsafe (array.buffers[0].pointer + first).assumingMemoryBound(to: UInt8.self)
            unsafe result.tags = UnsafeMutablePointer(mutating: tags)
            return result
        case .offsets32, .offsets64: return offsets(array, first, count)
        default:
            let start = unsafe array.buffers[0].pointer + first * type.byteWidth
            return unsafe ColumnVector(type: type, values: UnsafeMutableRawPointer(mutating: start))
        }
    }

    /// Spreads bits to bytes, eight at a time.
    private func bits(_ source: UnsafeRawPointer, _ first: Int, _ count: Int) -> ColumnVector {
        let result = buffer.vector()
        var row = 0
        while row < count {
            var word = unsafe Bits.word(source, first + row, count: min(64, count - row))
            for group in 0..<8 {
                unsafe result.values.storeBytes(of: spreadBits(word), toByteOffset: row + group * 8, as: UInt64.self)
                word &>>= 8
            }
            row += 64
        }
        return result
    }
}

/// Turns the low eight bits into eight bytes of 0 or 1, the lowest bit's first.
@inline(__always) func spreadBits(_ bits: UInt64) -> UInt64 {
    let copies = (bits & 255) &* 0x0101_0101_0101_0101
    let chosen = copies & 0x8040_2010_0804_0201
    return ((chosen &+ 0x7F7F_7F7F_7F7F_7F7F) &>> 7) & 0x0101_0101_0101_0101
}

extension ColumnImporter {
    /// Replaces buffer indices by addresses. Null rows of views are readable by the array's own rules.
    private func views(
        _ array: ArrowArray, _ views: UnsafeRawPointer, _ count: Int
    ) -> ColumnVector {
        if array.heap.buffers.isEmpty {
            return unsafe ColumnVector(type: type, values: UnsafeMutableRawPointer(mutating: views))
        }
        let source = unsafe views.assumingMemoryBound(to: ByteView.self)
        let heap = unsafe array.heap.pointers
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        for row in 0..<count {
            let view = unsafe source[row]
            if view.isInline {
                values[row] = StringValue(head: view.low, tail: view.high)
            } else {
                let address = unsafe heap[view.bufferIndex] + view.byteOffset
                values[row] = StringValue(head: view.low, tail: UInt64(UInt(bitPattern: address)))
            }
        }
        return result
    }

    /// As `views` for the slots of `any`, of which only texts and blobs are views.
    private func views(_ array: ArrowArray, _ slots: UnsafeRawPointer, _ count: Int, tagsAt first: Int) -> ColumnVector
    {
        if array.heap.buffers.isEmpty {
            return unsafe ColumnVector(type: type, values: UnsafeMutableRawPointer(mutating: slots))
        }
        let source = unsafe slots.assumingMemoryBound(to: ByteView.self)
        let tags = unsafe (array.buffers[0].pointer + first).assumingMemoryBound(to: UInt8.self)
        let heap = unsafe array.heap.pointers
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        for row in 0..<count {
            let view = unsafe source[row]
            if unsafe tags[row] < StorageClass.text.rawValue || view.isInline {
                values[row] = StringValue(head: view.low, tail: view.high)
            } else {
                let address = unsafe heap[view.bufferIndex] + view.byteOffset
                values[row] = StringValue(head: view.low, tail: UInt64(UInt(bitPattern: address)))
            }
        }
        return result
    }

    private func offsets(_ array: ArrowArray, _ first: Int, _ count: Int) -> ColumnVector {
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        let entries = unsafe array.buffers[0].pointer
        let data = unsafe array.buffers[1].pointer
        let isNarrow = array.type.physicalType == .offsets32
        for row in 0..<count {
            let start = unsafe offset(entries, first + row, isNarrow)
            let end = unsafe offset(entries, first + row + 1, isNarrow)
            values[row] = unsafe StringValue(data + start, count: end - start)
        }
        return result
    }

    private func offset(_ entries: UnsafeRawPointer, _ slot: Int, _ isNarrow: Bool) -> Int {
        isNarrow
            ? unsafe Int(entries.load(fromByteOffset: slot * 4, as: Int32.self))
            : unsafe Int(entries.load(fromByteOffset: slot * 8, as: Int64.self))
    }
}
