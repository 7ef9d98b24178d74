package import RheiCore

/// One table or view, as SQLite describes it.
package struct TableDescription: Sendable {
    /// What kind of object carries the name.
    package enum Kind: String, Hashable, Sendable {
        case table, view
        /// Answered by a module.
        case virtual
        /// The storage of a virtual table.
        case shadow
    }

    package var name: String
    package var kind: Kind
    package var isWithoutRowID: Bool
    package var isStrict: Bool
    package var columns: [ColumnDescription]
    package var indexes: [IndexDescription]
    /// The CREATE statement.
    package var sql: String
    /// The column that is another name of the rowid (INTEGER PRIMARY KEY).
    package var rowIDColumn: Int?
    /// Why there can be no columnar copy: a missing module, a view over a dropped table, text in UTF-16.
    package var problem: EngineError?

    package init(name: String, kind: Kind, isWithoutRowID: Bool = false, isStrict: Bool = false, sql: String = "") {
        self.name = name
        self.kind = kind
        self.isWithoutRowID = isWithoutRowID
        self.isStrict = isStrict
        self.sql = sql
        columns = []
        indexes = []
    }

    /// Positions of the primary key's columns, in the order of the key.
    package var primaryKeyColumns: [Int] {
        columns.indices.filter { columns[$0].primaryKeyPosition > 0 }
            .sorted { columns[$0].primaryKeyPosition < columns[$1].primaryKeyPosition }
    }

    /// A name that stands for the rowid in SQL and that no column shadows, unquoted; `nil` without a rowid, or when all
    /// three names are shadowed.
    package var rowIDName: String? {
        guard kind == .table || kind == .shadow, !isWithoutRowID else { return nil }
        let taken = Set(columns.map { asciiLowercased($0.name) })
        return ["rowid", "oid", "_rowid_"].first { !taken.contains($0) }
    }

    /// The index that holds the primary key of a WITHOUT ROWID table, or of a key that is not the rowid.
    package var primaryKeyIndex: IndexDescription? { indexes.first { $0.origin == .primaryKey } }

    /// Returns the position of the column called `name`, letter case of ASCII ignored.
    package func columnIndex(named name: String) -> Int? {
        let wanted = asciiLowercased(name)
        return columns.firstIndex { asciiLowercased($0.name) == wanted }
    }
}
