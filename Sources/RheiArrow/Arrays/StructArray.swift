import RheiCore

/// A view of an array of structs.
public struct StructArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray
    public let fields: [Field]

    /// - Throws: `typeMismatch` when the array does not hold structs.
    public init(_ array: ArrowArray) throws {
        guard case .struct(let fields) = array.type else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold structs")
        }
        self.array = array
        self.fields = fields
    }

    public var count: Int { array.count }
    /// Whether row `row` is not null. A struct that is not null may have fields that are.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }

    /// The values of field `index`, one for each row, sharing memory; under null structs they are unspecified.
    ///
    /// - Precondition: the field exists.
    public func field(_ index: Int) -> ArrowArray {
        array.children[index].slice(offset: array.offset, count: array.count)
    }

    /// The values of the first field of exactly this name.
    public func field(named name: String) -> ArrowArray? {
        fields.firstIndex { $0.name == name }.map(field)
    }
}
