import RheiCore

extension ArrowArray {
    /// Makes an array of `count` nulls. In a union they are nulls of the first field, in a run-end encoded array the
    /// run of one null value.
    ///
    /// - Throws: `overflow` when run ends cannot count so far, `invalidArgument` for rows of a union without fields or
    ///   of types that cannot be.
    public static func nulls(_ type: DataType, count: Int) throws -> ArrowArray {
        switch type.physicalType {
        case .none: return ArrowArray(type, count: count, buffers: [])
        case .bit: return nulls(type, count, [Bits.byteCount(count)])
        case .offsets32: return nulls(type, count, [(count + 1) * 4, 0])
        case .offsets64: return nulls(type, count, [(count + 1) * 8, 0])
        case .any: return nulls(type, count, [count, count * 16])
        case .nested: return try nestedNulls(type, count)
        default: return nulls(type, count, [count * (type.byteWidth ?? 0)])
        }
    }

    private static func nulls(
        _ type: DataType, _ count: Int, _ byteCounts: [Int], _ children: [ArrowArray] = []
    ) -> ArrowArray {
        ArrowArray(
            type, count: count, nullCount: count, validity: .zeroed(Bits.byteCount(count)),
            buffers: byteCounts.map(Buffer.zeroed), children: children)
    }

    private static func nestedNulls(_ type: DataType, _ count: Int) throws -> ArrowArray {
        func children(_ count: Int) throws -> [ArrowArray] { try type.childTypes.map { try nulls($0, count: count) } }
        let width = type.listOffsetType == .int32 ? 4 : 8
        switch type {
        case .list, .largeList, .map: return try nulls(type, count, [(count + 1) * width], children(0))
        case .listView, .largeListView: return try nulls(type, count, [count * width, count * width], children(0))
        case .fixedSizeList(_, let length):
            let (itemCount, overflows) = count.multipliedReportingOverflow(by: length)
            guard length >= 0, !overflows else {
                throw EngineError(.invalidArgument, "\(count) lists of \(length) items")
            }
            return try nulls(type, count, [], children(itemCount))
        case .struct: return try nulls(type, count, [], children(count))
        case .dictionary(let index, _, _): return try nulls(type, count, [count * (index.byteWidth ?? 8)], children(0))
        case .union(_, let typeIDs, let mode): return try unionNulls(type, count, typeIDs, mode)
        default: return try runOfNulls(type, count)
        }
    }

    private static func unionNulls(
        _ type: DataType, _ count: Int, _ typeIDs: [Int8], _ mode: UnionMode
    ) throws -> ArrowArray {
        guard let firstID = typeIDs.first ?? (count == 0 ? 0 : nil) else {
            throw EngineError(.invalidArgument, "\(count) rows of a union without fields")
        }
        let ids = Buffer(copying: [UInt8](repeating: UInt8(bitPattern: firstID), count: count))
        let types = type.childTypes
        if mode == .sparse {
            let children = try types.map { try nulls($0, count: count) }
            return ArrowArray(type, count: count, buffers: [ids], children: children)
        }
        // All rows share one null.
        let children = try types.enumerated().map { try nulls($1, count: $0 == 0 ? min(count, 1) : 0) }
        return ArrowArray(type, count: count, buffers: [ids, .zeroed(count * 4)], children: children)
    }

    private static func runOfNulls(_ type: DataType, _ count: Int) throws -> ArrowArray {
        guard case .runEndEncoded(let ends, let values) = type, let width = ends.type.physicalType.integerByteWidth
        else {
            throw EngineError.unsupported("an array of nulls of type \(type)")
        }
        guard count <= ends.type.physicalType.largestInteger else {
            throw EngineError(.overflow, "\(count) rows in a run with an end of type \(ends.type)")
        }
        var buffer = MutableBuffer()
        if count > 0 { buffer.append(integer: count, byteCount: width) }
        let end = ArrowArray(ends.type, count: min(count, 1), buffers: [buffer.freeze()])
        return try ArrowArray(
            type, count: count, buffers: [], children: [end, nulls(values.type, count: min(count, 1))])
    }
}
