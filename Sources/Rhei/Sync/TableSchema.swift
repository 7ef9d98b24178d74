import RheiSQLite

/// Types for columns of a mirrored table that SQLite has no words for. Columns that it does not name take their types
/// from SQLite.
///
/// Text of the forms of ISO 8601 converts to dates and times, numbers and their texts convert to decimals, rounded half
/// away from zero. A value that does not convert is counted in ``TableStatus/quarantinedValues``; queries over that
/// column are then left to SQLite until the row is corrected.
public struct TableSchema: Hashable, Sendable {
    /// By column name, letter case of ASCII ignored: `date32`, `time64(.microsecond)`,
    /// `timestamp(.microsecond, timeZone: nil)` or `decimal128`.
    public var types: [String: DataType]

    public init(_ types: [String: DataType]) { self.types = types }

    /// The types by lower-case name.
    var foldedTypes: [String: DataType] {
        Dictionary(types.map { (asciiLowercased($0.key), $0.value) }) { first, _ in first }
    }
}
