import RheiCore

extension IPCBodyEncoder {
    /// Appends a nested array: what is its own, then the rows of its children that it refers to.
    mutating func appendNested(_ array: ArrowArray) throws {
        nodes += [Int64(array.count), Int64(array.nullCount)]
        switch array.type {
        case .list, .largeList, .map:
            appendValidity(array)
            let range = appendOffsets(array)
            try append(array.children[0].slice(offset: range.lowerBound, count: range.count))
        case .listView: try appendListView(array, width: 4)
        case .largeListView: try appendListView(array, width: 8)
        case .fixedSizeList(_, let length):
            appendValidity(array)
            try append(array.children[0].slice(offset: array.offset * length, count: array.count * length))
        case .struct:
            appendValidity(array)
            for child in array.children { try append(child.slice(offset: array.offset, count: array.count)) }
        case .union(_, _, let mode): try appendUnion(array, mode)
        case .dictionary(let index, _, _):
            // The values travel in dictionary batches.
            appendValidity(array)
            let width = index.byteWidth ?? 0
            add(array.buffers[0].slice(offset: array.offset * width, byteCount: array.count * width))
        case .runEndEncoded(let runEnds, _): try appendRuns(array, runEnds.type)
        default: throw EngineError.unsupported("writing columns of type \(array.type)")
        }
    }

    /// Writes a union, which has no validity of its own. The children of a dense union are written whole.
    private mutating func appendUnion(_ array: ArrowArray, _ mode: UnionMode) throws {
        add(array.buffers[0].slice(offset: array.offset, byteCount: array.count))
        if mode == .dense { add(array.buffers[1].slice(offset: array.offset * 4, byteCount: array.count * 4)) }
        for child in array.children {
            try append(mode == .dense ? child : child.slice(offset: array.offset, count: array.count))
        }
    }

    /// Writes a list view with the stretch of items that its rows lie in; null and empty rows begin at its start.
    private mutating func appendListView(_ array: ArrowArray, width: Int) throws {
        appendValidity(array)
        func number(_ buffer: Int, _ row: Int) -> Int {
            Self.number(array.buffers[buffer], array.offset + row, width: width)
        }
        let used = (0..<array.count).filter { array.isValid($0) && number(1, $0) > 0 }
        let start = used.reduce(Int.max) { min($0, number(0, $1)) }
        let end = used.reduce(0) { max($0, number(0, $1) + number(1, $1)) }
        var places = [[Int](repeating: 0, count: array.count), [Int](repeating: 0, count: array.count)]
        for row in used {
            places[0][row] = number(0, row) - start
            places[1][row] = number(1, row)
        }
        for numbers in places { add(Self.buffer(numbers, width: width)) }
        try append(array.children[0].slice(offset: used.isEmpty ? 0 : start, count: used.isEmpty ? 0 : end - start))
    }

    /// Writes the runs that the rows lie in, cut to them.
    private mutating func appendRuns(_ array: ArrowArray, _ type: DataType) throws {
        let (runEnds, values) = (array.children[0], array.children[1])
        let width = type.byteWidth ?? 4
        var ends: [Int] = []
        var first = 0
        for run in 0..<runEnds.count where ends.last != array.count && array.count > 0 {
            let end = Self.number(runEnds.buffers[0], runEnds.offset + run, width: width)
            if end <= array.offset {
                first = run + 1
            } else {
                ends.append(min(end - array.offset, array.count))
            }
        }
        try append(ArrowArray(checking: type, count: ends.count, buffers: [Self.buffer(ends, width: width)]))
        try append(values.slice(offset: first, count: ends.count))
    }

    /// Returns the signed number in slot `slot` of a buffer of numbers of 2, 4 or 8 bytes.
    private static func number(_ buffer: Buffer, _ slot: Int, width: Int) -> Int {
        defer { withExtendedLifetime(buffer) {} }
        let place = unsafe buffer.pointer + slot * width
        switch width {
        case 2: return unsafe Int(place.loadUnaligned(as: Int16.self))
        case 4: return unsafe Int(place.loadUnaligned(as: Int32.self))
        default: return unsafe place.loadUnaligned(as: Int.self)
        }
    }

    /// Returns numbers that fit `width` bytes as a buffer.
    private static func buffer(_ numbers: [Int], width: Int) -> Buffer {
        var buffer = MutableBuffer(capacity: numbers.count * width)
        for var number in numbers {
            unsafe withUnsafeBytes(of: &number) { unsafe buffer.append(.init(rebasing: $0[..<width])) }
        }
        return buffer.freeze()
    }
}
