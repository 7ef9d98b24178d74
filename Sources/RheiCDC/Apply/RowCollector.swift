import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Gathers rows of a table, and keys of rows that are gone, straight from a statement's columns.
struct RowCollector {
    private let mapping: TableMapping
    private let appender: RowAppender
    private let firstColumn: Int
    private let keyPositions: [Int]
    /// The rowids of the rows, where they are no column.
    private let rowIDs: ColumnBuilder?
    /// The encoded keys of the rows of a WITHOUT ROWID table.
    private var encodedKeys: KeyEncoder?
    private var goneRowIDs: [Int64] = []
    private var goneKeys: KeyEncoder?
    /// Rows gathered since `takeRows` or `takeChanges`.
    private(set) var rowCount = 0

    /// Counts the values that do not convert to the types of a schema.
    private let quarantine: Quarantine

    init(_ mapping: TableMapping, quarantine: Quarantine = Quarantine()) {
        self.mapping = mapping
        self.quarantine = quarantine
        appender = RowAppender(mapping.makeBuilders())
        firstColumn = mapping.firstColumn
        keyPositions = mapping.keyPositions
        rowIDs = mapping.definition.key == .integer ? ColumnBuilder(defaultType: .int64) : nil
        if case .columns(let columns) = mapping.key {
            encodedKeys = KeyEncoder(columns)
            goneKeys = KeyEncoder(columns)
        }
    }

    /// Rows and gone keys gathered.
    var changeCount: Int { rowCount + goneRowIDs.count + (goneKeys?.count ?? 0) }

    /// Takes the row a statement of the mapping stands on.
    mutating func appendRow(_ statement: Statement) {
        rowIDs?.append(integer: statement.integer(0))
        encodedKeys?.append(keyPositions, of: statement)
        appender.appendRow(of: statement, firstColumn: firstColumn)
        rowCount += 1
    }

    /// Notes that the row of this rowid is gone.
    mutating func appendGone(_ rowID: Int64) { goneRowIDs.append(rowID) }

    /// Notes that the row of the key in the first columns of `statement` is gone.
    mutating func appendGone(_ statement: Statement) {
        goneKeys?.append(Array(keyPositions.indices), of: statement)
    }

    /// Returns the rows, with keys where the table wants them beside its columns, and starts anew.
    mutating func takeRows() throws -> (columns: [ArrowArray], keys: RowKeys?) {
        rowCount = 0
        let keys = try rowIDs.map { try RowKeys($0.finish()) } ?? encodedKeys?.finish()
        let columns = try appender.builders.enumerated().map { index, builder in
            let array = builder.finish()
            guard let type = mapping.explicitTypes[index] else { return array }
            return try ExplicitColumn(type).convert(array, quarantine, column: mapping.definition.columns[index].name)
        }
        return (columns, keys)
    }

    /// Returns everything gathered and starts anew.
    mutating func takeChanges() throws -> TableChanges {
        var changes = TableChanges()
        if rowCount > 0 { (changes.upserts, changes.upsertKeys) = try takeRows() }
        if !goneRowIDs.isEmpty {
            changes.deletedKeys = RowKeys(integers: goneRowIDs)
            goneRowIDs = []
        } else if let count = goneKeys?.count, count > 0 {
            changes.deletedKeys = try goneKeys?.finish()
        }
        return changes
    }
}
