import RheiArrow

extension Segment: FileRows {
    var keyOrder: SegmentFooter.KeyOrder { ascendingKeys == nil ? .other : .ascending }

    func isNested(_ index: Int) throws -> Bool { try keptColumn(index).isNested }

    func fileColumn(_ index: Int) throws -> FileColumn {
        let (column, type) = try typedColumn(index)
        var zone = zones[index]
        if index == keyColumn, let keys = ascendingKeys {
            zone.bounds = .integers(keys.lowerBound, keys.upperBound)
        }
        return FileColumn(array: column, type: type, zone: zone, sample: try sample(index))
    }

    func fileKeys() throws -> ArrowArray? { hasOwnKeys ? try keys() : nil }
}
