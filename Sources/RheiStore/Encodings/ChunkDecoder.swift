import RheiArrow
import RheiCore

/// Turns the blocks of a column chunk into an array, checking everything that it reads.
///
/// Used by one thread; blocks come in order. Slots of null rows are zero in the result.
@safe final class ChunkDecoder {
    private let type: DataType
    private let encoding: Encoding
    private let rowCount: Int
    private let shared: SharedValues
    /// Values or views.
    private var values = MutableBuffer()
    private var tags = MutableBuffer()
    private var validity = BitmapBuilder()
    private var heap: [Buffer] = []
    private var done = 0
    private let width: Int
    private let form: Form
    /// Bits of values that do not fit the narrow form.
    private var misfits: UInt64 = 0
    private let scratch = WordScratch()

    /// What the result is made of.
    private enum Form {
        /// The type's own layout.
        case own
        /// Integers in the bytes of a narrower type.
        case narrow(DataType)
        /// Text as one byte per row beside the dictionary.
        case codes
    }

    /// - Parameters:
    ///   - shared: the chunk's own block, decompressed.
    ///   - bounds: of the values, where the result may be of fewer bytes than its type: integers narrow, few texts as
    ///     codes.
    /// - Throws: `corrupt` when the encoding is none of the type's, or damaged values in `shared`.
    init(
        _ type: DataType, _ encoding: Encoding, rowCount: Int, shared: Buffer?, keptWithin bounds: ZoneMap.Bounds? = nil
    ) throws {
        self.type = type
        self.encoding = encoding
        self.rowCount = rowCount
        let kind = ValueKind(type)
        guard let kind, kind.encodings.contains(encoding) else {
            throw EngineError(.corrupt, "the encoding \(encoding) of a column of type \(type)")
        }
        self.shared = try SharedValues(encoding, kind, shared)
        form = encoding == .empty ? .own : Self.form(type, encoding, rowCount, self.shared, bounds)
        switch (form, kind) {
        case (.narrow(let narrow), _): width = narrow.byteWidth ?? 8
        case (.codes, _): width = 1
        case (.own, let kind): width = Self.width(type, kind)
        }
        if kind == .bytes, let table = self.shared.heap { heap = [table] }
        values.reserve(rowCount * width)
        if kind == .mixed { tags.reserve(rowCount) }
    }

    private static func width(_ type: DataType, _ kind: ValueKind) -> Int {
        switch kind {
        case .words: type == .bool ? 1 : type.byteWidth ?? 8
        case .wide: 16
        case .bytes, .mixed: 16
        }
    }

    private static func form(
        _ type: DataType, _ encoding: Encoding, _ rowCount: Int, _ shared: SharedValues, _ bounds: ZoneMap.Bounds?
    ) -> Form {
        switch bounds {
        case .integers(let low, let high):
            return type.narrowed(from: low, through: high).map { .narrow($0) } ?? .own
        case .unknown where type == .utf8View && encoding == .byteDictionary:
            let count = shared.views.count
            return count <= 255 && count * 4 <= rowCount && shared.hasDistinctViews ? .codes : .own
        default: return .own
        }
    }

    /// Whether values lie beyond the bounds, as only a forged file has them: the result is none then.
    var hasMisfits: Bool { misfits != 0 }

    /// Appends the rows of one decompressed block.
    ///
    /// - Throws: `corrupt`, naming the byte of the block.
    func append(_ block: Buffer, rowCount blockRowCount: Int) throws {
        guard blockRowCount > 0, blockRowCount <= rowCount - done else {
            throw EngineError(.corrupt, "a block of \(blockRowCount) rows after \(done) of \(rowCount)")
        }
        let vectorCount = (blockRowCount + Encoding.vectorRowCount - 1) / Encoding.vectorRowCount
        var directory = ByteReader(block)
        var heapOfBlock = MutableBuffer()
        var usesHeap = false
        var start = vectorCount * 4
        for index in 0..<vectorCount {
            let end = Int(try directory.integer(UInt32.self))
            guard end >= start, end <= block.byteCount else { throw directory.corrupt("a vector that ends at \(end)") }
            let count = min(Encoding.vectorRowCount, blockRowCount - index * Encoding.vectorRowCount)
            var reader = ByteReader(block, start..<end)
            try appendVector(&reader, count, &heapOfBlock)
            try reader.finish()
            usesHeap = usesHeap || lastViewsUseHeap(count)
            start = end
        }
        guard start == block.byteCount else { throw EngineError(.corrupt, "\(block.byteCount - start) bytes too many") }
        if usesHeap, encoding == .symbolBytes { heap.append(heapOfBlock.freeze()) }
        if usesHeap, encoding == .plainBytes || encoding == .mixed { heap.append(block) }
    }

