import RheiCore

extension IPCBodyEncoder {
    /// Appends a nested array: what is its own, then the rows of its children that it refers to.
    mutating func appendNested(_ array: ArrowArray) throws {
        nodes += [Int64(array.count), Int64(array.nullCount)]
        switch array.type {
        case .list, .largeList, .map:
            try appendValidity(array)
            let range = try appendOffsets(array)
            try append(array.children[0].slice(offset: range.lowerBound, count: range.count))
        case .fixedSizeList(_, let length):
            try appendValidity(array)
            try append(array.children[0].slice(offset: array.offset * length, count: array.count * length))
        case .struct:
            try appendValidity(array)
            for child in array.children { try append(child.slice(offset: array.offset, count: array.count)) }
        case .union(_, _, let mode): try appendUnion(array, mode)
        default: throw EngineError.unsupported("writing columns of type \(array.type)")
        }
    }

    /// Writes a union, which has no validity of its own. The children of a dense union are written whole.
    private mutating func appendUnion(_ array: ArrowArray, _ mode: UnionMode) throws {
        try add(array.buffers[0].slice(offset: array.offset, byteCount: array.count))
        if mode == .dense { try add(array.buffers[1].slice(offset: array.offset * 4, byteCount: array.count * 4)) }
        for child in array.children {
            try append(mode == .dense ? child : child.slice(offset: array.offset, count: array.count))
        }
    }
}
