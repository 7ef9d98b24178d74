extension ArrowArray {
    /// Compares two nested arrays of one type, count and validity, row by row; what lies under null rows does not matter.
    static func equalNested(_ left: ArrowArray, _ right: ArrowArray) -> Bool {
        let rows = (0..<left.count).lazy.filter { left.isValid($0) }
        switch left.type {
        case .list, .largeList, .map, .fixedSizeList:
            return rows.allSatisfy { left.items(at: $0) == right.items(at: $0) }
        case .struct:
            return rows.allSatisfy { row in
                zip(left.children, right.children).allSatisfy {
                    $0.slice(offset: left.offset + row, count: 1) == $1.slice(offset: right.offset + row, count: 1)
                }
            }
        case .union:
            return rows.allSatisfy { row in
                let (a, b) = (left.unionPlace(row), right.unionPlace(row))
                return a.child == b.child
                    && left.children[a.child].slice(offset: a.row, count: 1)
                        == right.children[b.child].slice(offset: b.row, count: 1)
            }
        default:
            return left.offset == right.offset && left.buffers == right.buffers && left.children == right.children
        }
    }
}