    private func appendVector(_ reader: inout ByteReader, _ count: Int, _ heapOfBlock: inout MutableBuffer) throws {
        let tag = try reader.integer(UInt8.self)
        guard let nulls = VectorNulls(rawValue: tag) else { throw reader.corrupt("a vector of kind \(tag)") }
        let firstRow = done
        done += count
        switch nulls {
        case .none: validity.append(repeating: true, count: count)
        case .all:
            validity.append(repeating: false, count: count)
            return appendZeros(firstRow, count)
        case .some:
            let start = try reader.take(Bits.byteCount(count))
            validity.append(contentsOf: Bitmap(buffer: reader.buffer, bitOffset: start * 8, count: count))
        }
        switch ValueKind(type) {
        case .words: unsafe try appendWords(&reader, firstRow, count, hasNulls: nulls == .some)
        case .wide: unsafe try appendWide(&reader, firstRow, count, hasNulls: nulls == .some)
        case .bytes: try appendViews(&reader, firstRow, count, &heapOfBlock, hasNulls: nulls == .some)
        case .mixed:
            guard nulls == .none else { throw reader.corrupt("nulls beside storage classes") }
            try appendMixed(&reader, firstRow, count)
        case nil: break
        }
    }

    private func appendZeros(_ firstRow: Int, _ count: Int) {
        if type == .bool {
            for row in firstRow..<done { storeBit(0, row) }
        } else {
            unsafe (values.pointer + firstRow * width).initializeMemory(
                as: UInt8.self, repeating: 0, count: count * width)
        }
    }

    // MARK: - Words

    /// Reads the words of a vector of any encoding for words into `out`.
    @unsafe private func readWords(
        _ reader: inout ByteReader, _ count: Int, _ out: UnsafeMutablePointer<UInt64>
    ) throws {
        switch encoding {
        case .constant: for row in 0..<count { unsafe out[row] = shared.word }
        case .packed: unsafe try PackedWords.read(&reader, count: count, into: out)
        case .delta: unsafe try DeltaWords.read(&reader, count: count, into: out)
        case .runs: unsafe try RunWords.read(&reader, count: count, into: out)
        case .decimalReals: unsafe try DecimalReals.read(&reader, count: count, into: out)
        case .dictionary:
            guard let dictionary = shared.dictionary else { throw reader.corrupt("no dictionary") }
            unsafe try dictionary.read(&reader, count: count, into: out)
        default: throw reader.corrupt("the encoding \(encoding) of words")
        }
    }

    @unsafe private func clearNulls(
        _ words: UnsafeMutablePointer<UInt64>, _ reader: ByteReader, _ firstRow: Int, _ count: Int, _ bits: Int
    ) {
        let buffer = reader.buffer
        for row in 0..<count {
            let isValid = unsafe Bits.get(buffer.pointer, bits * 8 + row)
            unsafe words[row] &= isValid ? .max : 0
        }
        withExtendedLifetime(buffer) {}
    }

