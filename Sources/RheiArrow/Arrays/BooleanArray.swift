import RheiCore

/// A view of an array of truth values.
@safe public struct BooleanArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    /// The value bits; those of null rows are unspecified.
    public let values: Bitmap

    /// - Throws: `typeMismatch` when the array is not of type `bool`.
    public init(_ array: ArrowArray) throws {
        guard array.type == .bool else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold truth values")
        }
        self.array = array
        values = Bitmap(buffer: array.buffers[0], bitOffset: array.offset, count: array.count)
    }

    public var count: Int { array.count }
    /// Whether row `row` is not null.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }
    /// The bit of row `row`, meaningless when the row is null.
    public subscript(row: Int) -> Bool { values[row] }
    /// The truth value of row `row`, nil when the row is null.
    public func value(at row: Int) -> Bool? { isValid(row) ? values[row] : nil }
}
