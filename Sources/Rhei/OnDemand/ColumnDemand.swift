import RheiSQL
import RheiSQLite

/// Which columns of its tables a query may touch: all, or those with certain names.
enum ColumnDemand: Sendable, Equatable {
    case all
    /// Lower-case names, of any of the tables.
    case named(Set<String>)

    /// What a query's text may touch.
    init(of sql: String) {
        switch MentionedNames(in: sql) {
        case .everything: self = .all
        case .words(let words): self = .named(words)
        }
    }

    func covers(_ other: ColumnDemand) -> Bool {
        switch (self, other) {
        case (.all, _): true
        case (.named, .all): false
        case (.named(let mine), .named(let theirs)): theirs.isSubset(of: mine)
        }
    }

    func union(_ other: ColumnDemand) -> ColumnDemand {
        guard case .named(let mine) = self, case .named(let theirs) = other else { return .all }
        return .named(mine.union(theirs))
    }

    /// The positions of the wanted columns of a table; the rowid's other names want the column that is the rowid.
    func positions(in table: TableDescription) -> [Int] {
        guard case .named(let names) = self else { return Array(table.columns.indices) }
        let wantsRowID = !names.isDisjoint(with: ["rowid", "oid", "_rowid_"])
        return table.columns.indices.filter { position in
            names.contains(asciiLowercased(table.columns[position].name))
                || (wantsRowID && position == table.rowIDColumn)
        }
    }
}
