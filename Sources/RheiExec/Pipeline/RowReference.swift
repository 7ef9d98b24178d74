/// Names a row of a ``RowCollection`` by chunk and row, or no row.
package struct RowReference: BitwiseCopyable, Hashable, Sendable {
    package var rawValue: UInt64

    @inline(__always)
    package init(chunk: Int, row: Int) {
        rawValue = UInt64(truncatingIfNeeded: chunk) &<< 16 | UInt64(truncatingIfNeeded: row)
    }

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Stands for a row of nulls when rows are gathered.
    package static let missing = RowReference(rawValue: .max)

    @inline(__always) package var chunk: Int { Int(truncatingIfNeeded: rawValue &>> 16) }
    @inline(__always) package var row: Int { Int(truncatingIfNeeded: rawValue & 0xffff) }
}
