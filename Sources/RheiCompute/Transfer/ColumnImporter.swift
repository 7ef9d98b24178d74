package import RheiArrow
import RheiCore

/// Makes vectors of one type from runs of arrays, one batch after the other.
///
/// Numbers of the same layout are not copied; validity is shifted into place. Views become ``StringValue`` with
/// addresses, as do the codes of small dictionaries. An array of another type is widened where no value can be lost:
/// integers to wider ones, numbers, text and blobs to `any`, nulls to everything.
///
/// What an array's type asks for is found out once, by `bind(_:)`. A vector refers to the array's memory or to the
/// importer's: it is valid until the next call.
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
    /// Owns what `source` and `validity` point to.
    private var array: ArrowArray?
    private var source = Source.nulls
    /// The array's validity bits from their first byte on; nil where no row is null.
    private var validity: UnsafeRawPointer?
    /// The slot of the array's first row.
    private var firstSlot = 0
    private var rowCount = 0

    /// Where the values of an array lie, at slot 0, and how they become vectors.
    @safe private enum Source {
        case nulls
        /// In the vector's layout.
        case plain(UnsafeRawPointer)
        case bits(UnsafeRawPointer)
        /// Views into data buffers with these addresses.
        case views(UnsafeRawPointer, heap: UnsafePointer<UnsafeRawPointer>)
        case slots(UnsafeRawPointer, tags: UnsafePointer<UInt8>, heap: UnsafePointer<UnsafeRawPointer>?)
        case offsets32(UnsafeRawPointer, data: UnsafeRawPointer)
        case offsets64(UnsafeRawPointer, data: UnsafeRawPointer)
        /// Codes of the texts in `dictionary`.
        case codes(UnsafeRawPointer)
        /// Decimals of 128 bits for vectors of 64.
        case wide(UnsafeRawPointer)
        /// Through the importer of the array's own type.
        case widened(ColumnImporter)
        case nested(NestedImporter)
    }

    package init(type: VectorType) {
        self.type = type
        buffer = VectorBuffer(type: type)
    }

    /// A vector of the right type, for a column that was not read.
    package var placeholder: ColumnVector { buffer.vector() }

    /// Takes an array, which is kept, to make vectors from.
    ///
    /// - Throws: `unsupported` for arrays that have no vector form, `invariant` for those that do not widen to the
    ///   importer's type.
    package func bind(_ array: ArrowArray) throws {
        self.array = array
        (firstSlot, rowCount) = (array.offset, array.count)
        unsafe validity = unsafe array.validity?.pointer
        source = try source(of: array)
    }

    /// Returns rows `offset ..< offset + rows.rowCount` of the bound array. The values of rows that are not in `rows`
    /// are unspecified.
    ///
    /// - Precondition: the rows exist, at most ``VectorBatch/capacity``.
    /// - Throws: `corrupt` for a decimal with more digits than its type has.
    package func vector(offset: Int, rows: SelectionVector) throws -> ColumnVector {
        let count = rows.rowCount
        precondition(count <= VectorBatch.capacity && offset >= 0 && offset <= rowCount - count)
        let first = firstSlot + offset
        var result: ColumnVector
        switch source {
        case .nulls: return nulls(count)
        // Vectors are read-only to everyone but their maker, so the constness may go.
        case .plain(let base):
            let start = unsafe base + first * type.byteWidth
            result = unsafe ColumnVector(type: type, values: UnsafeMutableRawPointer(mutating: start))
        case .bits(let base): result = unsafe bits(base, first, count)
        case .views(let base, let heap): result = unsafe views(base + first * 16, heap, rows)
        case .slots(let base, let tags, let heap): result = unsafe slots(base + first * 16, tags + first, heap, rows)
        case .offsets32(let base, let data): result = unsafe strings(base, Int32.self, data, first, rows)
        case .offsets64(let base, let data): result = unsafe strings(base, Int64.self, data, first, rows)
        case .codes(let base): result = unsafe coded(base + first, rows)
        case .wide(let base): return try unsafe narrowed(base + first * 16, first, rows)
        case .widened(let importer):
            return try CastKernel.represent(try importer.vector(offset: offset, rows: rows), rows: rows, into: buffer)
        case .nested(let importer): return try nested(importer, offset, rows)
        }
        attachValidity(first, count, to: &result)
        return result
    }

    /// Whether the bound array has integers of fewer bits than the vectors.
    package var widensIntegers: Bool {
        guard case .widened(let importer) = source else { return false }
        return type.isInteger && importer.type.isInteger
    }

    /// Returns the same rows as `vector(offset:rows:)`, integers of fewer bits as the array has them: for kernels that
    /// take integers of any width, and leave most rows out.
    package func narrowVector(offset: Int, rows: SelectionVector) throws -> ColumnVector {
        guard widensIntegers, case .widened(let importer) = source else {
            return try vector(offset: offset, rows: rows)
        }
        return try importer.vector(offset: offset, rows: rows)
    }

    /// Returns rows of an array; see `bind(_:)` and `vector(offset:rows:)`.
    package func vector(of array: ArrowArray, offset: Int, rows: SelectionVector) throws -> ColumnVector {
        try bind(array)
        return try vector(offset: offset, rows: rows)
    }

    private func source(of array: ArrowArray) throws -> Source {
        if array.type.physicalType == .none { return .nulls }
        if array.type == ArrowArray.smallDictionaryType { return try codes(of: array) }
        guard let arrayType = VectorType(layoutOf: array) else {
            throw EngineError.unsupported("columns of type \(array.type)")
        }
        if array.type.hasNestedForm {
            guard type == .blob else { throw misfit(array) }
            return .nested(try NestedImporter(array.type))
        }
        if arrayType != type {
            // A segment without a value has the type that the column was declared with.
            if array.nullCount == array.count { return .nulls }
            if arrayType == .int128, type == .int64 { return unsafe .wide(array.buffers[0].pointer) }
            guard array.type.hasPlainValues, type.isWider(than: arrayType) else { throw misfit(array) }
            return .widened(try boundNatural(array, arrayType))
        }
        return values(of: array)
    }

    private func misfit(_ array: ArrowArray) -> EngineError {
        EngineError(.invariant, "an array of \(array.type) does not widen to a column of \(type)")
    }

    private func boundNatural(_ array: ArrowArray, _ arrayType: VectorType) throws -> ColumnImporter {
        let importer = natural.flatMap { $0.type == arrayType ? $0 : nil } ?? ColumnImporter(type: arrayType)
        natural = importer
        try importer.bind(array)
        return importer
    }

    private func values(of array: ArrowArray) -> Source {
        let base = unsafe array.buffers[0].pointer
        let heap = unsafe array.heap.buffers.isEmpty ? nil : UnsafePointer(array.heap.pointers)
        switch array.type.physicalType {
        case .bit: return unsafe .bits(base)
        // Without data buffers every view is inline and looks the same in vectors.
        case .view: return unsafe heap.map { unsafe .views(base, heap: $0) } ?? .plain(base)
        case .any:
            let tags = unsafe base.assumingMemoryBound(to: UInt8.self)
            return unsafe .slots(array.buffers[1].pointer, tags: tags, heap: heap)
        case .offsets32: return unsafe .offsets32(base, data: array.buffers[1].pointer)
        case .offsets64: return unsafe .offsets64(base, data: array.buffers[1].pointer)
        default: return unsafe .plain(base)
        }
    }

    /// Resolves the texts of a small dictionary.
    private func codes(of array: ArrowArray) throws -> Source {
        if array.nullCount == array.count { return .nulls }
        guard type == .text, let texts = array.children.first else {
            guard type == .any else { throw misfit(array) }
            return .widened(try boundNatural(array, .text))
        }
        let known = dictionary.vector().elements(StringValue.self)
        let views = unsafe texts.buffers[0].pointer.assumingMemoryBound(to: ByteView.self) + texts.offset
        let addresses = unsafe UnsafePointer(texts.heap.pointers)
        for code in 0..<texts.count { known[code] = unsafe stringValue(views[code], addresses) }
        return unsafe .codes(array.buffers[0].pointer)
    }

    private func nulls(_ count: Int) -> ColumnVector {
        buffer.validity.fill(false, rowCount: count)
        let result = buffer.nullable(isConstant: false)
        if let tags = unsafe result.tags { unsafe tags.update(repeating: StorageClass.null.rawValue, count: count) }
        return result
    }

    /// Takes decimals of at most 18 digits from 128 bits each.
    private func narrowed(_ start: UnsafeRawPointer, _ first: Int, _ rows: SelectionVector) throws -> ColumnVector {
        let words = unsafe start.assumingMemoryBound(to: Int64.self)
        var result = buffer.vector()
        let values = result.elements(Int64.self)
        var misfit: Int64 = 0
        rows.forEachDense { row in
            let (low, high) = unsafe (words[2 &* row], words[2 &* row &+ 1])
            values[row] = low
            misfit |= high ^ (low &>> 63)
        }
        attachValidity(first, rows.rowCount, to: &result)
        if misfit != 0 {
            for row in rows.rows where unsafe result.isValid(row) && words[2 * row + 1] != words[2 * row] >> 63 {
                throw EngineError(.corrupt, "a value of a column of decimals has more digits than its type")
            }
        }
        return result
    }

    /// Lists, structs and intervals as bytes.
    private func nested(_ importer: NestedImporter, _ offset: Int, _ rows: SelectionVector) throws -> ColumnVector {
        guard let array else { return nulls(rows.rowCount) }
        nestedArena.reset()
        return try buffer.fillRows(rows, isConstant: false) { row in
            guard array.isValid(offset + row) else { return .null }
            return .blob(nestedArena.store(try importer.payload(array, offset + row)))
        }
    }

    /// Attaches the validity of a run, unless no row of it is null.
    private func attachValidity(_ first: Int, _ count: Int, to vector: inout ColumnVector) {
        guard let bits = unsafe validity else { return }
        let validity = buffer.validity
        var nulls: UInt64 = 0
        for row in stride(from: 0, to: count, by: 64) {
            let width = min(64, count - row)
            let word = unsafe Bits.word(bits, first + row, count: width)
            nulls |= ~word & (.max &>> UInt64(64 - width))
            validity[word: row >> 6] = word
        }
        if nulls != 0 { unsafe vector.validity = buffer.validityWords }
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

    // MARK: strings

    /// Replaces buffer indices by addresses. Null rows of views are readable by the array's own rules.
    private func views(
        _ views: UnsafeRawPointer, _ addresses: UnsafePointer<UnsafeRawPointer>, _ rows: SelectionVector
    ) -> ColumnVector {
        let source = unsafe views.assumingMemoryBound(to: ByteView.self)
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        rows.forEach { row in values[row] = unsafe stringValue(source[row], addresses) }
        return result
    }

    /// As `views` for the slots of `any`, of which only texts and blobs are views.
    private func slots(
        _ slots: UnsafeRawPointer, _ tags: UnsafePointer<UInt8>, _ heap: UnsafePointer<UnsafeRawPointer>?,
        _ rows: SelectionVector
    ) -> ColumnVector {
        let mutableTags = unsafe UnsafeMutablePointer(mutating: tags)
        guard let addresses = unsafe heap else {
            return unsafe ColumnVector(
                type: type, values: UnsafeMutableRawPointer(mutating: slots), tags: mutableTags)
        }
        let source = unsafe slots.assumingMemoryBound(to: ByteView.self)
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
    private func coded(_ start: UnsafeRawPointer, _ rows: SelectionVector) -> ColumnVector {
        let codes = unsafe start.assumingMemoryBound(to: UInt8.self)
        let known = dictionary.vector().elements(StringValue.self)
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        rows.forEachDense { values[$0] = unsafe known[Int(codes[$0])] }
        return result
    }

    @inline(__always)
    private func strings<Offset: FixedWidthInteger & BitwiseCopyable>(
        _ base: UnsafeRawPointer, _: Offset.Type, _ data: UnsafeRawPointer, _ first: Int, _ rows: SelectionVector
    ) -> ColumnVector {
        let result = buffer.vector()
        let values = result.elements(StringValue.self)
        let ends = unsafe base.assumingMemoryBound(to: Offset.self) + first
        rows.forEach { row in
            let start = unsafe Int(truncatingIfNeeded: ends[row])
            let end = unsafe Int(truncatingIfNeeded: ends[row &+ 1])
            values[row] = unsafe StringValue(data + start, count: end &- start)
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
