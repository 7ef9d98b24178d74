import RheiArrow
import RheiCore

/// Lists and structs as arrays that chunks are made of: first a truth value per row, false where it is null; then of
/// lists the number of items of each row and the items of all, of structs the fields.
struct NestedParts {
    let arrays: [ArrowArray]

    /// - Returns: nil for types that are not nested.
    /// - Throws: `unsupported` for other nested types than lists and structs.
    init?(splitting array: ArrowArray) throws {
        switch array.type {
        case .list: arrays = [Self.presence(array)] + (try Self.lists(array))
        case .struct:
            let fields = array.children.map { $0.slice(offset: array.offset, count: array.count) }
            arrays = [Self.presence(array)] + fields
        default: return nil
        }
    }

    private static func presence(_ array: ArrowArray) -> ArrowArray {
        let bits = array.validityBitmap ?? Bitmap(repeating: true, count: array.count)
        return ArrowArray(.bool, count: array.count, offset: bits.bitOffset, buffers: [bits.buffer])
    }

    /// The lengths, and the items from those of the first row to those of the last.
    private static func lists(_ array: ArrowArray) throws -> [ArrowArray] {
        let lists = try ListArray(array)
        var builder = try PrimitiveBuilder<Int32>(.int32, capacity: array.count)
        for row in 0..<array.count { builder.append(Int32(lists.itemRange(at: row).count)) }
        let first = array.count == 0 ? 0 : lists.itemRange(at: 0).lowerBound
        let end = array.count == 0 ? 0 : lists.itemRange(at: array.count - 1).upperBound
        return [builder.finish(), lists.items.slice(offset: first, count: end - first)]
    }

    /// Puts a column together again.
    ///
    /// - Throws: `corrupt` when the parts do not fit each other or the type.
    static func joined(_ parts: [ArrowArray], as type: DataType, rowCount: Int) throws -> ArrowArray {
        guard let presence = parts.first, presence.type == .bool, presence.count == rowCount, presence.nullCount == 0
        else { throw EngineError(.corrupt, "a nested column without what tells its nulls") }
        let bits = Bitmap(buffer: presence.buffers[0], bitOffset: presence.offset, count: rowCount)
        let nullCount = rowCount - bits.countOnes()
        let validity = nullCount > 0 ? bits.buffer : nil
        switch type {
        case .struct(let fields):
            let children = Array(parts.dropFirst())
            guard children.map(\.type) == fields.map(\.type), children.allSatisfy({ $0.count == rowCount }) else {
                throw EngineError(.corrupt, "fields that are none of \(type)")
            }
            return ArrowArray(
                type, count: rowCount, nullCount: nullCount, validity: validity, buffers: [], children: children)
        case .list(let item):
            guard parts.count == 3, parts[2].type == item.type else {
                throw EngineError(.corrupt, "items that are none of \(type)")
            }
            return ArrowArray(
                type, count: rowCount, nullCount: nullCount, validity: validity,
                buffers: [try offsets(parts[1], rowCount, itemCount: parts[2].count)], children: [parts[2]])
        default: throw EngineError(.corrupt, "parts of a column of type \(type)")
        }
    }

    private static func offsets(_ lengths: ArrowArray, _ rowCount: Int, itemCount: Int) throws -> Buffer {
        guard lengths.type == .int32, lengths.count == rowCount, lengths.nullCount == 0 else {
            throw EngineError(.corrupt, "a list column without lengths")
        }
        let values = try PrimitiveArray<Int32>(lengths)
        var offsets = MutableBuffer(capacity: (rowCount + 1) * 4)
        var end = 0
        unsafe offsets.extend(by: 4).storeBytes(of: 0, as: Int32.self)
        for row in 0..<rowCount {
            let length = Int(values[row])
            guard length >= 0, length <= itemCount - end else {
                throw EngineError(.corrupt, "lengths beyond \(itemCount) items")
            }
            end += length
            unsafe offsets.extend(by: 4).storeBytes(of: Int32(truncatingIfNeeded: end), as: Int32.self)
        }
        guard end == itemCount else { throw EngineError(.corrupt, "lengths of \(end) items for \(itemCount)") }
        return offsets.freeze()
    }
}

extension ArrowArray {
    /// Whether segment files take the array in parts.
    var isNested: Bool {
        switch type {
        case .list, .struct: true
        default: false
        }
    }
}
