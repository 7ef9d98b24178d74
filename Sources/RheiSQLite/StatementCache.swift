/// Prepared statements by their exact text, the least recently used leaving first.
///
/// A statement in use is not in the cache, so two uses of one text at a time get two statements. The one that came back
/// last is found without a look into the table: statements are mostly run again and again. Confined to the
/// thread of its connection.
final class StatementCache {
    private struct Entry {
        var statement: Statement
        var stamp: UInt64
    }

    /// Texts beyond this are not kept: they are bulk inserts with literal values, which do not come again.
    private static let largestTextByteCount = 65_536

    private let capacity: Int
    /// The statement that came back last; not in `entries`.
    private var newest: Statement?
    private var entries: [ExactText: Entry] = [:]
    private var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = max(capacity, 0) }

    /// How many statements wait for reuse.
    var count: Int { entries.count + (newest == nil ? 0 : 1) }

    /// Removes and returns the statement for `sql`.
    func take(_ sql: String) -> Statement? {
        let text = ExactText(sql)
        if let statement = newest, ExactText(statement.sql) == text {
            newest = nil
            return statement
        }
        return entries.removeValue(forKey: text)?.statement
    }

    /// Keeps `statement` for reuse and drops the one used longest ago when that is one too many.
    func put(_ statement: Statement) {
        guard capacity > 0, statement.sql.utf8.count <= Self.largestTextByteCount else { return }
        guard let older = newest else { return newest = statement }
        newest = statement
        // Of two with one text that came back in a row one is enough.
        let text = ExactText(older.sql)
        guard text != ExactText(statement.sql) else { return }
        clock += 1
        entries[text] = Entry(statement: older, stamp: clock)
        guard count > capacity, let oldest = entries.min(by: { $0.value.stamp < $1.value.stamp }) else { return }
        entries[oldest.key] = nil
    }

    /// Finalises every statement.
    func removeAll() {
        newest = nil
        entries = [:]
    }
}
