public import CArrow
import RheiCore

extension ArrowArray {
    /// Lends this array through an `ArrowArray` structure, which the caller releases through its `release` member, on
    /// any thread. Memory is shared; only columns of type `any` are copied, into a dense union.
    ///
    /// - Parameter target: memory for the structure; its old contents are not looked at.
    /// - Throws: `unsupported` naming a type that is not exported; `target` is untouched then.
    @unsafe public func exportC(to target: UnsafeMutablePointer<CArrow.ArrowArray>) throws {
        if type == .any { return try unsafe AnyUnion.make(self).exportC(to: target) }
        _ = try CFormat.format(type)
        var buffers: [Buffer?] = (type.hasNoValidity ? [] : [validity]) + self.buffers
        if type.physicalType == .view {
            buffers.append(
                Buffer(
                    copying: self.buffers[1...].flatMap { data in
                        (0..<8).map { UInt8(truncatingIfNeeded: data.byteCount >> ($0 * 8)) }
                    }))
        }
        var (children, dictionary) = (self.children, ArrowArray?.none)
        if case .dictionary = type { (children, dictionary) = ([], self.children[0]) }
        unsafe try CArrayHolder.export(
            count: count, offset: offset, nullCount: type.physicalType == .none ? count : nullCount, buffers: buffers,
            children: children, dictionary: dictionary, to: target)
    }
}

extension RecordBatch {
    /// Lends this batch as a struct of its columns; see `ArrowArray.exportC(to:)`.
    @unsafe public func exportC(to target: UnsafeMutablePointer<CArrow.ArrowArray>) throws {
        unsafe try CArrayHolder.export(
            count: rowCount, offset: 0, nullCount: 0, buffers: [nil], children: columns, dictionary: nil,
            to: target)
    }
}

/// Keeps the memory of an exported `ArrowArray` alive.
@safe private final class CArrayHolder {
    private let buffers: [Buffer?]
    private let addresses: UnsafeMutablePointer<UnsafeRawPointer?>
    private let references: CReferences<CArrow.ArrowArray>

    private init(_ buffers: [Buffer?], childCount: Int) {
        self.buffers = buffers
        unsafe references = CReferences(childCount: childCount)
        unsafe addresses = .allocate(capacity: max(buffers.count, 1))
        for (index, buffer) in buffers.enumerated() {
            unsafe (addresses + index).initialize(to: buffer.map { unsafe $0.pointer })
        }
    }

    deinit { unsafe addresses.deallocate() }

    @unsafe static func export(
        count: Int, offset: Int, nullCount: Int, buffers: [Buffer?], children: [ArrowArray],
        dictionary: ArrowArray?, to target: UnsafeMutablePointer<CArrow.ArrowArray>
    ) throws {
        let holder = CArrayHolder(buffers, childCount: children.count)
        for (index, child) in children.enumerated() {
            if let place = unsafe holder.references.children[index] { unsafe try child.exportC(to: place) }
        }
        unsafe try dictionary?.exportC(to: holder.references.dictionary)
        var result = unsafe CArrow.ArrowArray()
        unsafe result.length = Int64(count)
        unsafe result.null_count = Int64(nullCount)
        unsafe result.offset = Int64(offset)
        unsafe result.n_buffers = Int64(buffers.count)
        unsafe result.n_children = Int64(children.count)
        unsafe result.buffers = holder.addresses
        unsafe result.children = children.isEmpty ? nil : holder.references.children
        unsafe result.dictionary = dictionary == nil ? nil : holder.references.dictionary
        unsafe result.release = releaseArray
        unsafe result.private_data = Unmanaged.passRetained(holder).toOpaque()
        unsafe target.initialize(to: result)
    }
}

/// The `release` member of exported arrays.
@unsafe private func releaseArray(_ array: UnsafeMutablePointer<CArrow.ArrowArray>?) {
    guard let array = unsafe array, let data = unsafe array.pointee.private_data else { return }
    unsafe array.pointee.release = nil
    unsafe array.pointee.private_data = nil
    unsafe Unmanaged<CArrayHolder>.fromOpaque(data).release()
}
