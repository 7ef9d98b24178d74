import RheiCore

/// A view of an array of lists: List, LargeList, ListView, LargeListView, FixedSizeList or Map.
///
/// The items of a map are structs of key and value.
public struct ListArray: Sendable {
    /// The array looked at.
    public let array: ArrowArray

    /// - Throws: `typeMismatch` when the array does not hold lists.
    public init(_ array: ArrowArray) throws {
        guard array.type.isList else {
            throw EngineError(.typeMismatch, "an array of \(array.type) does not hold lists")
        }
        self.array = array
    }

    public var count: Int { array.count }
    /// Whether row `row` is not null.
    public func isValid(_ row: Int) -> Bool { array.isValid(row) }
    /// The items of all rows, in no promised order; those of null rows and of rows that a slice left out included.
    public var items: ArrowArray { array.children[0] }

    /// The rows of `items` that belong to row `row`; for a null row an unspecified range within them.
    ///
    /// - Precondition: `0 <= row < count`.
    public func itemRange(at row: Int) -> Range<Int> {
        precondition(row >= 0 && row < count, "row out of range")
        defer { withExtendedLifetime(array) {} }
        return ListSlots(array)[array.offset + row]
    }

    /// The items of row `row`, sharing memory; nil when the row is null.
    public func value(at row: Int) -> ArrowArray? {
        array.isValid(row) ? array.items(at: row) : nil
    }
}
