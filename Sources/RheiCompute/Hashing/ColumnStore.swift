import RheiArrow

/// A column of any number of rows that an operator keeps: values, validity bits and tags, each in one run of memory.
///
/// Strings are kept by value, their bytes in the arena that the owner passes. Views of it (`vector(from:count:)`) are
/// valid until the next append.
package final class ColumnStore {
    package let type: VectorType
    package private(set) var rowCount = 0
    private let values: MemoryBlock
    private let tags: MemoryBlock?
    private var validity: MemoryBlock?

    package init(type: VectorType) {
        self.type = type
        values = MemoryBlock(byteCount: 0)
        tags = type == .any ? MemoryBlock(byteCount: 0) : nil
    }

    /// A column of `rowCount` rows to be written by ``copy(_:rows:to:)``.
    init(type: VectorType, rowCount: Int, hasNulls: Bool) {
        self.type = type
        self.rowCount = rowCount
        values = MemoryBlock(byteCount: rowCount * type.byteWidth)
        tags = type == .any ? MemoryBlock(byteCount: rowCount) : nil
        validity = hasNulls ? MemoryBlock(byteCount: (rowCount + 63) / 64 * 8) : nil
    }

    package var hasNulls: Bool { validity != nil }

    /// Bytes reserved for the column, string bytes not included.
    package var byteCount: Int { values.capacity + (tags?.capacity ?? 0) + (validity?.capacity ?? 0) }

    /// Bytes that are reserved while `count` more rows are appended, the memory that they grow out of included.
    package func byteCount(adding count: Int) -> Int {
        let rows = rowCount + count
        guard rows * type.byteWidth > values.capacity else { return byteCount }
        return byteCount + max(rows, rowCount * 2) * (type.byteWidth + (tags == nil ? 0 : 1)) + validityGrowth(rows)
    }

    private func validityGrowth(_ rows: Int) -> Int { validity == nil ? 0 : rows / 4 }

    /// Makes room for `count` rows in all.
    package func reserve(_ count: Int) {
        values.reserve(count * type.byteWidth, keeping: rowCount * type.byteWidth)
        tags?.reserve(count, keeping: rowCount)
        validity?.reserve(wordCount(count) * 8, keeping: wordCount(rowCount) * 8)
    }

    private func wordCount(_ rows: Int) -> Int { (rows + 63) / 64 }

    private func reserveForAppend(_ count: Int) {
        let needed = (rowCount + count) * type.byteWidth
        guard needed > values.capacity || (tags.map { rowCount + count > $0.capacity } ?? false) else { return }
        reserve(max(rowCount + count, rowCount * 2))
    }

    /// Appends `count` rows of a vector, those of `selection` or the first ones; string bytes are copied to `arena`,
    /// or left where they are when it is nil.
    package func append(
        _ vector: ColumnVector, selection: UnsafePointer<UInt16>?, count: Int, arena: StringArena?
    ) {
        guard count > 0 else { return }
        precondition(vector.type == type, "a vector of another type than its column")
        reserveForAppend(count)
        unsafe appendValidity(vector, selection, count)
        switch type.byteWidth {
        case 1: unsafe copyRows(UInt8.self, vector, selection, count)
        case 2: unsafe copyRows(UInt16.self, vector, selection, count)
        case 4: unsafe copyRows(UInt32.self, vector, selection, count)
        case 8: unsafe copyRows(UInt64.self, vector, selection, count)
        default: unsafe copyRows(StringValue.self, vector, selection, count)
        }
        if let tags, let source = unsafe vector.tags {
            unsafe copyElements(source, to: tags.pointer(UInt8.self) + rowCount, vector.isConstant, selection, count)
        }
        if let arena { keepStrings(from: rowCount, count: count, in: arena) }
        rowCount += count
    }

    @inline(__always)
    private func copyRows<Element: BitwiseCopyable>(
        _: Element.Type, _ vector: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int
    ) {
        let target = unsafe values.pointer(Element.self) + rowCount
        unsafe copyElements(vector.pointer(Element.self), to: target, vector.isConstant, selection, count)
    }

    /// Copies the bytes of the strings that lie outside their value, all into one run of the arena.
    private func keepStrings(from first: Int, count: Int, in arena: StringArena) {
        let slots = unsafe values.pointer(StringValue.self) + first
        switch type {
        case .text, .blob:
            if validity == nil {
                unsafe moveStrings(slots, count, to: arena) { _ in true }
            } else {
                unsafe moveStrings(slots, count, to: arena) { self.isValid(first &+ $0) }
            }
        case .any:
            guard let tags = unsafe tags?.pointer(UInt8.self) else { return }
            unsafe moveStrings(slots, count, to: arena) { unsafe tags[first &+ $0] >= StorageClass.text.rawValue }
        default: break
        }
    }

    @inline(__always)
    private func moveStrings(
        _ slots: UnsafeMutablePointer<StringValue>, _ count: Int, to arena: StringArena, isString: (Int) -> Bool
    ) {
        var byteCount = 0
        for row in 0..<count where unsafe !slots[row].isInline && isString(row) {
            unsafe byteCount &+= slots[row].count
        }
        guard byteCount > 0 else { return }
        var target = unsafe arena.allocate(byteCount)
        for row in 0..<count where unsafe !slots[row].isInline && isString(row) {
            let length = unsafe slots[row].count
            guard let source = unsafe slots[row].address else { continue }
            unsafe target.copyMemory(from: source, byteCount: length)
            unsafe slots[row].tail = UInt64(UInt(bitPattern: target))
            unsafe target += length
        }
    }

    private func appendValidity(_ vector: ColumnVector, _ selection: UnsafePointer<UInt16>?, _ count: Int) {
        if unsafe vector.validity == nil && validity == nil { return }
        if validity == nil { startValidity() }
        guard let validity else { return }
        let oldWords = wordCount(rowCount)
        let newWords = wordCount(rowCount + count)
        if newWords * 8 > validity.capacity { validity.reserve(max(newWords, oldWords * 2) * 8, keeping: oldWords * 8) }
        let words = unsafe validity.pointer(UInt64.self)
        for word in oldWords..<max(newWords, oldWords) { unsafe words[word] = 0 }
        if unsafe vector.validity == nil {
            var row = rowCount
            while row < rowCount + count {
                let added = min(64 - (row & 63), rowCount + count - row)
                let bits: UInt64 = ~0 &>> UInt64(64 - added)
                let kept: UInt64 = (1 &<< UInt64(row & 63)) - 1
                unsafe words[row &>> 6] = words[row &>> 6] & kept | bits &<< UInt64(row & 63)
                row += added
            }
            return
        }
        for index in 0..<count {
            let row = rowCount &+ index
            let isValid = unsafe vector.isValid(selection.map { unsafe Int($0[index]) } ?? index)
            let bit = UInt64(row & 63)
            let word = unsafe words[row &>> 6] & ~(1 &<< bit)
            unsafe words[row &>> 6] = word | (UInt64(asInt(isValid)) &<< bit)
        }
    }

    /// Writes rows of another column from row `target` on. Threads may write at once, each to whole words of 64 rows.
    func copy(_ other: ColumnStore, rows: Range<Int>, to target: Int) {
        precondition(other.type == type && target + rows.count <= rowCount, "rows of another shape")
        let width = type.byteWidth
        unsafe (values.base + target * width).copyMemory(
            from: other.values.base + rows.lowerBound * width, byteCount: rows.count * width)
        if let tags, let source = other.tags {
            unsafe (tags.base + target).copyMemory(from: source.base + rows.lowerBound, byteCount: rows.count)
        }
        guard let words = unsafe validity?.pointer(UInt64.self) else { return }
        var done = 0
        while done < rows.count {
            let place = target &+ done
            let count = min(64 &- (place & 63), rows.count &- done)
            // What the memory held before goes with the first row of a word.
            let word = unsafe place & 63 == 0 ? 0 : words[place &>> 6]
            let bits = other.validBits(from: rows.lowerBound &+ done, count: count)
            unsafe words[place &>> 6] = word | bits &<< UInt64(place & 63)
            done &+= count
        }
    }

    /// The validity of up to 64 rows, that of the first one lowest.
    private func validBits(from row: Int, count: Int) -> UInt64 {
        let mask: UInt64 = ~0 &>> UInt64(64 &- count)
        guard let words = unsafe validity?.pointer(UInt64.self) else { return mask }
        let offset = row & 63
        var bits = unsafe words[row &>> 6] &>> UInt64(offset)
        if offset &+ count > 64 { unsafe bits |= words[(row &>> 6) &+ 1] &<< UInt64(64 &- offset) }
        return bits & mask
    }

    private func startValidity() {
        let block = MemoryBlock(byteCount: max(wordCount(rowCount) * 8, 64))
        unsafe block.pointer(UInt64.self).update(repeating: ~0, count: wordCount(rowCount))
        validity = block
    }

    /// Returns whether a row is not null.
    @inline(__always)
    package func isValid(_ row: Int) -> Bool {
        guard let words = unsafe validity?.pointer(UInt64.self) else { return true }
        return unsafe (words[row &>> 6] &>> UInt64(row & 63)) & 1 == 1
    }

    /// Returns a view of `count` rows from `first`, which must be a multiple of 64 when the column has nulls.
    package func vector(from first: Int, count: Int) -> ColumnVector {
        precondition(validity == nil || first & 63 == 0, "views of nullable columns begin at whole validity words")
        return unsafe ColumnVector(
            type: type, values: values.base + first * type.byteWidth,
            validity: validity.map { unsafe $0.pointer(UInt64.self) + first / 64 },
            tags: unsafe tags.map { unsafe $0.pointer(UInt8.self) + first })
    }
}

/// Copies `count` elements, the selected or the first ones; a constant's element 0 is repeated.
@inline(__always)
func copyElements<Element: BitwiseCopyable>(
    _ source: UnsafePointer<Element>, to target: UnsafeMutablePointer<Element>, _ isConstant: Bool,
    _ selection: UnsafePointer<UInt16>?, _ count: Int
) {
    if isConstant {
        unsafe target.update(repeating: source[0], count: count)
    } else if let selection = unsafe selection {
        for index in 0..<count { unsafe target[index] = unsafe source[Int(selection[index])] }
    } else {
        unsafe target.update(from: source, count: count)
    }
}