    @unsafe private func appendWords(
        _ reader: inout ByteReader, _ firstRow: Int, _ count: Int, hasNulls: Bool
    ) throws {
        let words = unsafe scratch.words
        let bits = reader.position - Bits.byteCount(count)
        unsafe try readWords(&reader, count, words)
        if hasNulls { unsafe clearNulls(words, reader, firstRow, count, bits) }
        let target = unsafe values.pointer
        @inline(__always) func store<Value: FixedWidthInteger & BitwiseCopyable>(_: Value.Type) {
            for row in 0..<count {
                let value = unsafe Value(truncatingIfNeeded: words[row])
                unsafe target.storeBytes(
                    of: value, toByteOffset: (firstRow &+ row) &* MemoryLayout<Value>.size, as: Value.self)
            }
        }
        @inline(__always) func storeNarrow<Value: FixedWidthInteger & SignedInteger & BitwiseCopyable>(_: Value.Type) {
            var misfits: UInt64 = 0
            for row in 0..<count {
                let word = unsafe words[row]
                let value = Value(truncatingIfNeeded: word)
                misfits |= word ^ UInt64(truncatingIfNeeded: value)
                unsafe target.storeBytes(
                    of: value, toByteOffset: (firstRow &+ row) &* MemoryLayout<Value>.size, as: Value.self)
            }
            self.misfits |= misfits
        }
        if case .narrow = form {
            switch width {
            case 1: return storeNarrow(Int8.self)
            case 2: return storeNarrow(Int16.self)
            default: return storeNarrow(Int32.self)
            }
        }
        switch (type.physicalType, width) {
        case (.bit, _): for row in 0..<count { unsafe storeBit(words[row], firstRow + row) }
        case (.int128, _):
            for row in 0..<count {
                let value = unsafe Int128(Int64(bitPattern: words[row]))
                unsafe target.storeBytes(of: value, toByteOffset: (firstRow + row) * 16, as: Int128.self)
            }
        case (_, 1): store(UInt8.self)
        case (_, 2): store(UInt16.self)
        case (_, 4): store(UInt32.self)
        default: store(UInt64.self)
        }
    }

    private func storeBit(_ word: UInt64, _ row: Int) {
        if row & 7 == 0 { unsafe values.pointer.storeBytes(of: 0, toByteOffset: row >> 3, as: UInt8.self) }
        if word & 1 == 1 { unsafe Bits.set(values.pointer, row) }
    }

    @unsafe private func appendWide(
        _ reader: inout ByteReader, _ firstRow: Int, _ count: Int, hasNulls: Bool
    ) throws {
        guard encoding == .wide else {
            return unsafe try appendWords(&reader, firstRow, count, hasNulls: hasNulls)
        }
        let low = unsafe scratch.words
        let high = unsafe low + Encoding.vectorRowCount
        let bits = reader.position - Bits.byteCount(count)
        unsafe try PackedWords.read(&reader, count: count, into: low)
        unsafe try PackedWords.read(&reader, count: count, into: high)
        if hasNulls {
            unsafe clearNulls(low, reader, firstRow, count, bits)
            unsafe clearNulls(high, reader, firstRow, count, bits)
        }
        for row in 0..<count {
            let place = (firstRow + row) * 16
            unsafe values.pointer.storeBytes(of: low[row], toByteOffset: place, as: UInt64.self)
            unsafe values.pointer.storeBytes(of: high[row], toByteOffset: place + 8, as: UInt64.self)
        }
    }

    // MARK: - Bytes

    private func appendViews(
        _ reader: inout ByteReader, _ firstRow: Int, _ count: Int, _ heapOfBlock: inout MutableBuffer, hasNulls: Bool
    ) throws {
        let bits = reader.position - Bits.byteCount(count)
        if case .codes = form { return unsafe try appendCodes(&reader, firstRow, count, hasNulls ? bits : nil) }
        let views = unsafe (values.pointer + firstRow * 16).assumingMemoryBound(to: ByteView.self)
        switch encoding {
        case .constant:
            guard let view = shared.views.first else { throw reader.corrupt("no constant") }
            for row in 0..<count { unsafe views[row] = view }
        case .plainBytes:
            unsafe try PlainBytes.read(&reader, count: count, bufferIndex: heap.count, into: views)
        case .byteDictionary:
            unsafe try DictionaryBytes.read(&reader, count: count, table: shared.views, into: views)
        case .symbolBytes:
            guard let symbols = shared.symbols else { throw reader.corrupt("no symbols") }
            unsafe try SymbolBytes.read(
                &reader, count: count, symbols, heap: &heapOfBlock, bufferIndex: heap.count, into: views)
        default: throw reader.corrupt("the encoding \(encoding) of bytes")
        }
        guard hasNulls else { return }
        let buffer = reader.buffer
        for row in 0..<count where unsafe !Bits.get(buffer.pointer, bits * 8 + row) { unsafe views[row] = ByteView() }
        withExtendedLifetime(buffer) {}
    }

