import RheiCore

extension ArrowArray {
    /// Makes an array from buffers of foreign origin, after checking that reading any row stays within them and within
    /// the children, which are taken as checked already.
    ///
    /// | type | buffers | children |
    /// | --- | --- | --- |
    /// | list, map | Int32 offsets | items |
    /// | largeList | Int64 offsets | items |
    /// | listView, largeListView | offsets, sizes | items |
    /// | fixedSizeList | none | items |
    /// | struct | none | fields |
    /// | sparse union | type ids | fields, as long as the union |
    /// | dense union | type ids, Int32 offsets | fields |
    /// | dictionary | indices | values |
    /// | runEndEncoded | none | run ends, values |
    /// | all others | see `ArrowArray` | none |
    ///
    /// Buffers that are not aligned for their values are copied. Views of null rows that point nowhere and inline views
    /// with bytes after their end are cleaned in a copy. Text is not checked for valid UTF-8.
    ///
    /// - Throws: `corrupt` naming what does not fit.
    public init(
        checking type: DataType, count: Int, offset: Int = 0, validity: Buffer? = nil, buffers: [Buffer],
        children: [ArrowArray] = []
    ) throws {
        guard count >= 0, offset >= 0, count <= 1 << 40, offset <= 1 << 40 else {
            throw EngineError(.corrupt, "damaged array of type \(type): \(count) rows from slot \(offset) on")
        }
        let validity = type.hasNoValidity ? nil : validity
        let checked: [Buffer]
        if type.physicalType == .nested {
            let rows = offset..<offset + count
            checked = try NestedCheck(type: type, rows: rows, validity: validity, children: children).run(buffers)
        } else {
            checked = try ArrayCheck(type: type, count: count, offset: offset, validity: validity).run(buffers)
        }
        self.init(type, count: count, offset: offset, validity: validity, buffers: checked, children: children)
    }
}

/// The checks behind `ArrowArray.init(checking:…)`.
struct ArrayCheck {
    let type: DataType
    let count: Int
    let offset: Int
    let validity: Buffer?

    func run(_ buffers: [Buffer]) throws -> [Buffer] {
        if let validity { try require(validity, Bits.byteCount(slotCount), "validity") }
        switch type.physicalType {
        case .none: return []
        case .nested: throw EngineError.unsupported("an array of type \(type) from outside")
        case .bit:
            try require(buffers, 1, isExact: true)
            try require(buffers[0], Bits.byteCount(slotCount), "values")
            return buffers
        case .offsets32, .offsets64: return try checkOffsets(buffers)
        case .view: return try checkViews(buffers)
        case .any: return try checkSlots(buffers)
        default:
            let width = type.byteWidth ?? 0
            try require(buffers, 1, isExact: true)
            try require(buffers[0], slotCount * width, "values")
            return [buffers[0].aligned(to: width & 15 == 0 ? 16 : 8)]
        }
    }

    private var slotCount: Int { offset + count }

    private func isValid(_ row: Int) -> Bool {
        guard let validity else { return true }
        return unsafe Bits.get(validity.pointer, offset + row)
    }

    private func corrupt(_ what: String) -> EngineError {
        EngineError(.corrupt, "damaged array of type \(type): \(what)")
    }

    private func require(_ buffers: [Buffer], _ expected: Int, isExact: Bool) throws {
        guard buffers.count == expected || (!isExact && buffers.count > expected) else {
            throw corrupt("\(buffers.count) buffers instead of \(expected)")
        }
    }

    private func require(_ buffer: Buffer, _ byteCount: Int, _ name: String) throws {
        guard buffer.byteCount >= byteCount else {
            throw corrupt("\(buffer.byteCount) bytes of \(name) instead of \(byteCount)")
        }
    }

