import RheiCore

/// A view of an array of bytes of variable length: BinaryView, Binary or LargeBinary.
@safe public struct BinaryArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    @usableFromInline package let rows: ByteArrayView

    /// - Throws: `typeMismatch` when the array does not hold bytes.
    public init(_ array: ArrowArray) throws {
        guard array.type.isBinary, let rows = ByteArrayView(array) else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold bytes")
        }
        self.array = array
        self.rows = rows
    }

    public var count: Int { array.count }
    /// Whether row `row` is not null.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }

    /// A copy of the bytes of row `row`, nil when the row is null.
    public func value(at row: Int) -> [UInt8]? {
        guard array.isValid(row) else { return nil }
        defer { withExtendedLifetime(array) {} }
        return unsafe Array(rows.bytes(row))
    }

    /// Lends the bytes of row `row`, which must not be null.
    public func withBytes<Result>(at row: Int, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        precondition(array.isValid(row), "row is null")
        let bytes = unsafe rows.bytes(row)
        defer { withExtendedLifetime(array) {} }
        return try unsafe body(bytes.bytes)
    }
}
