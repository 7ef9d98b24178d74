package import RheiArrow
import RheiCore

/// The keys of some rows, in row order: all integers, or all byte strings.
package struct RowKeys: Sendable {
    /// An array of Int64, or of text or bytes as views; without nulls.
    package let array: ArrowArray

    /// - Throws: `typeMismatch` when the array is neither of these or has nulls.
    package init(_ array: ArrowArray) throws {
        guard array.nullCount == 0, array.type == .int64 || array.type == .binaryView || array.type == .utf8View else {
            throw EngineError(
                .typeMismatch, "row keys of type \(array.type) with \(array.nullCount) nulls")
        }
        self.array = array
    }

    package init(integers: [Int64]) {
        self.array = ArrowArray(.int64, count: integers.count, buffers: [Buffer(copyingValues: integers)])
    }

    package init(encoded: [[UInt8]]) throws {
        var builder = try BytesBuilder(.binaryView, capacity: encoded.count)
        for key in encoded { try builder.append(bytes: key) }
        self.array = builder.finish()
    }

    package var count: Int { array.count }
    var isInteger: Bool { array.type == .int64 }
}

extension Buffer {
    /// Copies integers into memory of our own.
    convenience init(copyingValues values: [Int64]) {
        var bytes: [UInt8] = []
        unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        self.init(copying: bytes)
    }
}
