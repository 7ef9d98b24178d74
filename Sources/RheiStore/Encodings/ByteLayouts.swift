import RheiArrow
import RheiCore

/// Brings byte strings from views into the layout of another type.
enum ByteLayouts {
    /// - Throws: `corrupt` when a value does not have the width of its type.
    static func convert(_ views: ArrowArray, to type: DataType) throws -> ArrowArray {
        guard let source = ByteArrayView(views) else { return views }
        defer { withExtendedLifetime(views) {} }
        if type.isText || type.isBinary {
            var builder = try BytesBuilder(type, capacity: views.count)
            for row in 0..<views.count {
                if views.isValid(row) { unsafe try builder.append(source.bytes(row)) } else { builder.appendNull() }
            }
            return builder.finish()
        }
        let width = type.byteWidth ?? 0
        var values = MutableBuffer(zeroedByteCount: views.count * width)
        for row in 0..<views.count where views.isValid(row) {
            let bytes = unsafe source.bytes(row)
            guard bytes.count == width else {
                throw EngineError(.corrupt, "a value of \(bytes.count) bytes in a column of type \(type)")
            }
            if let start = bytes.baseAddress {
                unsafe (values.pointer + row * width).copyMemory(from: start, byteCount: width)
            }
        }
        return ArrowArray(
            type, count: views.count, nullCount: views.nullCount, validity: views.validity,
            buffers: [values.freeze()])
    }
}
