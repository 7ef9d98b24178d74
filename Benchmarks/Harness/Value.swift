/// One value of a row, by whichever engine.
public enum Value: Sendable, Comparable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    /// Whether two engines gave the same value; the last digits of a real may differ.
    public func isSame(as other: Value) -> Bool {
        guard case .real(let mine) = self, case .real(let theirs) = other else { return self == other }
        return mine == theirs || abs(mine - theirs) <= 1e-9 * max(abs(mine), abs(theirs))
    }

    /// Whether two answers hold the same rows, in whatever order.
    public static func sameRows(_ first: [[Value]], _ second: [[Value]]) -> Bool {
        let mine = first.sorted { $0.lexicographicallyPrecedes($1) }
        let theirs = second.sorted { $0.lexicographicallyPrecedes($1) }
        return mine.count == theirs.count
            && zip(mine, theirs).allSatisfy { row, other in
                row.count == other.count && zip(row, other).allSatisfy { $0.isSame(as: $1) }
            }
    }
}
