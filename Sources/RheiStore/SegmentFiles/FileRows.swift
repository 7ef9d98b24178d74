import RheiArrow

/// What a segment file is written from.
protocol FileRows {
    var rowCount: Int { get }
    var columnCount: Int { get }
    /// Of the keys.
    var keyOrder: SegmentFooter.KeyOrder { get }
    /// Whether a column is one of lists or structs.
    func isNested(_ index: Int) throws -> Bool
    /// Reads a column.
    func fileColumn(_ index: Int) throws -> FileColumn
    /// The rows' keys where they are no column.
    func fileKeys() throws -> ArrowArray?
}

/// A column on its way into a file.
struct FileColumn {
    var array: ArrowArray
    /// What the file calls it; of text and bytes the array may have another layout.
    var type: DataType
    var zone: ZoneMap
    var sample: ValueSample
}