    private func checkOffsets(_ buffers: [Buffer]) throws -> [Buffer] {
        let width = type.physicalType == .offsets32 ? 4 : 8
        try require(buffers, 2, isExact: true)
        // Arrow allows an empty offsets buffer for an array without slots.
        if slotCount == 0, buffers[0].byteCount < width { return [.zeroed(width), buffers[1]] }
        try require(buffers[0], (slotCount + 1) * width, "offsets")
        let offsets = buffers[0].aligned(to: 8)
        var last = 0
        for slot in offset...slotCount {
            let end =
                width == 4
                ? unsafe Int(offsets.pointer.load(fromByteOffset: slot * 4, as: Int32.self))
                : unsafe Int(offsets.pointer.load(fromByteOffset: slot * 8, as: Int64.self))
            guard end >= last, end <= buffers[1].byteCount else {
                throw corrupt("offset \(end) of slot \(slot) after \(last), in \(buffers[1].byteCount) bytes")
            }
            last = end
        }
        return [offsets, buffers[1]]
    }

    private func checkViews(_ buffers: [Buffer]) throws -> [Buffer] {
        try require(buffers, 1, isExact: false)
        try require(buffers[0], slotCount * 16, "views")
        let views = buffers[0].aligned(to: 8)
        let data = Array(buffers[1...])
        return try [clean(views, data) { isValid($0) }] + data
    }

    private func checkSlots(_ buffers: [Buffer]) throws -> [Buffer] {
        try require(buffers, 2, isExact: false)
        try require(buffers[0], slotCount, "tags")
        try require(buffers[1], slotCount * 16, "slots")
        for row in 0..<count {
            let tag = unsafe buffers[0].pointer.load(fromByteOffset: offset + row, as: UInt8.self)
            guard let storageClass = StorageClass(rawValue: tag), (storageClass != .null) == isValid(row) else {
                throw corrupt("tag \(tag) in a row that is \(isValid(row) ? "valid" : "null")")
            }
        }
        let slots = buffers[1].aligned(to: 8)
        let data = Array(buffers[2...])
        let cleaned = try clean(slots, data) { row in
            let tag = unsafe buffers[0].pointer.load(fromByteOffset: offset + row, as: UInt8.self)
            return tag == StorageClass.text.rawValue || tag == StorageClass.blob.rawValue
                ? true : tag == 0 ? false : nil
        }
        return [buffers[0], cleaned] + data
    }

    /// Checks views row by row: `isView` tells whether a row has one, nil for slots that hold numbers.
    private func clean(_ views: Buffer, _ data: [Buffer], _ isView: (Int) -> Bool?) throws -> Buffer {
        var repairs: [(slot: Int, view: ByteView)] = []
        for row in 0..<count {
            guard let isView = isView(row) else { continue }
            let slot = offset + row
            let view = unsafe views.pointer.load(fromByteOffset: slot * 16, as: ByteView.self)
            let good =
                unsafe view.isInline ? ByteView(inline: views.pointer + slot * 16 + 4, byteCount: view.byteCount) : view
            if !view.isInline, !refersTo(data, view) {
                if isView { throw corrupt("the view of row \(row) points outside of its buffers") }
                repairs.append((slot, ByteView()))
            } else if good != view {
                repairs.append((slot, good))
            }
        }
        if repairs.isEmpty { return views }
        var copy = MutableBuffer(capacity: slotCount * 16)
        unsafe copy.append(UnsafeRawBufferPointer(start: views.pointer, count: slotCount * 16))
        for repair in repairs {
            unsafe copy.pointer.storeBytes(of: repair.view, toByteOffset: repair.slot * 16, as: ByteView.self)
        }
        return copy.freeze()
    }

    /// Tells whether a long view lies within its buffer and repeats its first four bytes.
    private func refersTo(_ data: [Buffer], _ view: ByteView) -> Bool {
        let isInRange =
            view.byteCount <= Int(Int32.max) && view.bufferIndex < data.count
            && view.byteOffset + view.byteCount <= data[view.bufferIndex].byteCount
        guard isInRange else { return false }
        let prefix = unsafe (data[view.bufferIndex].pointer + view.byteOffset).loadUnaligned(as: UInt32.self)
        return UInt64(prefix) == view.low &>> 32
    }
}

extension Buffer {
    /// Returns this buffer, or a copy of it when it does not begin at a multiple of `alignment`.
    func aligned(to alignment: Int) -> Buffer {
        if unsafe Int(bitPattern: pointer) & (alignment - 1) == 0 { return self }
        var copy = MutableBuffer(capacity: byteCount)
        unsafe copy.append(UnsafeRawBufferPointer(start: pointer, count: byteCount))
        return copy.freeze()
    }
}
