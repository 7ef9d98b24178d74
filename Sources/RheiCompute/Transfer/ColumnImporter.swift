package import RheiArrow
import RheiCore

/// Makes vectors of one type from runs of arrays, one batch after the other.
///
/// Numbers of the same layout are not copied; validity is shifted into place. Views become ``StringValue`` with
/// addresses, as do the codes of small dictionaries. An array of another type is widened where no value can be lost: integers to wider ones, numbers, text
/// and blobs to `any`, nulls to everything.
///
/// A vector refers to the array's memory or to the importer's: it is valid until the next call, as long as the array
/// is kept.
@safe package final class ColumnImporter {
    /// The type of the vectors.
    package let type: VectorType
    private let buffer: VectorBuffer
    /// The bytes of lists, structs and intervals of the last batch.
    private lazy var nestedArena = StringArena()
    /// The texts that codes stand for.
    private lazy var dictionary = VectorBuffer(type: .text, capacity: 256)
    /// Makes the vectors of the array's own type when that is another one.
    private var natural: ColumnImporter?

    package init(type: VectorType) {
        self.type = type
        buffer = VectorBuffer(type: type)
    }

    /// A vector of the right type, for a column that was not read.
    package var placeholder: ColumnVector { buffer.vector() }

    /// Returns rows `offset ..< offset + rows.rowCount` of `array`. The values of rows that are not in `rows` are
    /// unspecified.
    ///
    /// - Precondition: the rows exist, at most ``VectorBatch/capacity``.
    /// - Throws: `unsupported` for arrays that have no vector form, `invariant` for those that do not widen to the
    ///   importer's type.
    package func vector(of array: ArrowArray, offset: Int, rows: SelectionVector) throws -> ColumnVector {
        let count = rows.rowCount
        precondition(count <= VectorBatch.capacity && offset >= 0 && offset <= array.count - count)
        if array.type.physicalType == .none { return nulls(count) }
        if array.type == ArrowArray.smallDictionaryType { return try coded(array, offset, rows) }
        guard let arrayType = VectorType(layoutOf: array) else {
            throw EngineError.unsupported("columns of type \(array.type)")
        }
        if array.type.hasNestedForm { return try nested(array, offset, rows) }
        if arrayType != type {
            // A segment without a value has the type that the column was declared with.
            if array.nullCount == array.count { return nulls(count) }
            if arrayType == .int128, type == .int64 { return try narrowed(array, offset, rows) }
            return try widened(array, arrayType, offset, rows)
        }
        let first = array.offset + offset
        var result = values(of: array, first, rows)
        attachValidity(of: array, first, count, to: &result)
        return result
    }

    private func nulls(_ count: Int) -> ColumnVector {
        buffer.validity.fill(false, rowCount: count)
        let result = buffer.nullable(isConstant: false)
        if let tags = unsafe result.tags { unsafe tags.update(repeating: StorageClass.null.rawValue, count: count) }
        return result
    }

    /// Takes decimals of at most 18 digits from 128 bits each.
    private func narrowed(_ array: ArrowArray, _ offset: Int, _ rows: SelectionVector) throws -> ColumnVector {
        let first = array.offset + offset
        let words = unsafe (array.buffers[0].pointer + first * 16).assumingMemoryBound(to: Int64.self)
        var result = buffer.vector()
        let values = result.elements(Int64.self)
        var misfit: Int64 = 0
        rows.forEachDense { row in
            let (low, high) = unsafe (words[2 &* row], words[2 &* row &+ 1])
            values[row] = low
            misfit |= high ^ (low &>> 63)
        }
        attachValidity(of: array, first, rows.rowCount, to: &result)
        if misfit != 0 {
            for row in rows.rows where unsafe result.isValid(row) && words[2 * row + 1] != words[2 * row] >> 63 {
                throw EngineError(.corrupt, "a value of a column of type \(array.type) has more digits")
            }
        }
        return result
    }

    /// Lists, structs and intervals as bytes.
    private func nested(_ array: ArrowArray, _ offset: Int, _ rows: SelectionVector) throws -> ColumnVector {
        guard type == .blob else {
            throw EngineError(.invariant, "an array of \(array.type) does not widen to a column of \(type)")
        }
        nestedArena.reset()
        let importer = try NestedImporter(array.type)
        return try buffer.fillRows(rows, isConstant: false) { row in
            guard array.isValid(offset + row) else { return .null }
            return .blob(nestedArena.store(try importer.payload(array, offset + row)))
        }
    }

    private func widened(
        _ array: ArrowArray, _ arrayType: VectorType, _ offset: Int, _ rows: SelectionVector
    ) throws -> ColumnVector {
        guard array.type.hasPlainValues, type.isWider(than: arrayType) else {
            throw EngineError(.invariant, "an array of \(array.type) does not widen to a column of \(type)")
        }
        let importer = natural.flatMap { $0.type == arrayType ? $0 : nil } ?? ColumnImporter(type: arrayType)
        natural = importer
        let vector = try importer.vector(of: array, offset: offset, rows: rows)
        return try CastKernel.represent(vector, rows: rows, into: buffer)
    }

    /// Attaches the validity of a run, unless no row of it is null.
    private func attachValidity(of array: ArrowArray, _ first: Int, _ count: Int, to vector: inout ColumnVector) {
        guard let bits = array.validity else { return }
        let validity = buffer.validity
        var nulls: UInt64 = 0
        for row in stride(from: 0, to: count, by: 64) {
            let width = min(64, count - row)
            let word = unsafe Bits.word(bits.pointer, first + row, count: width)
            nulls |= ~word & (.max &>> UInt64(64 - width))
            validity[word: row >> 6] = word
        }
        if nulls != 0 { unsafe vector.validity = buffer.validityWords }
    }

    private func values(of array: ArrowArray, _ first: Int, _ rows: SelectionVector) -> ColumnVector {
        switch array.type.physicalType {
        case .bit: return unsafe bits(array.buffers[0].pointer, first, rows.rowCount)
        case .view: return unsafe views(array.buffers[0].pointer + first * 16, array.heap, rows)
        case .any:
            let tags = unsafe (array.buffers[0].pointer + first).assumingMemoryBound(to: UInt8.self)
            return unsafe slots(array.buffers[1].pointer + first * 16, tags, array.heap, rows)
        case .offsets32, .offsets64: return offsets(array, first, rows)
        default:
            // Vectors are read-only to everyone but their maker, so the constness may go.
            let start = unsafe array.buffers[0].pointer + first * type.byteWidth
            return unsafe ColumnVector(type: type, values: UnsafeMutableRawPointer(mutating: start))
        }
    }

    /// Spreads bits to bytes, eight at a time.
    private func bits(_ source: UnsafeRawPointer, _ first: Int, _ count: Int) -> ColumnVector {
        let result = buffer.vector()
        for row in stride(from: 0, to: count, by: 64) {
            var word = unsafe Bits.word(source, first + row, count: min(64, count - row))
            for group in 0..<8 {
                unsafe result.values.storeBytes(of: spreadBits(word), toByteOffset: row + group * 8, as: UInt64.self)
                word &>>= 8
            }
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

// MARK: - Strings

extension ColumnImporter {
    /// Replaces buffer indices by addresses. Without data buffers every view is inline and looks the same in vectors.
    /// Null rows of views are readable by the array's own rules.
    private func views(_ views: UnsafeRawPointer, _ heap: ViewHeap, _ rows: SelectionVector) -> ColumnVector {
        if heap.buffers.isEmpty {
            return unsafe ColumnVector(type: type, values: UnsafeMutableRawPointer(mutating: views))
        }
        let source = unsafe views.assumingMemoryBound(to: ByteView.self)
        let addresses = unsafe UnsafePointer(heap.pointers)
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        rows.forEach { row in values[row] = unsafe stringValue(source[row], addresses) }
        return result
    }

    /// As `views` for the slots of `any`, of which only texts and blobs are views.
    private func slots(
        _ slots: UnsafeRawPointer, _ tags: UnsafePointer<UInt8>, _ heap: ViewHeap, _ rows: SelectionVector
    ) -> ColumnVector {
        let mutableTags = unsafe UnsafeMutablePointer(mutating: tags)
        if heap.buffers.isEmpty {
            return unsafe ColumnVector(
                type: type, values: UnsafeMutableRawPointer(mutating: slots), tags: mutableTags)
        }
        let source = unsafe slots.assumingMemoryBound(to: ByteView.self)
        let addresses = unsafe UnsafePointer(heap.pointers)
        var result = buffer.vector()
        unsafe result.tags = mutableTags
        let values = result.elements(StringValue.self)
        rows.forEach { row in
            let slot = unsafe source[row]
            let isString = unsafe tags[row] >= StorageClass.text.rawValue
            values[row] = unsafe isString ? stringValue(slot, addresses) : StringValue(head: slot.low, tail: slot.high)
        }
        return result
    }

    /// Looks up the texts of codes.
    private func coded(_ array: ArrowArray, _ offset: Int, _ rows: SelectionVector) throws -> ColumnVector {
        if array.nullCount == array.count { return nulls(rows.rowCount) }
        guard type == .text, let texts = array.children.first else {
            let importer = natural.flatMap { $0.type == .text ? $0 : nil } ?? ColumnImporter(type: .text)
            guard type == .any else {
                throw EngineError(.invariant, "an array of \(array.type) does not widen to a column of \(type)")
            }
            natural = importer
            return try CastKernel.represent(
                importer.vector(of: array, offset: offset, rows: rows), rows: rows, into: buffer)
        }
        let known = dictionary.vector().elements(StringValue.self)
        let views = unsafe texts.buffers[0].pointer.assumingMemoryBound(to: ByteView.self) + texts.offset
        let addresses = unsafe UnsafePointer(texts.heap.pointers)
        for code in 0..<texts.count { known[code] = unsafe stringValue(views[code], addresses) }
        let first = array.offset + offset
        let codes = unsafe array.buffers[0].pointer.assumingMemoryBound(to: UInt8.self) + first
        var result = buffer.vector()
        let values = result.elements(StringValue.self)
        rows.forEachDense { values[$0] = unsafe known[Int(codes[$0])] }
        attachValidity(of: array, first, rows.rowCount, to: &result)
        return result
    }

    private func offsets(_ array: ArrowArray, _ first: Int, _ rows: SelectionVector) -> ColumnVector {
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        let data = unsafe array.buffers[1].pointer
        @inline(__always) func read<Offset: FixedWidthInteger>(_: Offset.Type) {
            let ends = unsafe array.buffers[0].pointer.assumingMemoryBound(to: Offset.self) + first
            rows.forEach { row in
                let start = unsafe Int(truncatingIfNeeded: ends[row])
                let end = unsafe Int(truncatingIfNeeded: ends[row &+ 1])
                values[row] = unsafe StringValue(data + start, count: end &- start)
            }
        }
        if array.type.physicalType == .offsets32 { read(Int32.self) } else { read(Int64.self) }
        return result
    }
}

@inline(__always)
private func stringValue(_ view: ByteView, _ heap: UnsafePointer<UnsafeRawPointer>) -> StringValue {
    if view.isInline { return StringValue(head: view.low, tail: view.high) }
    let address = unsafe heap[view.bufferIndex] + view.byteOffset
    return StringValue(head: view.low, tail: UInt64(UInt(bitPattern: address)))
}

// MARK: - Types

extension VectorType {
    /// The form of an array's own vectors; nil where there is none.
    fileprivate init?(layoutOf array: ArrowArray) {
        if array.type.isText {
            self = .text
        } else if array.type.isBinary {
            self = .blob
        } else if array.type.physicalType == .int128 {
            self = .int128
        } else {
            self.init(array.type)
        }
    }

    /// Whether every value of `other` has its exact place in this type.
    fileprivate func isWider(than other: VectorType) -> Bool {
        switch self {
        case .any: return other != .int128
        case .int16, .int32, .int64, .int128: return other.isInteger && other.byteWidth <= byteWidth
        case .float64: return other == .float32 || (other.isInteger && other != .int64)
        default: return false
        }
    }
}

extension DataType {
    /// Whether the numbers of an array mean themselves, and not a date, an instant or a decimal.
    fileprivate var hasPlainValues: Bool {
        switch self {
        case .bool, .int8, .int16, .int32, .int64, .float32, .float64: true
        default: isText || isBinary
        }
    }
}
