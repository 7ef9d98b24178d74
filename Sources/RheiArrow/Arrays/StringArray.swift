import RheiCore

/// A view of an array of text: Utf8View, Utf8 or LargeUtf8.
@safe public struct StringArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    @usableFromInline package let rows: ByteArrayView

    /// - Throws: `typeMismatch` when the array does not hold text.
    public init(_ array: ArrowArray) throws {
        guard array.type.isText, let rows = ByteArrayView(array) else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold text")
        }
        self.array = array
        self.rows = rows
    }

    public var count: Int { array.count }
    /// Whether row `row` is not null.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }

    /// The text of row `row`, nil when the row is null. Bytes that are not valid UTF-8 become U+FFFD here; `withBytes`
    /// shows them as they are.
    public func value(at row: Int) -> String? {
        guard array.isValid(row) else { return nil }
        defer { withExtendedLifetime(array) {} }
        return unsafe String(decoding: rows.bytes(row), as: UTF8.self)
    }

    /// Lends the bytes of row `row`, which must not be null.
    public func withBytes<Result>(at row: Int, _ body: (RawSpan) throws -> Result) rethrows -> Result {
        precondition(array.isValid(row), "row is null")
        let bytes = unsafe rows.bytes(row)
        defer { withExtendedLifetime(array) {} }
        return try unsafe body(bytes.bytes)
    }
}
