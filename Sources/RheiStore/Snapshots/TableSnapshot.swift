package import RheiArrow

/// One version of a table, immutable: what readers see.
///
/// Invariants:
/// - segments are ascending and disjoint in row numbers; numbers may have gaps;
/// - a row is live unless its segment's delete vector says otherwise, and no two live rows have one key;
/// - every segment's column widens to the type in `schema` without loss.
package final class TableSnapshot: Sendable {
    package let id: TableID
    package let definition: TableDefinition
    /// Names, and types as of this version.
    package let schema: Schema
    /// Grows whenever a column's type changes.
    package let schemaVersion: Int
    package let segments: [SegmentVersion]
    /// Number of live rows.
    package let rowCount: Int
    /// Per column, whether a value other than null was ever in it.
    let hasValues: [Bool]
    /// The number of the next row.
    let nextRowNumber: Int64

    init(
        id: TableID, definition: TableDefinition, schema: Schema, schemaVersion: Int, segments: [SegmentVersion],
        rowCount: Int, hasValues: [Bool], nextRowNumber: Int64
    ) {
        self.hasValues = hasValues
        self.nextRowNumber = nextRowNumber
        self.id = id
        self.definition = definition
        self.schema = schema
        self.schemaVersion = schemaVersion
        self.segments = segments
        self.rowCount = rowCount
    }

    package var name: String { definition.name }

    /// Returns a column of a segment in the type of this version.
    package func column(_ column: Int, ofSegment segment: Int) throws -> ArrowArray {
        try segments[segment].segment.column(column, as: schema.fields[column].type)
    }

    /// Returns a column of a segment in the type of this version, or, under `any`, in the narrower type that it has: no
    /// copy unless a column of nulls alone has another type.
    package func narrowColumn(_ column: Int, ofSegment segment: Int) throws -> ArrowArray {
        let type = schema.fields[column].type
        return try type == .any
            ? segments[segment].segment.column(column) : segments[segment].segment.column(column, as: type)
    }

    /// Returns what is known of a column in all segments; costs one step per segment.
    package func zone(ofColumn column: Int) -> ZoneMap {
        segments.reduce(.empty) { $0.union($1.segment.zones[column]) }
    }

    /// Whether `zone(ofColumn:)` has the bounds and nulls of exactly the live rows. Costs one step per segment.
    package var hasExactZones: Bool {
        segments.allSatisfy { $0.segment.hasExactZones && $0.liveRowCount == $0.segment.rowCount }
    }

    /// Whether the rows come in the order of their integer keys. Costs one step per segment once each has been looked
    /// at.
    package var isInKeyOrder: Bool {
        var last: Int64?
        for version in segments where version.liveRowCount > 0 {
            guard let keys = version.segment.ascendingKeys, last.map({ $0 < keys.lowerBound }) ?? true else {
                return false
            }
            last = keys.upperBound
        }
        return true
    }

    /// Bytes of memory of all columns that are in memory.
    package var byteCount: Int { segments.reduce(0) { $0 + $1.segment.byteCount } }

    /// Bytes of the segments that are in files.
    package var fileByteCount: Int { segments.reduce(0) { $0 + ($1.segment.file?.byteCount ?? 0) } }
}
