import RheiCore

extension ArrowArray {
    /// Makes a nested array; see `init(checking:…)`.
    package init(
        checkingNested type: DataType, count: Int, offset: Int = 0, validity: Buffer? = nil, buffers: [Buffer],
        children: [ArrowArray]
    ) throws {
        try self.init(
            checking: type, count: count, offset: offset, validity: validity, buffers: buffers, children: children)
    }
}

/// The checks behind `ArrowArray.init(checking:…)` for nested types.
struct NestedCheck {
    let type: DataType
    /// The slots whose contents are checked; those before them must exist.
    let rows: Range<Int>
    let validity: Buffer?
    let children: [ArrowArray]

    private var slotCount: Int { rows.upperBound }

    /// Returns the buffers, copied where they are not aligned.
    func run(_ buffers: [Buffer]) throws -> [Buffer] {
        try require(children.map(\.type) == type.childTypes, "children of other types")
        if let validity { try require(validity.byteCount >= Bits.byteCount(slotCount), "validity too short") }
        switch type {
        case .list, .map, .largeList: return [try checkOffsets(buffers)]
        case .listView, .largeListView: return try checkListViews(buffers)
        case .fixedSizeList(_, let length):
            let (needed, overflows) = slotCount.multipliedReportingOverflow(by: length)
            try require(length >= 0 && !overflows && children[0].count >= needed, "\(children[0].count) items")
            return []
        case .struct:
            try require(children.allSatisfy { $0.count >= slotCount }, "a field with fewer rows")
            return []
        case .union(_, let typeIDs, let mode): return try checkUnion(buffers, typeIDs, mode)
        case .dictionary(let index, _, _): return [try checkIndices(buffers, index.physicalType)]
        case .runEndEncoded:
            try checkRuns()
            return []
        default: throw EngineError.unsupported("an array of type \(type) from outside")
        }
    }

    private func require(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition { throw EngineError(.corrupt, "damaged array of type \(type): \(what())") }
    }

    /// Returns buffer `index`, aligned, after checking that it holds `slots` values of `width` bytes.
    private func aligned(_ buffers: [Buffer], _ index: Int, slots: Int, width: Int, _ name: String) throws -> Buffer {
        try require(buffers[index].byteCount / width >= slots, "\(name) too short")
        return buffers[index].aligned(to: width)
    }

    private func checkOffsets(_ buffers: [Buffer]) throws -> Buffer {
        try require(buffers.count == 1, "\(buffers.count) buffers")
        let width = type.listOffsetType == .int32 ? 4 : 8
        // Arrow allows an empty offsets buffer for an array without slots.
        if slotCount == 0, buffers[0].byteCount < width { return .zeroed(width) }
        let offsets = try aligned(buffers, 0, slots: slotCount + 1, width: width, "offsets")
        defer { withExtendedLifetime(offsets) {} }
        let ends = IntegerSlots(offsets, type.listOffsetType)
        var last = 0
        for slot in rows.lowerBound...slotCount {
            let end = ends[slot]
            try require(end >= last && end <= children[0].count, "offset \(end) after \(last)")
            last = end
        }
        return offsets
    }

    private func checkListViews(_ buffers: [Buffer]) throws -> [Buffer] {
        try require(buffers.count == 2, "\(buffers.count) buffers")
        let width = type.listOffsetType == .int32 ? 4 : 8
        let checked = try [
            aligned(buffers, 0, slots: slotCount, width: width, "offsets"),
            aligned(buffers, 1, slots: slotCount, width: width, "sizes"),
        ]
        defer { withExtendedLifetime(checked) {} }
        let (offsets, sizes) = (
            IntegerSlots(checked[0], type.listOffsetType), IntegerSlots(checked[1], type.listOffsetType)
        )
        for slot in rows {
            let (start, size) = (offsets[slot], sizes[slot])
            let fits = start >= 0 && size >= 0 && start <= children[0].count && size <= children[0].count - start
            try require(fits, "\(size) items from \(start) on")
        }
        return checked
    }

    private func checkUnion(_ buffers: [Buffer], _ typeIDs: [Int8], _ mode: UnionMode) throws -> [Buffer] {
        try require(typeIDs.count == children.count, "\(typeIDs.count) type ids")
        try require(buffers.count == (mode == .sparse ? 1 : 2), "\(buffers.count) buffers")
        var checked = try [aligned(buffers, 0, slots: slotCount, width: 1, "type ids")]
        if mode == .sparse {
            try require(children.allSatisfy { $0.count >= slotCount }, "a child with fewer rows")
        } else {
            checked.append(try aligned(buffers, 1, slots: slotCount, width: 4, "offsets"))
        }
        defer { withExtendedLifetime(checked) {} }
        let slots = UnionSlots(typeIDs, checked, mode)
        for slot in rows {
            let place = slots[slot]
            try require(place.child >= 0, "an unknown type id in slot \(slot)")
            try require(place.row >= 0 && place.row < children[place.child].count, "offset \(place.row)")
        }
        return checked
    }

    private func checkIndices(_ buffers: [Buffer], _ index: PhysicalType) throws -> Buffer {
        try require(buffers.count == 1, "\(buffers.count) buffers")
        guard let width = index.integerByteWidth else { throw EngineError.unsupported("an array of type \(type)") }
        let indices = try aligned(buffers, 0, slots: slotCount, width: width, "indices")
        defer { withExtendedLifetime((indices, validity)) {} }
        let slots = IntegerSlots(indices, index)
        for slot in rows {
            let value = slots[slot]
            if value >= 0, value < children[0].count { continue }
            let isNull = validity.map { unsafe !Bits.get($0.pointer, slot) } ?? false
            try require(isNull, "index \(value) of slot \(slot) in \(children[0].count) values")
        }
        return indices
    }

    private func checkRuns() throws {
        let (ends, values) = (children[0], children[1])
        let isEndType = ends.type == .int16 || ends.type == .int32 || ends.type == .int64
        try require(isEndType, "run ends of type \(ends.type)")
        try require(ends.nullCount == 0, "a null run end")
        try require(values.count >= ends.count, "\(values.count) values for \(ends.count) runs")
        defer { withExtendedLifetime(ends) {} }
        let slots = IntegerSlots(ends.buffers[0], ends.type.physicalType)
        var last = 0
        for run in 0..<ends.count {
            let end = slots[ends.offset + run]
            try require(end > last, "run end \(end) after \(last)")
            last = end
        }
        try require(last >= slotCount, "runs that end at \(last) for \(slotCount) slots")
    }
}
