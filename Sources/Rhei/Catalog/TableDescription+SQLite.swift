import RheiPlan
import RheiSQLite
import RheiStore

extension RheiPlan.TableDescription {
    /// Describes a stored table by SQLite's declaration of it; types are those of the snapshot.
    ///
    /// - Throws: `invariant` when the declaration lacks a stored column, which a sync repairs.
    init(_ declaration: RheiSQLite.TableDescription, stored snapshot: TableSnapshot) throws {
        var columns: [TableColumn] = []
        var positions: [Int: Int] = [:]
        for field in snapshot.schema.fields {
            guard let position = declaration.columnIndex(named: field.name) else {
                throw EngineError(
                    .invariant, "column '\(field.name)' of table '\(declaration.name)' is stored but not declared")
            }
            positions[position] = columns.count
            columns.append(TableColumn(declaration.columns[position], type: field.type))
        }
        self.init(
            name: declaration.name, columns: columns, rowIDColumn: declaration.rowIDColumn.flatMap { positions[$0] },
            uniqueKeys: Self.uniqueKeys(declaration, positions), isWithoutRowID: declaration.isWithoutRowID)
    }

    private static func uniqueKeys(
        _ declaration: RheiSQLite.TableDescription, _ positions: [Int: Int]
    ) -> [[Int]] {
        var keys: [[Int]] = []
        if let rowID = declaration.rowIDColumn.flatMap({ positions[$0] }) { keys.append([rowID]) }
        for index in declaration.indexes where index.isUnique && !index.isPartial && !index.hasExpressions {
            let key = index.keyColumns.compactMap { column -> Int? in
                guard let position = column.columnIndex, column.collation == "BINARY" else { return nil }
                // Only NOT NULL columns: any number of rows may be null in a unique index.
                let isNeverNull =
                    declaration.columns[position].isNotNull
                    || (declaration.isWithoutRowID && index.origin == .primaryKey)
                return isNeverNull ? positions[position] : nil
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
