import RheiCore

/// A view of a dictionary-encoded array: indices into an array of values.
public struct DictionaryArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray

    /// - Throws: `typeMismatch` when the array is not dictionary-encoded.
    public init(_ array: ArrowArray) throws {
        guard case .dictionary = array.type else {
            throw EngineError(.typeMismatch, "an array of \(array.type) has no dictionary")
        }
        self.array = array
    }

    public var count: Int { array.count }
    /// The values that indices name; they need not differ, be used or be valid.
    public var values: ArrowArray { array.children[0] }

    /// The row of `values` that row `row` has, nil when its index is null.
    ///
    /// - Precondition: `0 <= row < count`.
    public func index(at row: Int) -> Int? {
        array.isValid(row) ? array.dictionaryIndex(row) : nil
    }

    /// Returns the same rows without a dictionary.
    ///
    /// - Throws: `overflow` when the values do not fit their layout's offsets.
    public func decoded() throws -> ArrowArray {
        try values.take((0..<count).map { index(at: $0) })
    }
}
