import RheiCore

/// Builds arrays of lists of any layout, and of maps.
///
/// Items appended since the last row make the next one: `endRow()` closes it. The items of a map are structs of key and
/// value: `entries` builds them.
public final class ListBuilder: ArrayBuilder {
    /// Builds the items of all rows.
    public let items: ArrayBuilder
    /// The items of each row, when they may not lie at any number.
    private let fixedLength: Int?
    private let isView: Bool
    private var offsets = MutableBuffer()
    private var sizes = MutableBuffer()
    private var validity = LazyValidity()
    private var rowCount = 0
    /// Items that belong to a row.
    private var usedItemCount = 0

    /// - Throws: `typeMismatch` for types other than lists and maps.
    init(list type: DataType) throws {
        guard type.isList, let item = type.childFields.first else {
            throw EngineError(.typeMismatch, "a builder of lists for type \(type)")
        }
        items = try ArrayBuilder.make(item.type)
        if case .fixedSizeList(_, let length) = type { fixedLength = length } else { fixedLength = nil }
        switch type {
        case .listView, .largeListView: isView = true
        default: isView = false
        }
        super.init(type)
    }

    /// Builds the entries of a map; nil for lists of anything but structs.
    public var entries: StructBuilder? { items as? StructBuilder }

    public override var count: Int { rowCount }

    public override func reserve(_ additionalCount: Int) {
        if let fixedLength {
            items.reserve(additionalCount * fixedLength)
        } else {
            offsets.reserve(offsets.byteCount + (additionalCount + 1) * width)
        }
    }

    /// Closes a row: it has the items that were appended since the row before it.
    ///
    /// - Throws: `invalidArgument` when lists of fixed size get another number of items, `overflow` when offsets no
    ///   longer suffice.
    public func endRow() throws {
        let added = items.count - usedItemCount
        if let fixedLength, added != fixedLength {
            throw EngineError(.invalidArgument, "\(added) items in a row of type \(type)")
        }
        try place(usedItemCount, added)
        validity.append(true)
        usedItemCount = items.count
    }

    public override func appendNulls(_ count: Int) throws {
        try requireNoItems()
        if let fixedLength { try items.appendNulls(count * fixedLength) }
        for _ in 0..<count { try place(usedItemCount, fixedLength ?? 0) }
        validity.append(false, count: count)
        usedItemCount = items.count
    }

    public override func append(_ array: ArrowArray, rows: Range<Int>) throws {
        if try areNulls(array) { return try appendNulls(rows.count) }
        precondition(rows.lowerBound >= 0 && rows.upperBound <= array.count, "rows out of range")
        try requireNoItems()
        defer { withExtendedLifetime(array) {} }
        var end = rows.lowerBound
        _ = try array.allValidRuns(of: rows) { run in
            try appendNulls(run.lowerBound - end)
            try appendValid(array, run)
            end = run.upperBound
            return true
        }
        try appendNulls(rows.upperBound - end)
    }

    public override func finish() throws -> ArrowArray {
        try requireNoItems()
        if fixedLength == nil, !isView, offsets.byteCount == 0 { offsets.append(integer: 0, byteCount: width) }
        let (bits, nullCount) = validity.finish()
        let buffers = fixedLength != nil ? [] : isView ? [offsets.freeze(), sizes.freeze()] : [offsets.freeze()]
        defer { (rowCount, usedItemCount) = (0, 0) }
        return try ArrowArray(
            type, count: rowCount, nullCount: nullCount, validity: bits, buffers: buffers, children: [items.finish()])
    }

    private var width: Int { type.listOffsetType == .int32 ? 4 : 8 }

    private func requireNoItems() throws {
        guard items.count == usedItemCount else {
            throw EngineError(.invalidArgument, "items of an array of \(type) that belong to no row")
        }
    }

    /// Notes where the items of the next row lie.
    private func place(_ start: Int, _ itemCount: Int) throws {
        rowCount += 1
        if fixedLength != nil { return }
        guard start + itemCount <= type.listOffsetType.largestInteger else {
            throw EngineError(.overflow, "more items than the offsets of \(type) count")
        }
        if isView {
            offsets.append(integer: start, byteCount: width)
            sizes.append(integer: itemCount, byteCount: width)
        } else {
            if offsets.byteCount == 0 { offsets.append(integer: 0, byteCount: width) }
            offsets.append(integer: start + itemCount, byteCount: width)
        }
    }

    /// Appends rows that are all valid.
    private func appendValid(_ array: ArrowArray, _ run: Range<Int>) throws {
        let slots = ListSlots(array)
        let source = array.children[0]
        let ranges = run.lazy.map { slots[array.offset + $0] }
        if slots.isContiguous {
            try items.append(
                source,
                rows: slots[array.offset + run.lowerBound]
                    .lowerBound..<slots[array.offset + run.upperBound - 1].upperBound)
            var start = usedItemCount
            for range in ranges {
                try place(start, range.count)
                start += range.count
            }
        } else if ranges.reduce(0, { $0 + $1.count }) > source.count {
            // Rows that overlap stay so.
            try items.append(source)
            for range in ranges { try place(usedItemCount + range.lowerBound, range.count) }
        } else {
            var start = usedItemCount
            for range in ranges {
                try items.append(source, rows: range)
                try place(start, range.count)
                start += range.count
            }
        }
        usedItemCount = items.count
        validity.append(true, count: run.count)
    }
}
