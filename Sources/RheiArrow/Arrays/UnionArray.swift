import RheiCore

/// A view of an array of a union type, sparse or dense. A row is null only where its value is.
public struct UnionArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    public let fields: [Field]
    /// The type id of each field.
    public let typeIDs: [Int8]

    /// - Throws: `typeMismatch` when the array does not hold unions.
    public init(_ array: ArrowArray) throws {
        guard case .union(let fields, let typeIDs, _) = array.type else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold unions")
        }
        self.array = array
        self.fields = fields
        self.typeIDs = typeIDs
    }

    public var count: Int { array.count }

    /// The index of the field that row `row` has a value of.
    ///
    /// - Precondition: `0 <= row < count`.
    public func fieldIndex(at row: Int) -> Int { array.unionPlace(row).child }

    /// The value of row `row` as an array of one row, sharing memory.
    ///
    /// - Precondition: `0 <= row < count`.
    public func value(at row: Int) -> ArrowArray {
        let place = array.unionPlace(row)
        return array.children[place.child].slice(offset: place.row, count: 1)
    }
}
