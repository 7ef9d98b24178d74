import RheiArrow
import RheiCompute

/// Up to ``VectorBatch/capacity`` rows of a ``RowCollection``, column by column, compacted.
///
/// A column has validity from its first null on; until then no bit is written.
@safe final class RowChunk {
    let capacity: Int
    private(set) var rowCount = 0
    private let buffers: [VectorBuffer]
    private(set) var columns: [ColumnVector]

    init(types: [VectorType], capacity: Int) {
        self.capacity = capacity
        buffers = types.map { VectorBuffer(type: $0, capacity: capacity) }
        columns = buffers.map { $0.vector() }
    }

    var remaining: Int { capacity &- rowCount }

    /// Appends `count` rows; row `i` is `selection[i]`, or `start + i` without a selection.
    func append(
        _ source: [ColumnVector], selection: UnsafePointer<UInt16>?, start: Int, count: Int, arena: StringArena
    ) {
        precondition(count <= remaining && source.count == columns.count, "rows do not fit the chunk")
        let rows = unsafe RowRange(selection: selection, start: start, count: count)
        for index in source.indices {
            appendValues(source[index], rows, to: columns[index], arena)
            appendValidity(source[index], rows, column: index)
        }
        rowCount &+= count
    }

    private func appendValues(_ source: ColumnVector, _ rows: RowRange, to target: ColumnVector, _ arena: StringArena) {
        precondition(source.type == target.type, "a vector of another type than its column")
        switch source.type {
        case .bool, .int8: copyElements(UInt8.self, source, rows, target)
        case .int16: copyElements(UInt16.self, source, rows, target)
        case .int32, .float32: copyElements(UInt32.self, source, rows, target)
        case .int64, .float64: copyElements(UInt64.self, source, rows, target)
        case .int128: copyElements(UInt128.self, source, rows, target)
        case .text, .blob: copyStrings(source, rows, target, arena)
        case .any: copySlots(source, rows, target, arena)
        }
    }

    @inline(__always)
    private func copyElements<Element: BitwiseCopyable>(
        _: Element.Type, _ source: ColumnVector, _ rows: RowRange, _ target: ColumnVector
    ) {
        let from = unsafe source.pointer(Element.self)
        let to = unsafe target.pointer(Element.self) + rowCount
        if source.isConstant {
            let value = unsafe from[0]
            for index in 0..<rows.count { unsafe to[index] = value }
        } else if let selection = unsafe rows.selection {
            for index in 0..<rows.count { unsafe to[index] = from[Int(selection[index])] }
        } else {
            unsafe to.update(from: from + rows.start, count: rows.count)
        }
    }

    private func copyStrings(_ source: ColumnVector, _ rows: RowRange, _ target: ColumnVector, _ arena: StringArena) {
        let from = unsafe source.pointer(StringValue.self)
        let to = unsafe target.pointer(StringValue.self) + rowCount
        if source.isConstant {
            let value = source.isValid(0) ? unsafe arena.keep(from[0]) : .empty
            for index in 0..<rows.count { unsafe to[index] = value }
            return
        }
        for index in 0..<rows.count {
            let row = rows[index]
            unsafe to[index] = source.isValid(row) ? arena.keep(from[row]) : .empty
        }
    }

    private func copySlots(_ source: ColumnVector, _ rows: RowRange, _ target: ColumnVector, _ arena: StringArena) {
        guard let fromTags = unsafe source.tags, let toTags = unsafe target.tags else { return }
        let from = unsafe source.pointer(StringValue.self)
        let to = unsafe target.pointer(StringValue.self) + rowCount
        for index in 0..<rows.count {
            let row = source.isConstant ? 0 : rows[index]
            let tag = unsafe fromTags[row]
            unsafe toTags[rowCount &+ index] = tag
            let isString = tag == StorageClass.text.rawValue || tag == StorageClass.blob.rawValue
            unsafe to[index] = isString ? arena.keep(from[row]) : from[row]
        }
    }

    private func appendValidity(_ source: ColumnVector, _ rows: RowRange, column: Int) {
        if source.hasNoNulls, columns[column].hasNoNulls { return }
        let words = unsafe buffers[column].validityWords
        if columns[column].hasNoNulls {
            for row in 0..<rowCount { unsafe words[row &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: row & 63) }
            unsafe columns[column].validity = words
        }
        for index in 0..<rows.count {
            let isValid: UInt64 = source.isValid(rows[index]) ? 1 : 0
            let row = rowCount &+ index
            unsafe words[row &>> 6] |= isValid &<< UInt64(truncatingIfNeeded: row & 63)
        }
    }
}

/// Rows of a batch in ascending order: a part of a selection, or consecutive rows.
@safe struct RowRange {
    let selection: UnsafePointer<UInt16>?
    let start: Int
    let count: Int

    init(selection: UnsafePointer<UInt16>?, start: Int, count: Int) {
        unsafe self.selection = selection
        self.start = start
        self.count = count
    }

    @inline(__always) subscript(index: Int) -> Int {
        if let selection = unsafe selection { return unsafe Int(selection[index]) }
        return start &+ index
    }
}
