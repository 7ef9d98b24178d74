import RheiCore
import RheiSQLite

/// A stretch of the log.
struct LogSpan: Equatable {
    /// The row before the first.
    var after: Int64
    /// The last row.
    var through: Int64

    /// Cuts the stretch into pieces of at most `length` rows, in order; none when it is empty.
    func portions(of length: Int64) -> [LogSpan] {
        stride(from: after, to: through, by: Int.Stride(length)).map {
            LogSpan(after: $0, through: min($0 + length, through))
        }
    }
}

/// Reads the log of changed keys. All calls of one sync are made inside one read transaction.
struct ChangeLogReader {
    /// Where the log begins and ends.
    struct Extent: Equatable {
        /// The newest row; 0 for an empty log.
        var newest: Int64
        /// Rows up to here may have been pruned.
        var prunedThrough: Int64
    }

    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func extent() throws -> Extent {
        Extent(
            newest: try connection.firstInteger("SELECT max(seq) FROM main._rhei_cdc_log") ?? 0,
            prunedThrough: try CaptureState.integer(.prunedThrough, connection) ?? 0)
    }

    /// Collects what changed in `span`, in one pass over that part of the log.
    ///
    /// - Returns: per table id the first key column of its rows, with duplicates, and the number of keys read. Where the
    ///   first key column is not an integer, or the key has more columns, the entries only tell that there are changes.
    func integerKeys(_ span: LogSpan) throws -> (keys: [Int64: [Int64]], rowCount: Int) {
        try connection.withStatement("SELECT tbl, k0 FROM main._rhei_cdc_log WHERE seq > ? AND seq <= ?") { statement in
            try statement.bind(span.after, at: 1)
            try statement.bind(span.through, at: 2)
            var keys: [Int64: [Int64]] = [:]
            var table: Int64 = 0
            var pending: [Int64] = []
            var rowCount = 0
            while try statement.step() {
                let id = statement.integer(0)
                let next = id < 0 ? 0 &- id : id
                if next != table {
                    keys[table, default: []].append(contentsOf: pending)
                    rowCount += pending.count
                    pending.removeAll(keepingCapacity: true)
                    table = next
                }
                if id < 0 {
                    try unsafe statement.withBlob(1) { try unsafe RowIDRuns.decode($0, appendingTo: &pending) }
                } else {
                    pending.append(statement.integer(1))
                }
            }
            rowCount += pending.count
            keys[table, default: []].append(contentsOf: pending)
            return (keys, rowCount)
        }
    }

    /// Counts the keys that were logged after row `sequence`.
    func keyCount(after sequence: Int64) throws -> Int {
        let single = "SELECT count(*) FROM main._rhei_cdc_log WHERE seq > ? AND tbl > 0"
        var count = Int(try connection.firstInteger(single, [.integer(sequence)]) ?? 0)
        try connection.withStatement("SELECT k0 FROM main._rhei_cdc_log WHERE seq > ? AND tbl < 0") { statement in
            try statement.bind(sequence, at: 1)
            while try statement.step() {
                count += try unsafe statement.withBlob(0) { try unsafe RowIDRuns.count(in: $0) }
            }
        }
        return count
    }

    /// Counts the keys that were logged after row `sequence`, by table id.
    func keyCounts(after sequence: Int64) throws -> [Int64: Int] {
        try connection.withStatement("SELECT tbl, k0 FROM main._rhei_cdc_log WHERE seq > ?") { statement in
            try statement.bind(sequence, at: 1)
            var counts: [Int64: Int] = [:]
            while try statement.step() {
                let id = statement.integer(0)
                if id < 0 {
                    counts[0 &- id, default: 0] += try unsafe statement.withBlob(1) {
                        try unsafe RowIDRuns.count(in: $0)
                    }
                } else {
                    counts[id, default: 0] += 1
                }
            }
            return counts
        }
    }

    /// How many rows the log has; rows go from its beginning alone.
    func rowCount() throws -> Int {
        guard let oldest = try connection.firstInteger("SELECT min(seq) FROM main._rhei_cdc_log"),
            let newest = try connection.firstInteger("SELECT max(seq) FROM main._rhei_cdc_log")
        else { return 0 }
        return Int(newest - oldest + 1)
    }

    /// Calls `body` with a statement that stands on each distinct key of a table whose key has `width` columns.
    func forEachKey(
        ofTable id: Int64, width: Int, _ span: LogSpan, _ body: (Statement) throws -> Void
    ) throws {
        let columns = (0..<width).map { "k\($0)" }.joined(separator: ", ")
        let sql = "SELECT DISTINCT \(columns) FROM main._rhei_cdc_log WHERE seq > ? AND seq <= ? AND tbl = ?"
        try connection.withStatement(sql) { statement in
            try statement.bind(span.after, at: 1)
            try statement.bind(span.through, at: 2)
            try statement.bind(id, at: 3)
            while try statement.step() { try body(statement) }
        }
    }
}
