import RheiArrow
import RheiCDC
import RheiPlan
import RheiSQLite
import RheiStore

/// The versions of one generation of a table's history: all of them, or those that are valid at one moment.
struct HistoryTableProvider: TableProvider {
    let table: RheiPlan.TableDescription
    /// Versions that ended, then versions that are valid.
    private let parts: [TableSnapshot]
    /// How many columns a row has before those of its version.
    private let rowColumnCount: Int
    private let point: HistoryPoint?

    /// - Parameter point: the moment whose rows are wanted; nil for all versions, with the columns that tell when they
    ///   were valid.
    init(_ name: String, open: TableSnapshot, closed: TableSnapshot, asOf point: HistoryPoint?) {
        parts = [closed, open]
        self.point = point
        let fields = open.schema.fields
        let rowColumnCount = fields.count - VersionColumn.allCases.count
        self.rowColumnCount = rowColumnCount
        let columns = fields.enumerated().map { index, field in
            TableColumn(
                field, type: Self.type(of: field, closed.schema.fields[index]), isPlain: index >= rowColumnCount)
        }
        table = RheiPlan.TableDescription(
            name: name, columns: point == nil ? columns : Array(columns[..<rowColumnCount]), rowIDColumn: nil,
            uniqueKeys: [], isWithoutRowID: false, hasIndexes: true)
    }

    /// The type that holds a column's values in both parts.
    private static func type(of open: Field, _ closed: Field) -> DataType {
        open.type == closed.type ? open.type : .any
    }

    var rowCount: Int { point == nil ? parts.reduce(0) { $0 + $1.rowCount } : parts[1].rowCount }

    func statistics(column: Int) -> ColumnStatistics? { nil }

    func scan(columns: [Int], filters: [ScanFilter]) throws -> any TableScan {
        let segments = parts.flatMap { part in part.segments.filter { $0.liveRowCount > 0 } }
        return HistoryScan(segments: segments, columns: columns, firstVersionColumn: rowColumnCount, point: point)
    }
}

extension TableColumn {
    /// - Parameter isPlain: whether the column is one of a version, which no declaration knows.
    fileprivate init(_ field: Field, type: DataType, isPlain: Bool) {
        let affinity = field.metadata["rhei.affinity"].flatMap { RheiSQLite.Affinity(rawValue: $0) }
        self.init(
            name: field.name, type: type, declaredType: field.metadata["rhei.declared_type"] ?? "",
            affinity: isPlain ? .init(ofColumn: type) : affinity.map { .init($0) } ?? .none,
            collation: field.metadata["rhei.collation"].flatMap { Collation(rawValue: $0.uppercased()) } ?? .binary,
            isNotNull: field.metadata["rhei.not_null"] == "1")
    }
}

/// A scan over the segments of versions.
private struct HistoryScan: TableScan {
    let segments: [SegmentVersion]
    let columns: [Int]
    let firstVersionColumn: Int
    let point: HistoryPoint?

    var rowGroupCount: Int { segments.count }

    func rowGroup(_ index: Int) throws -> (any ScanRowGroup)? {
        let version = segments[index]
        guard let point else {
            return HistoryRowGroup(segment: version.segment, columns: columns, deletedRows: version.deletes?.bitmap())
        }
        let hidden = try hiddenRows(of: version, at: point)
        if hidden.countOnes() == version.segment.rowCount { return nil }
        return HistoryRowGroup(segment: version.segment, columns: columns, deletedRows: hidden)
    }

    /// The rows that are deleted or whose version is not valid at `point`.
    private func hiddenRows(of version: SegmentVersion, at point: HistoryPoint) throws -> Bitmap {
        let (from, to, moment): (VersionColumn, VersionColumn, Int64) =
            switch point {
            case .position(let position): (.fromPosition, .toPosition, position)
            case .time(let time): (.validFrom, .validTo, time)
            }
        let segment = version.segment
        let begins = try Self.integers(segment.column(firstVersionColumn + from.rawValue))
        let ends = try Self.integers(segment.column(firstVersionColumn + to.rawValue))
        var bits = BitmapBuilder(capacity: segment.rowCount)
        for row in 0..<segment.rowCount {
            let isValid = begins[row] <= moment && (!ends.isValid(row) || moment < ends[row])
            bits.append(!isValid || version.deletes?.isDeleted(row) == true)
        }
        return bits.finish()
    }

    private static func integers(_ array: ArrowArray) throws -> PrimitiveArray<Int64> {
        try PrimitiveArray<Int64>(array)
    }
}

/// One segment of versions as a row group.
private struct HistoryRowGroup: ScanRowGroup {
    let segment: Segment
    let columns: [Int]
    let deletedRows: Bitmap?

    var rowCount: Int { segment.rowCount }

    func column(_ index: Int) throws -> ArrowArray { try segment.keptColumn(columns[index]) }
}
