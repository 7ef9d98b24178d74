/// One column of a table or view, as SQLite describes it.
package struct ColumnDescription: Hashable, Sendable {
    /// Where the values of a column come from.
    package enum Generation: Hashable, Sendable {
        /// Stored as written.
        case ordinary
        /// Computed when read.
        case virtualColumn
        /// Computed when written.
        case storedColumn
        /// A hidden column of a virtual table.
        case hidden
    }

    package var name: String
    /// The type text of the declaration; empty when there is none.
    package var declaredType: String
    package var affinity: Affinity
    package var isNotNull: Bool
    /// The SQL text of the default value.
    package var defaultExpression: String?
    /// Place in the primary key, from 1; 0 when not part of it.
    package var primaryKeyPosition: Int
    package var generation: Generation
    /// The name of the default collating sequence, such as `BINARY` or `NOCASE`.
    package var collation: String

    package init(
        name: String, declaredType: String, affinity: Affinity, isNotNull: Bool = false,
        defaultExpression: String? = nil, primaryKeyPosition: Int = 0, generation: Generation = .ordinary,
        collation: String = "BINARY"
    ) {
        self.name = name
        self.declaredType = declaredType
        self.affinity = affinity
        self.isNotNull = isNotNull
        self.defaultExpression = defaultExpression
        self.primaryKeyPosition = primaryKeyPosition
        self.generation = generation
        self.collation = collation
    }
}
