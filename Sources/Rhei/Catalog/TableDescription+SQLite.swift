import RheiArrow
import RheiPlan
import RheiSQLite
import RheiStore

extension SegmentTableProvider {
    /// Describes a stored table by SQLite's declaration of it; types are those of the snapshot.
    ///
    /// Columns that the snapshot lacks (the loader reads only what a query names) are described too, so that names
    /// resolve as in SQLite.
    init(
        _ declaration: RheiSQLite.TableDescription, stored snapshot: TableSnapshot, quarantined: [String: Int] = [:]
    ) {
        let fields = snapshot.schema.fields
        let stored = declaration.columns.map { column in
            fields.firstIndex { asciiLowercased($0.name) == asciiLowercased(column.name) }
        }
        let columns = zip(declaration.columns, stored).map { column, position -> TableColumn in
            var description = TableColumn(column, type: position.map { fields[$0].type } ?? .any)
            description.quarantinedCount = quarantined[column.name] ?? 0
            return description
        }
        var description = RheiPlan.TableDescription(
            name: declaration.name, columns: columns, rowIDColumn: declaration.rowIDColumn,
            uniqueKeys: declaration.uniqueKeys { column in
                stored[column].map { snapshot.zone(ofColumn: $0).nullCount > 0 } ?? true
            }, isWithoutRowID: declaration.isWithoutRowID,
            hasIndexes: !declaration.indexes.isEmpty)
        description.isInRowIDOrder = snapshot.definition.key == .none || snapshot.isInKeyOrder
        var positions = stored
        if let rowIDs = Self.rowIDs(declaration, fields: fields, key: snapshot.definition.key) {
            description.addHiddenRowIDs()
            positions.append(rowIDs)
        }
        self.init(table: description, snapshot: snapshot, storedColumns: positions)
    }

    /// Where the rowids lie that no declared column holds: in a column of the loader's, or beside the columns as keys.
    private static func rowIDs(
        _ declaration: RheiSQLite.TableDescription, fields: [Field], key: TableDefinition.Key
    ) -> Int? {
        guard declaration.rowIDColumn == nil, !declaration.isWithoutRowID else { return nil }
        if key == .integer { return Self.keyPosition }
        return fields.firstIndex { $0.name == TableColumn.hiddenRowIDName }
    }
}

extension RheiPlan.TableDescription {
    /// Adds a column of the rowids that `*` leaves out and no name but `rowid` and its synonyms means.
    fileprivate mutating func addHiddenRowIDs() {
        hiddenRowIDColumn = columns.count
        uniqueKeys.append([columns.count])
        columns.append(
            TableColumn(
                name: TableColumn.hiddenRowIDName, type: .int64, declaredType: "INTEGER", affinity: .integer,
                isNotNull: true, isHidden: true))
    }
}

extension RheiSQLite.TableDescription {
    /// Sets of columns on which no two rows agree.
    ///
    /// - Parameter hasNulls: whether a row may be null in a column. Any number of rows may be null in a unique index.
    fileprivate func uniqueKeys(hasNulls: (Int) -> Bool) -> [[Int]] {
        var keys = rowIDColumn.map { [[$0]] } ?? []
        for index in indexes where index.isUnique && !index.isPartial && !index.hasExpressions {
            let key = index.keyColumns.compactMap { part -> Int? in
                guard let position = part.columnIndex, part.collation == "BINARY" else { return nil }
                let isNeverNull =
                    columns[position].isNotNull || (isWithoutRowID && index.origin == .primaryKey)
                    || !hasNulls(position)
                return isNeverNull ? position : nil
            }
            if key.count == index.keyColumns.count { keys.append(key) }
        }
        return keys
    }
}

extension TableColumn {
    fileprivate init(_ column: ColumnDescription, type: DataType) {
        self.init(
            name: column.name, type: type, declaredType: column.declaredType, affinity: .init(column.affinity),
            collation: Collation(rawValue: column.collation.uppercased()) ?? .binary, isNotNull: column.isNotNull,
            isHidden: column.generation == .hidden)
    }
}

extension RheiPlan.Affinity {
    init(_ affinity: RheiSQLite.Affinity) {
        switch affinity {
        case .integer: self = .integer
        case .real: self = .real
        case .text: self = .text
        case .numeric: self = .numeric
        case .blob: self = .none
        }
    }
}
