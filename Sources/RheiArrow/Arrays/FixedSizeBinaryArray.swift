import RheiCore

/// A view of an array whose rows are bytes of one length.
@safe public struct FixedSizeBinaryArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    /// Bytes of each row.
    public let byteWidth: Int

    /// - Throws: `typeMismatch` when the array is not of type `fixedSizeBinary`.
    public init(_ array: ArrowArray) throws {
        guard case .fixedSizeBinary(let byteWidth) = array.type else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold bytes of one length")
        }
        self.array = array
        self.byteWidth = byteWidth
    }

    public var count: Int { array.count }
    /// Whether row `row` is not null.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }

    /// A copy of the bytes of row `row`, nil when the row is null.
    public func value(at row: Int) -> [UInt8]? {
        guard array.isValid(row) else { return nil }
        return withBytes(at: row) { bytes in unsafe bytes.withUnsafeBytes { unsafe Array($0) } }
    }

    /// Lends the bytes of row `row`, which must not be null.
    public func withBytes<Result>(at row: Int, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        precondition(array.isValid(row), "row is null")
        let start = unsafe array.buffers[0].pointer + (array.offset + row) * byteWidth
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: byteWidth)
        defer { withExtendedLifetime(array) {} }
        return try unsafe body(bytes.bytes)
    }
}
