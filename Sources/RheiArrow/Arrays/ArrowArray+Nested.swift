import RheiCore

extension DataType {
    /// The fields of the arrays in `ArrowArray.children`, except that the values of a dictionary have no field.
    public var childFields: [Field] {
        switch self {
        case .list(let item), .largeList(let item), .listView(let item), .largeListView(let item),
            .fixedSizeList(let item, _), .map(let item, _):
            [item]
        case .struct(let fields), .union(let fields, _, _): fields
        case .runEndEncoded(let runEnds, let values): [runEnds, values]
        default: []
        }
    }

    /// The types of the arrays in `ArrowArray.children`.
    package var childTypes: [DataType] {
        if case .dictionary(_, let value, _) = self { return [value] }
        return childFields.map(\.type)
    }

    /// Whether rows are runs of items of `children[0]`.
    public var isList: Bool {
        switch self {
        case .list, .largeList, .listView, .largeListView, .fixedSizeList, .map: true
        default: false
        }
    }

    /// The layout of the offsets and sizes of lists.
    var listOffsetType: PhysicalType {
        switch self {
        case .largeList, .largeListView: .int64
        default: .int32
        }
    }

    /// Whether rows have no validity of their own, so that only their values can be null.
    var hasNoValidity: Bool {
        switch self {
        case .union, .runEndEncoded: true
        default: physicalType == .none
        }
    }
}

extension ArrowArray {
    /// The part of the items that belongs to row `row` of a list or map, valid or not.
    package func items(at row: Int) -> ArrowArray {
        precondition(row >= 0 && row < count, "row out of range")
        let range = ListSlots(self)[offset + row]
        return children[0].slice(offset: range.lowerBound, count: range.count)
    }

    /// The child that holds row `row` of a union, and its row there.
    package func unionPlace(_ row: Int) -> (child: Int, row: Int) {
        precondition(row >= 0 && row < count, "row out of range")
        defer { withExtendedLifetime(buffers) {} }
        return UnionSlots(self)[offset + row]
    }

    /// The row of the dictionary that row `row` names; unspecified for a null row.
    package func dictionaryIndex(_ row: Int) -> Int {
        guard case .dictionary(let index, _, _) = type else { preconditionFailure("not a dictionary") }
        precondition(row >= 0 && row < count, "row out of range")
        defer { withExtendedLifetime(buffers) {} }
        return IntegerSlots(buffers[0], index.physicalType)[offset + row]
    }

    /// The row of the values that row `row` of a run-end encoded array has; O(log runs).
    package func runIndex(_ row: Int) -> Int {
        precondition(row >= 0 && row < count, "row out of range")
        defer { withExtendedLifetime(children) {} }
        return RunSlots(self).run(of: row)
    }

    /// Whether the value of row `row` is null, be it as the row of a dictionary, a union or a run that it refers to.
    ///
    /// - Precondition: `0 <= row < count`.
    public func isLogicallyNull(_ row: Int) -> Bool {
        switch type {
        case .dictionary: return !isValid(row) || children[0].isLogicallyNull(dictionaryIndex(row))
        case .runEndEncoded: return children[1].isLogicallyNull(runIndex(row))
        case .union:
            let place = unionPlace(row)
            return children[place.child].isLogicallyNull(place.row)
        default: return !isValid(row)
        }
    }
}

/// Finds the items of slot after slot of a list, whatever its layout. Valid while the array lives.
struct ListSlots {
    private enum Layout { case offsets, views, fixed }
    private let layout: Layout
    private let offsets: IntegerSlots
    private let sizes: IntegerSlots
    private let length: Int

    /// - Precondition: `array.type.isList`.
    init(_ array: ArrowArray) {
        let width = array.type.listOffsetType
        var length = 0
        switch array.type {
        case .fixedSizeList(_, let count): (layout, length) = (.fixed, count)
        case .listView, .largeListView: layout = .views
        default: layout = .offsets
        }
        self.length = length
        offsets = IntegerSlots(array.buffers.first ?? .empty, width)
        sizes = IntegerSlots(array.buffers.last ?? .empty, width)
    }

    subscript(slot: Int) -> Range<Int> {
        switch layout {
        case .fixed: return slot &* length..<(slot &+ 1) &* length
        case .offsets: return offsets[slot]..<offsets[slot &+ 1]
        case .views:
            let start = offsets[slot]
            return start..<start &+ sizes[slot]
        }
    }

    /// Whether the items of following slots follow each other.
    var isContiguous: Bool { layout != .views }
}

/// Finds the child and its row of slot after slot of a union. Valid while the array lives.
struct UnionSlots {
    /// The child of each type id from -128 on; -1 for ids that the type does not have.
    private let childOfTypeID: [Int]
    private let typeIDs: IntegerSlots
    private let places: IntegerSlots?

    /// - Precondition: the array is a union.
    init(_ array: ArrowArray) {
        guard case .union(_, let typeIDs, let mode) = array.type else { preconditionFailure("not a union") }
        self.init(typeIDs, array.buffers, mode)
    }

    init(_ ids: [Int8], _ buffers: [Buffer], _ mode: UnionMode) {
        var children = [Int](repeating: -1, count: 256)
        for (child, id) in ids.enumerated() { children[Int(id) + 128] = child }
        childOfTypeID = children
        typeIDs = IntegerSlots(buffers[0], .int8)
        places = mode == .dense ? IntegerSlots(buffers[1], .int32) : nil
    }

    subscript(slot: Int) -> (child: Int, row: Int) {
        (childOfTypeID[typeIDs[slot] + 128], places?[slot] ?? slot)
    }
}

/// Finds the run of row after row of a run-end encoded array. Valid while the array lives.
struct RunSlots {
    private let ends: IntegerSlots
    private let firstEnd: Int
    private let runCount: Int
    private let offset: Int
    private let count: Int

    /// - Precondition: the array is run-end encoded.
    init(_ array: ArrowArray) {
        let ends = array.children[0]
        self.ends = IntegerSlots(ends.buffers[0], ends.type.physicalType)
        firstEnd = ends.offset
        runCount = ends.count
        offset = array.offset
        count = array.count
    }

    /// The run of row `row`, as a row of the values.
    func run(of row: Int) -> Int {
        ends.firstSlot(above: offset + row, from: firstEnd, to: firstEnd + runCount) - firstEnd
    }

    /// The row after the last one of run `run`, at most the array's count.
    func end(of run: Int) -> Int { min(ends[firstEnd + run] - offset, count) }
}
