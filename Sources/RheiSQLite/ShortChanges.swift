import RheiCore

/// Which statements change rows that they name by rowid, as SQLite plans them. Confined to the thread of its
/// connection.
///
/// A plan that was looked at before the schema changed may be another now. Then a change takes longer than was thought,
/// or changes its thread for nothing; it is right in any case.
final class ShortChanges {
    private var known: [ExactText: Bool] = [:]
    /// So many texts are kept before all are forgotten.
    private static let capacity = 256
    /// Texts beyond this are taken as long.
    private static let largestTextByteCount = 2_000

    /// Whether an UPDATE or DELETE finds its rows by their rowids and reads nothing else. Asks for the plan of a text
    /// once. Foreign keys, while they are enforced, may lead to any number of other rows.
    func contains(_ sql: String, _ parameters: [SQLValue], on connection: Connection) -> Bool {
        guard sql.utf8.count <= Self.largestTextByteCount, !connection.enforcesForeignKeys else { return false }
        let text = ExactText(sql)
        if let isShort = known[text] { return isShort }
        // A text that has no plan is in error, which it shows when it is run.
        guard let plan = try? connection.run("EXPLAIN QUERY PLAN " + sql, parameters).rows else { return false }
        if known.count >= Self.capacity { known = [:] }
        let isShort = Self.findsRowsByID(plan)
        known[text] = isShort
        return isShort
    }

    private static func findsRowsByID(_ plan: [[SQLValue]]) -> Bool {
        guard plan.count == 1, case .text(let step)? = plan[0].last else { return false }
        return step.hasSuffix(" USING INTEGER PRIMARY KEY (rowid=?)")
    }
}
