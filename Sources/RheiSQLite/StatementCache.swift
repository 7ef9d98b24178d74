/// Prepared statements by their exact text, the least recently used leaving first.
///
/// A statement in use is not in the cache, so two uses of one text at a time get two statements. Confined to the
/// thread of its connection.
final class StatementCache {
    private struct Entry {
        var statement: Statement
        var stamp: UInt64
    }

    /// Texts beyond this are not kept: they are bulk inserts with literal values, which do not come again.
    private static let largestTextByteCount = 65_536

    private let capacity: Int
    private var entries: [String: Entry] = [:]
    private var clock: UInt64 = 0

    init(capacity: Int) { self.capacity = max(capacity, 0) }

    /// How many statements wait for reuse.
    var count: Int { entries.count }

    /// Removes and returns the statement for `sql`.
    func take(_ sql: String) -> Statement? { entries.removeValue(forKey: sql)?.statement }

    /// Keeps `statement` for reuse and drops the one used longest ago when that is one too many.
    func put(_ statement: Statement) {
        guard capacity > 0, statement.sql.utf8.count <= Self.largestTextByteCount else { return }
        clock += 1
        entries[statement.sql] = Entry(statement: statement, stamp: clock)
        guard entries.count > capacity, let oldest = entries.min(by: { $0.value.stamp < $1.value.stamp }) else {
            return
        }
        entries[oldest.key] = nil
    }

    /// Finalises every statement.
    func removeAll() { entries = [:] }
}
