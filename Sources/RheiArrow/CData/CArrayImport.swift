public import CArrow
import RheiCore

extension ArrowArray {
    /// Takes over a C `ArrowArray`, sharing its memory; it is released when the last buffer that uses it goes.
    ///
    /// Offsets, views and tags are checked; the lengths of buffers follow from the producer's word, as the interface
    /// gives none.
    ///
    /// - Parameters:
    ///   - source: is moved from: its `release` member is nil afterwards, also when this throws.
    ///   - type: the type that the `ArrowSchema` named.
    /// - Throws: `corrupt` for a released array or one that does not fit the type.
    @unsafe public init(importingC source: UnsafeMutablePointer<CArrow.ArrowArray>, type: DataType) throws {
        let owner = unsafe try CArrayOwner(moving: source)
        self = unsafe try CArrayReader(owner: owner, array: owner.array).read(type)
    }
}

extension RecordBatch {
    /// Takes over a C `ArrowArray` that holds a struct of the schema's columns; see
    /// `ArrowArray.init(importingC:type:)`.
    @unsafe public init(importingC source: UnsafeMutablePointer<CArrow.ArrowArray>, schema: Schema) throws {
        let owner = unsafe try CArrayOwner(moving: source)
        let array = unsafe owner.array
        let (count, offset) = unsafe try CArrayReader(owner: owner, array: array).extent()
        guard unsafe array.n_children == schema.fields.count else {
            throw EngineError(
                .corrupt, unsafe "\(array.n_children) columns for a schema of \(schema.fields.count) fields")
        }
        if unsafe array.null_count != 0, unsafe array.n_buffers > 0, let buffers = unsafe array.buffers,
            let validity = unsafe buffers[0], unsafe Bits.countOnes(validity, offset, count: count) < count
        {
            throw EngineError.unsupported("null rows of a record batch in the C Data Interface")
        }
        let columns = try schema.fields.indices.map { index in
            guard let child = unsafe array.children?[index] else {
                throw EngineError(.corrupt, "an ArrowArray without its children")
            }
            let column = unsafe try CArrayReader(owner: owner, array: child.pointee).read(schema.fields[index].type)
            guard column.count >= offset + count else { throw EngineError(.corrupt, "a column shorter than its batch") }
            return column.slice(offset: offset, count: count)
        }
        try self.init(schema: schema, columns: columns, rowCount: count)
    }
}

/// Owns an array that was moved in and releases it once, on whatever thread the last reference goes.
@safe private final class CArrayOwner {
    var array: CArrow.ArrowArray

    @unsafe init(moving source: UnsafeMutablePointer<CArrow.ArrowArray>) throws {
        guard unsafe source.pointee.release != nil else { throw EngineError(.corrupt, "a released ArrowArray") }
        unsafe array = source.pointee
        unsafe source.pointee.release = nil
    }

    deinit {
        if let release = unsafe array.release { unsafe release(&array) }
    }
}

/// Borrows the buffers of one array of a tree that `owner` keeps alive.
@safe private struct CArrayReader {
    let owner: CArrayOwner
    let array: CArrow.ArrowArray

    @unsafe init(owner: CArrayOwner, array: CArrow.ArrowArray) {
        self.owner = owner
        unsafe self.array = array
    }

    func extent() throws -> (count: Int, offset: Int) {
        let (count, offset) = unsafe (array.length, array.offset)
        guard count >= 0, offset >= 0, count <= 1 << 40, offset <= 1 << 40 else {
            throw corrupt("\(count) rows from slot \(offset) on")
        }
        return (Int(count), Int(offset))
    }

    func read(_ type: DataType) throws -> ArrowArray {
        let (count, offset) = try extent()
        if type == .any { return try readUnion(count, offset) }
        if type.physicalType == .none { return try ArrowArray(checking: type, count: count, buffers: []) }
        let validity =
            unsafe type.hasNoValidity || array.null_count == 0
            ? nil : try buffer(0, byteCount: Bits.byteCount(offset + count), isOptional: true)
        let children = try children(type)
        let buffers =
            try type.physicalType == .nested
            ? nestedBuffers(type, offset + count) : valueBuffers(type, offset + count)
        return try ArrowArray(
            checking: type, count: count, offset: offset, validity: validity, buffers: buffers, children: children)
    }

