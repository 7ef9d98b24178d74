extension ArrowArray {
    /// Appends bytes that are equal for rows of arrays of one type exactly when the rows are equal, as `==` compares
    /// them.
    ///
    /// - Precondition: the row exists.
    func appendKey(of row: Int, to key: inout [UInt8]) {
        defer { withExtendedLifetime(self) {} }
        switch type {
        case .dictionary where isValid(row): return children[0].appendKey(of: dictionaryIndex(row), to: &key)
        case .runEndEncoded: return children[1].appendKey(of: runIndex(row), to: &key)
        case .union:
            let place = unionPlace(row)
            key.append(UInt8(truncatingIfNeeded: place.child))
            return children[place.child].appendKey(of: place.row, to: &key)
        default: break
        }
        key.append(isValid(row) ? 1 : 0)
        if isValid(row) { appendValidKey(row, &key) }
    }

    private func appendValidKey(_ row: Int, _ key: inout [UInt8]) {
        switch type.physicalType {
        case .none: break
        case .bit: key.append(unsafe Bits.get(buffers[0].pointer, offset + row) ? 1 : 0)
        case .view, .offsets32, .offsets64:
            if let bytes = ByteArrayView(self) { unsafe Self.append(bytes.bytes(row), &key) }
        case .any: appendSlotKey(row, &key)
        case .nested: appendNestedKey(row, &key)
        default:
            let width = type.byteWidth ?? 0
            let start = unsafe buffers[0].pointer + (offset + row) * width
            unsafe key.append(contentsOf: UnsafeRawBufferPointer(start: start, count: width))
        }
    }

    private func appendSlotKey(_ row: Int, _ key: inout [UInt8]) {
        guard let slots = try? AnyArray(self) else { return }
        let tag = slots.storageClass(at: row)
        key.append(tag.rawValue)
        switch tag {
        case .null: break
        case .integer, .real: Self.append(Int(slots.integer(row)), &key)
        case .text, .blob: unsafe Self.append(slots.bytes(row), &key)
        }
    }

    private func appendNestedKey(_ row: Int, _ key: inout [UInt8]) {
        if type.isList {
            let range = ListSlots(self)[offset + row]
            Self.append(range.count, &key)
            for item in range { children[0].appendKey(of: item, to: &key) }
        } else {
            for child in children { child.appendKey(of: offset + row, to: &key) }
        }
    }

    private static func append(_ number: Int, _ key: inout [UInt8]) {
        unsafe withUnsafeBytes(of: number) { unsafe key.append(contentsOf: $0) }
    }

    private static func append(_ bytes: UnsafeRawBufferPointer, _ key: inout [UInt8]) {
        append(bytes.count, &key)
        unsafe key.append(contentsOf: bytes)
    }
}
