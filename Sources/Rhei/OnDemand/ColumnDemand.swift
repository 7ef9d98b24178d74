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
        case .words(var words):
            // Which row of a subquery comes first may depend on the rowids.
            if Self.hasSubquery(sql) { words.insert("rowid") }
            self = .named(words)
        }
    }

    private static func hasSubquery(_ sql: String) -> Bool {
        let word = Array("select".utf8)
        let bytes = Array(sql.utf8).map { $0 | 0x20 }
        var count = 0
        var start = 0
        while start + word.count <= bytes.count, count < 2 {
            let isWord = bytes[start..<start + word.count].elementsEqual(word)
            count += isWord ? 1 : 0
            start += isWord ? word.count : 1
        }
        return count > 1
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

    /// Whether the rowid may be read, by whatever name.
    var wantsRowID: Bool {
        guard case .named(let names) = self else { return true }
        return !names.isDisjoint(with: ["rowid", "oid", "_rowid_"])
    }

    /// The positions of the wanted columns of a table; the rowid's other names want the column that is the rowid.
    func positions(in table: TableDescription) -> [Int] {
        guard case .named(let names) = self else { return Array(table.columns.indices) }
        return table.columns.indices.filter { position in
            names.contains(asciiLowercased(table.columns[position].name))
                || (wantsRowID && position == table.rowIDColumn)
        }
    }
}