    @unsafe private func appendCodes(
        _ reader: inout ByteReader, _ firstRow: Int, _ count: Int, _ validity: Int?
    ) throws {
        let numbers = unsafe scratch.words
        unsafe try PackedWords.read(&reader, count: count, into: numbers)
        if let validity { unsafe clearNulls(numbers, reader, firstRow, count, validity) }
        let codes = unsafe (values.pointer + firstRow).assumingMemoryBound(to: UInt8.self)
        let limit = UInt64(shared.views.count)
        var isOutside = false
        for row in 0..<count {
            let number = unsafe numbers[row]
            if number >= limit { isOutside = true }
            unsafe codes[row] = UInt8(truncatingIfNeeded: number)
        }
        if isOutside { throw reader.corrupt("a number beyond \(limit) dictionary strings") }
    }

    private func appendMixed(_ reader: inout ByteReader, _ firstRow: Int, _ count: Int) throws {
        let slots = unsafe (values.pointer + firstRow * 16).assumingMemoryBound(to: ByteView.self)
        let tags = unsafe (tags.pointer + firstRow).assumingMemoryBound(to: UInt8.self)
        unsafe try MixedValues.read(&reader, count: count, bufferIndex: heap.count, tags: tags, slots: slots)
    }

    /// Whether one of the last rows has a view into the block's heap.
    private func lastViewsUseHeap(_ count: Int) -> Bool {
        if case .codes = form { return false }
        switch ValueKind(type) {
        case .bytes: break
        case .mixed:
            for row in (done - count)..<done {
                let tag = unsafe tags.pointer.load(fromByteOffset: row, as: UInt8.self)
                let view = unsafe values.pointer.load(fromByteOffset: row * 16, as: ByteView.self)
                if tag >= 3, !view.isInline { return true }
            }
            return false
        default: return false
        }
        for row in (done - count)..<done {
            if unsafe !values.pointer.load(fromByteOffset: row * 16, as: ByteView.self).isInline { return true }
        }
        return false
    }

    // MARK: - Result

    /// Returns all rows.
    ///
    /// - Throws: `corrupt` when there are not as many as announced.
    func finish() throws -> ArrowArray {
        if encoding == .empty {
            return try ArrowArray.joined([ArrowArray(.null, count: rowCount, buffers: [])], as: type)
        }
        guard done == rowCount else { throw EngineError(.corrupt, "\(done) rows instead of \(rowCount)") }
        if type == .any { return finishMixed() }
        let bitmap = validity.finish()
        let nullCount = rowCount - bitmap.countOnes()
        let nulls = nullCount > 0 ? bitmap.buffer : nil
        values.byteCount = type == .bool ? Bits.byteCount(rowCount) : rowCount * width
        if case .codes = form {
            return ArrowArray(
                ArrowArray.smallDictionaryType, count: rowCount, nullCount: nullCount, validity: nulls,
                buffers: [values.freeze()], children: [shared.viewArray()])
        }
        if ValueKind(type) != .bytes {
            var result = type
            if case .narrow(let narrow) = form { result = narrow }
            return ArrowArray(
                result, count: rowCount, nullCount: nullCount, validity: nulls, buffers: [values.freeze()])
        }
        let physical = type.physicalType
        let viewType: DataType = physical == .view ? type : .binaryView
        let views = ArrowArray(
            viewType, count: rowCount, nullCount: nullCount, validity: nulls, buffers: [values.freeze()] + heap)
        return physical == .view ? views : try ByteLayouts.convert(views, to: type)
    }

    private func finishMixed() -> ArrowArray {
        tags.byteCount = rowCount
        values.byteCount = rowCount * 16
        var bits = BitmapBuilder(capacity: rowCount)
        var nullCount = 0
        for row in 0..<rowCount {
            let isValid = unsafe tags.pointer.load(fromByteOffset: row, as: UInt8.self) != 0
            bits.append(isValid)
            if !isValid { nullCount += 1 }
        }
        let nulls = nullCount > 0 ? bits.finish().buffer : nil
        return ArrowArray(
            .any, count: rowCount, nullCount: nullCount, validity: nulls,
            buffers: [tags.freeze(), values.freeze()] + heap)
    }
}
