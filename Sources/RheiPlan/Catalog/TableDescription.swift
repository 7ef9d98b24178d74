package import RheiArrow

/// A table as the binder sees it.
package struct TableDescription: Sendable {
    package var name: String
    package var columns: [TableColumn]
    /// Index of the column that is the rowid (INTEGER PRIMARY KEY), or nil.
    package var rowIDColumn: Int?
    /// Sets of column indices on which no two rows agree (primary key, unique indexes whose columns are NOT NULL).
    package var uniqueKeys: [[Int]]
    /// Whether the table was declared WITHOUT ROWID.
    package var isWithoutRowID: Bool
    /// Whether SQLite may read the table in another order than that of its rowids: by an index that covers a query.
    package var hasIndexes: Bool
    /// Index of a hidden column of the rowids, where no declared column is the rowid and they are at hand.
    package var hiddenRowIDColumn: Int?
    /// Whether scans yield the rows in the order of their rowids.
    package var isInRowIDOrder = true

    package init(
        name: String, columns: [TableColumn], rowIDColumn: Int? = nil, uniqueKeys: [[Int]] = [],
        isWithoutRowID: Bool = false, hasIndexes: Bool = false
    ) {
        self.name = name
        self.columns = columns
        self.rowIDColumn = rowIDColumn
        self.uniqueKeys = uniqueKeys
        self.isWithoutRowID = isWithoutRowID
        self.hasIndexes = hasIndexes
    }
}

/// A column: its name, the type its values have in this version, and what SQLite's declaration says of comparisons.
package struct TableColumn: Sendable {
    package var name: String
    /// The type of the columnar copy: int64, float64, utf8View, binaryView, any, or an explicitly registered type.
    package var type: DataType
    /// The type as written in CREATE TABLE, "" when there is none.
    package var declaredType: String
    package var affinity: Affinity
    package var collation: Collation
    package var isNotNull: Bool
    /// Left out of `*` (a hidden column of a virtual or generated table).
    package var isHidden: Bool
    /// The name of a hidden column of rowids, which no query can write.
    package static let hiddenRowIDName = "\u{0}rowid"
    /// How many values did not convert to an explicitly registered type and are missing; such a column is not read.
    package var quarantinedCount = 0

    package init(
        name: String, type: DataType, declaredType: String = "", affinity: Affinity, collation: Collation = .binary,
        isNotNull: Bool = false, isHidden: Bool = false
    ) {
        self.name = name
        self.type = type
        self.declaredType = declaredType
        self.affinity = affinity
        self.collation = collation
        self.isNotNull = isNotNull
        self.isHidden = isHidden
    }
}

/// SQLite's column affinity ("Datatypes In SQLite", section 3). `none` is what it calls BLOB affinity.
package enum Affinity: Sendable, Hashable {
    case none, text, numeric, integer, real
}

extension Affinity {
    /// The affinity of a column whose values all have one type, whoever declared it.
    package init(ofColumn type: DataType) {
        switch type {
        case .bool, .int8, .int16, .int32, .int64, .uint8, .uint16, .uint32: self = .integer
        case .float32, .float64: self = .real
        case .utf8, .utf8View: self = .text
        default: self = .none
        }
    }
}

/// A text comparison that SQLite has built in.
package enum Collation: String, Sendable, Hashable {
    case binary = "BINARY"
    case noCase = "NOCASE"
    case rightTrim = "RTRIM"
}
