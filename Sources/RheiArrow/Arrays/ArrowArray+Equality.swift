extension ArrowArray: Equatable {
    /// Compares types, counts and rows: nulls equal nulls, values compare bit by bit. Slots under nulls, offsets and
    /// the division into buffers do not matter. Nested arrays compare their rows' parts of the children.
    public static func == (left: ArrowArray, right: ArrowArray) -> Bool {
        guard left.type == right.type, left.count == right.count, left.nullCount == right.nullCount,
            left.validityBitmap == right.validityBitmap
        else { return false }
        defer { withExtendedLifetime((left, right)) {} }
        switch left.type.physicalType {
        case .none: return true
        case .bit: return equalBits(left, right)
        case .view, .offsets32, .offsets64:
            guard let a = ByteArrayView(left), let b = ByteArrayView(right) else { return false }
            return left.allValidRows { unsafe bytesEqual(a.bytes($0), b.bytes($0)) }
        case .any: return equalSlots(left, right)
        case .nested:
            return equalNested(left, right)
        default:
            let width = left.type.byteWidth ?? 0
            let a = unsafe left.buffers[0].pointer + left.offset * width
            let b = unsafe right.buffers[0].pointer + right.offset * width
            return left.allValidRows { unsafe memoryEqual(a + $0 * width, b + $0 * width, width) }
        }
    }

    private func allValidRows(_ test: (Int) -> Bool) -> Bool {
        (0..<count).allSatisfy { !isValid($0) || test($0) }
    }

    private static func equalBits(_ left: ArrowArray, _ right: ArrowArray) -> Bool {
        left.allValidRows {
            unsafe Bits.get(left.buffers[0].pointer, left.offset + $0)
                == Bits.get(right.buffers[0].pointer, right.offset + $0)
        }
    }

    private static func equalSlots(_ left: ArrowArray, _ right: ArrowArray) -> Bool {
        guard let a = try? AnyArray(left), let b = try? AnyArray(right) else { return false }
        return left.allValidRows { row in
            guard a.storageClass(at: row) == b.storageClass(at: row) else { return false }
            switch a.storageClass(at: row) {
            case .null: return true
            case .integer, .real: return a.integer(row) == b.integer(row)
            case .text, .blob: return unsafe bytesEqual(a.bytes(row), b.bytes(row))
            }
        }
    }
}

@unsafe private func bytesEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    return unsafe memoryEqual(a, b, left.count)
}

extension RecordBatch: Equatable {
    /// Compares schemas and rows; see `ArrowArray`'s equality.
    public static func == (left: RecordBatch, right: RecordBatch) -> Bool {
        left.schema == right.schema && left.rowCount == right.rowCount && left.columns == right.columns
    }
}
