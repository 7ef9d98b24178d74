/// How rows are ordered by one key.
package struct SortOrder: Sendable {
    package var isDescending: Bool
    package var nullsFirst: Bool
    /// Of texts.
    package var collation: TextCollation

    package init(isDescending: Bool = false, nullsFirst: Bool = true, collation: TextCollation = .binary) {
        self.isDescending = isDescending
        self.nullsFirst = nullsFirst
        self.collation = collation
    }
}
