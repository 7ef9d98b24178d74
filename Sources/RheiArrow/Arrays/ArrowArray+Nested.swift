import RheiCore

extension DataType {
    /// The first type at or below this one that arrays do not hold yet; nil when there is none.
    var unheldType: DataType? {
        switch self {
        case .listView, .largeListView, .dictionary, .runEndEncoded: self
        case .list(let item), .largeList(let item), .fixedSizeList(let item, _), .map(let item, _): item.type.unheldType
        case .struct(let fields), .union(let fields, _, _): fields.lazy.compactMap(\.type.unheldType).first
        default: nil
        }
    }
}

extension ArrowArray {
    /// Makes a list, struct, map or union from children that are checked already, after checking that each row's part of
    /// them exists.
    ///
    /// | type | buffers | children |
    /// | --- | --- | --- |
    /// | list, map | Int32 offsets | items |
    /// | largeList | Int64 offsets | items |
    /// | fixedSizeList | none | items |
    /// | struct | none | fields |
    /// | sparse union | type ids | fields, as long as the union |
    /// | dense union | type ids, Int32 offsets | fields |
    ///
    /// - Throws: `corrupt` naming what does not fit; `unsupported` for other types.
    package init(
        checkingNested type: DataType, count: Int, offset: Int = 0, validity: Buffer? = nil, buffers: [Buffer],
        children: [ArrowArray]
    ) throws {
        let check = NestedCheck(type: type, slotCount: offset + count, children: children)
        if let validity {
            try check.require(validity.byteCount >= Bits.byteCount(offset + count), "validity too short")
        }
        let checked = try check.run(buffers, firstSlot: offset)
        self.init(
            type, count: count, offset: offset, validity: validity, buffers: checked, children: children)
    }

    /// The part of the items that belongs to row `row` of a list or map, valid or not.
    package func items(at row: Int) -> ArrowArray {
        precondition(row >= 0 && row < count, "row out of range")
        let slot = offset + row
        if case .fixedSizeList(_, let length) = type { return children[0].slice(offset: slot * length, count: length) }
        let (start, end) = (listOffset(slot), listOffset(slot + 1))
        return children[0].slice(offset: start, count: end - start)
    }

    /// The offset in slot `slot` of a list or map.
    func listOffset(_ slot: Int) -> Int {
        defer { withExtendedLifetime(buffers[0]) {} }
        if case .largeList = type { return unsafe buffers[0].pointer.load(fromByteOffset: slot * 8, as: Int.self) }
        return unsafe Int(buffers[0].pointer.load(fromByteOffset: slot * 4, as: Int32.self))
    }

    /// The child that holds row `row` of a union, and its row there.
    func unionPlace(_ row: Int) -> (child: Int, row: Int) {
        guard case .union(_, let typeIDs, let mode) = type else { preconditionFailure("not a union") }
        defer { withExtendedLifetime(buffers) {} }
        let slot = offset + row
        let typeID = unsafe buffers[0].pointer.load(fromByteOffset: slot, as: Int8.self)
        let place =
            mode == .sparse ? slot : unsafe Int(buffers[1].pointer.load(fromByteOffset: slot * 4, as: Int32.self))
        return (typeIDs.firstIndex(of: typeID) ?? 0, place)
    }
}

/// The checks behind `ArrowArray.init(checkingNested:…)`.
private struct NestedCheck {
    let type: DataType
    let slotCount: Int
    let children: [ArrowArray]

    func run(_ buffers: [Buffer], firstSlot: Int) throws -> [Buffer] {
        switch type {
        case .list(let item), .map(let item, _), .largeList(let item):
            try requireChildren([item])
            return [try checkOffsets(buffers, firstSlot)]
        case .fixedSizeList(let item, let length):
            try requireChildren([item])
            let (needed, overflows) = slotCount.multipliedReportingOverflow(by: length)
            try require(!overflows && children[0].count >= needed, "\(children[0].count) items")
            return []
        case .struct(let fields):
            try requireChildren(fields)
            try require(children.allSatisfy { $0.count >= slotCount }, "a field with fewer rows")
            return []
        case .union(let fields, let typeIDs, let mode):
            try requireChildren(fields)
            return try checkUnion(buffers, typeIDs, mode, firstSlot)
        default: throw EngineError.unsupported("an array of type \(type) from outside")
        }
    }

    func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw EngineError(.corrupt, "damaged array of type \(type): \(what())") }
    }

    private func requireChildren(_ fields: [Field]) throws {
        try require(children.map(\.type) == fields.map(\.type), "children of other types")
    }

    private func checkOffsets(_ buffers: [Buffer], _ firstSlot: Int) throws -> Buffer {
        try require(buffers.count == 1, "\(buffers.count) buffers")
        var width = 4
        if case .largeList = type { width = 8 }
        // Arrow allows an empty offsets buffer for an array without slots.
        if slotCount == 0, buffers[0].byteCount < width { return .zeroed(width) }
        try require(buffers[0].byteCount >= (slotCount + 1) * width, "offsets too short")
        let offsets = buffers[0].aligned(to: 8)
        defer { withExtendedLifetime(offsets) {} }
        var last = 0
        for slot in firstSlot...slotCount {
            let end =
                width == 4
                ? unsafe Int(offsets.pointer.load(fromByteOffset: slot * 4, as: Int32.self))
                : unsafe offsets.pointer.load(fromByteOffset: slot * 8, as: Int.self)
            try require(end >= last && end <= children[0].count, "offset \(end) after \(last)")
            last = end
        }
        return offsets
    }

    private func checkUnion(
        _ buffers: [Buffer], _ typeIDs: [Int8], _ mode: UnionMode, _ firstSlot: Int
    ) throws -> [Buffer] {
        try require(buffers.count == (mode == .sparse ? 1 : 2), "\(buffers.count) buffers")
        try require(buffers[0].byteCount >= slotCount, "type ids too short")
        if mode == .sparse {
            try require(children.allSatisfy { $0.count >= slotCount }, "a child with fewer rows")
        } else {
            try require(buffers[1].byteCount >= slotCount * 4, "offsets too short")
        }
        let aligned = [buffers[0]] + buffers[1...].map { $0.aligned(to: 8) }
        defer { withExtendedLifetime(aligned) {} }
        for slot in firstSlot..<slotCount {
            let typeID = unsafe aligned[0].pointer.load(fromByteOffset: slot, as: Int8.self)
            guard let child = typeIDs.firstIndex(of: typeID) else {
                throw EngineError(.corrupt, "damaged array of type \(type): type id \(typeID)")
            }
            guard mode == .dense else { continue }
            let place = unsafe Int(aligned[1].pointer.load(fromByteOffset: slot * 4, as: Int32.self))
            try require(place >= 0 && place < children[child].count, "offset \(place)")
        }
        return aligned
    }
}