    private func children(_ type: DataType) throws -> [ArrowArray] {
        if case .dictionary(_, let value, _) = type {
            guard let values = unsafe array.dictionary, unsafe array.n_children == 0 else {
                throw corrupt("no dictionary, or children beside it")
            }
            return unsafe [try CArrayReader(owner: owner, array: values.pointee).read(value)]
        }
        guard unsafe array.dictionary == nil else { throw corrupt("a dictionary for type \(type)") }
        let types = type.childTypes
        guard unsafe Int(array.n_children) == types.count else { throw corrupt("other children than type \(type)") }
        return try types.indices.map { index in
            guard let child = unsafe array.children?[index] else { throw corrupt("no child \(index)") }
            return unsafe try CArrayReader(owner: owner, array: child.pointee).read(types[index])
        }
    }

    private func nestedBuffers(_ type: DataType, _ slotCount: Int) throws -> [Buffer] {
        let width = type.listOffsetType == .int32 ? 4 : 8
        switch type {
        case .list, .largeList, .map:
            return [try buffer(1, byteCount: (slotCount + 1) * width, isOptional: slotCount == 0) ?? .empty]
        case .listView, .largeListView:
            return [try required(1, slotCount * width), try required(2, slotCount * width)]
        case .union(_, _, .sparse): return [try required(0, slotCount)]
        case .union: return [try required(0, slotCount), try required(1, slotCount * 4)]
        case .dictionary(let index, _, _): return try valueBuffers(index, slotCount)
        default: return []
        }
    }

    private func valueBuffers(_ type: DataType, _ slotCount: Int) throws -> [Buffer] {
        switch type.physicalType {
        case .bit: return [try required(1, Bits.byteCount(slotCount))]
        case .offsets32, .offsets64:
            let width = type.physicalType == .offsets32 ? 4 : 8
            guard let offsets = try buffer(1, byteCount: (slotCount + 1) * width, isOptional: slotCount == 0) else {
                return [.empty, .empty]
            }
            defer { withExtendedLifetime(offsets) {} }
            let end = unsafe offsets.pointer + slotCount * width
            let byteCount = unsafe width == 4 ? Int(end.loadUnaligned(as: Int32.self)) : end.loadUnaligned(as: Int.self)
            return [offsets, try required(2, byteCount)]
        case .view: return try viewBuffers(slotCount)
        default:
            let (byteCount, overflows) = slotCount.multipliedReportingOverflow(by: type.byteWidth ?? 0)
            guard !overflows else { throw corrupt("\(slotCount) values of type \(type)") }
            return [try required(1, byteCount)]
        }
    }

    /// The views, and the data buffers with the lengths that the last buffer lists.
    private func viewBuffers(_ slotCount: Int) throws -> [Buffer] {
        let dataCount = unsafe Int(array.n_buffers) - 3
        guard dataCount >= 0 else { throw corrupt("views without lengths of their buffers") }
        var result = [try required(1, slotCount * 16)]
        if dataCount == 0 { return result }
        let lengths = try required(2 + dataCount, dataCount * 8)
        defer { withExtendedLifetime(lengths) {} }
        for index in 0..<dataCount {
            let length = unsafe lengths.pointer.loadUnaligned(fromByteOffset: index * 8, as: Int64.self)
            result.append(try required(2 + index, Int(length)))
        }
        return result
    }

    private func readUnion(_ count: Int, _ offset: Int) throws -> ArrowArray {
        let children = try children(IPCFormat.anyUnion)
        let typeIDs = try required(0, offset + count).slice(offset: offset, byteCount: count)
        let offsets = try required(1, (offset + count) * 4).slice(offset: offset * 4, byteCount: count * 4)
        return try AnyUnion.read(count: count, typeIDs: typeIDs, offsets: offsets, children: children)
    }

    private func required(_ index: Int, _ byteCount: Int) throws -> Buffer {
        try buffer(index, byteCount: byteCount, isOptional: byteCount == 0) ?? .empty
    }

    /// Borrows buffer `index`; a null pointer stands for nil where the buffer is optional.
    private func buffer(_ index: Int, byteCount: Int, isOptional: Bool) throws -> Buffer? {
        guard unsafe index < Int(array.n_buffers), byteCount >= 0 else { throw corrupt("no buffer \(index)") }
        guard let pointer = unsafe array.buffers?[index] else {
            if isOptional { return nil }
            throw corrupt("a null pointer for buffer \(index)")
        }
        return unsafe Buffer(borrowing: pointer, byteCount: byteCount, owner: owner)
    }

    private func corrupt(_ what: String) -> EngineError {
        EngineError(.corrupt, "an ArrowArray that does not fit its type: \(what)")
    }
}
