/// Compares what two engines answered.
enum Answers {
    typealias Row = [String?]

    /// Whether both hold the same rows, in the same order or, where a query leaves ties open, in another.
    static func areSame(_ first: [Row], _ second: [Row]) -> Bool {
        guard first.count == second.count else { return false }
        if zip(first, second).allSatisfy(isSame) { return true }
        return zip(first.sorted(by: precedes), second.sorted(by: precedes)).allSatisfy(isSame)
    }

    /// Names the first row that only one of two answers has, in their sorted order; nil when they are the same.
    static func difference(_ ours: [Row], _ theirs: [Row]) -> String? {
        if areSame(ours, theirs) { return nil }
        if ours.count != theirs.count { return "\(ours.count) rows, not \(theirs.count)" }
        let pairs = zip(ours.sorted(by: precedes), theirs.sorted(by: precedes))
        return pairs.first { !isSame($0, $1) }.map { "\(text($0)), not \(text($1))" }
    }

    private static func text(_ row: Row) -> String {
        "(" + row.map { $0 ?? "NULL" }.joined(separator: ", ").prefix(200) + ")"
    }

    private static func isSame(_ first: Row, _ second: Row) -> Bool {
        first.count == second.count && zip(first, second).allSatisfy(isSame)
    }

    /// Numbers may differ in the last digits, and in how they are written.
    private static func isSame(_ first: String?, _ second: String?) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        if first == second { return true }
        guard let mine = Double(first), let theirs = Double(second) else { return false }
        return abs(mine - theirs) <= 1e-9 * max(abs(mine), abs(theirs))
    }

    /// An order in which numbers that differ in their last digits have the same place.
    private static func precedes(_ first: Row, _ second: Row) -> Bool {
        for (mine, theirs) in zip(first, second) where !isSame(mine, theirs) {
            guard let mine, let theirs else { return mine == nil }
            if let number = Double(mine), let other = Double(theirs) { return number < other }
            return mine < theirs
        }
        return false
    }
}
