/// Which columns of its tables a query may touch: all, or those with certain names.
enum ColumnDemand: Sendable, Equatable {
    case all
    /// Lower-case names, of any of the tables.
    case named(Set<String>)

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

    /// Whether a column of that name is wanted.
    func includes(_ name: String) -> Bool {
        switch self {
        case .all: true
        case .named(let names): names.contains(name.lowercased())
        }
    }
}
