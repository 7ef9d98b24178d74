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
        try connection.withStatement(Self.extentQuery) { statement in
            guard try statement.step() else { return Extent(newest: 0, prunedThrough: 0) }
            return Extent(newest: statement.integer(0), prunedThrough: statement.integer(1))
        }
    }

    private static let extentQuery = """
        SELECT (SELECT max(seq) FROM main._rhei_cdc_log),
            (SELECT value FROM main._rhei_meta WHERE key = '\(CaptureNames.MetaKey.prunedThrough.rawValue)')
        """

    /// Keys of rows in integers, as far as they are.
    struct IntegerKeys {
        /// By table id the first key column of its rows, with duplicates. Where that is not an integer, or the key has
        /// more columns, the entries only tell that there are changes.
        var byTable: [Int64: [Int64]] = [:]
        /// How many keys were read, of all tables.
        var count = 0
    }

    /// Collects what changed in `span`, in one pass over that part of the log.
    ///
    /// - Parameter limit: keys to read at most.
    /// - Returns: nil when there are more.
    /// - Throws: `corrupt` for a row of the log that nobody wrote so.
    func integerKeys(_ span: LogSpan, atMost limit: Int) throws -> IntegerKeys? {
        try connection.withStatement("SELECT tbl, k0 FROM main._rhei_cdc_log WHERE seq > ? AND seq <= ?") { statement in
            try statement.bind(span.after, at: 1)
            try statement.bind(span.through, at: 2)
            var keys = IntegerKeys()
            var table: Int64 = 0
            var pending: [Int64] = []
            while try statement.step() {
                let id = statement.integer(0)
                let next = id < 0 ? 0 &- id : id
                if next != table {
                    keys.take(&pending, of: table)
                    table = next
                }
                if id >= 0 {
                    pending.append(statement.integer(1))
                } else {
                    let count = try unsafe statement.withBlob(1) { try unsafe RowIDRuns.count(in: $0) }
                    guard count <= limit else { return nil }
                    try unsafe statement.withBlob(1) { try unsafe RowIDRuns.decode($0, appendingTo: &pending) }
                }
                if keys.count + pending.count > limit { return nil }
            }
            keys.take(&pending, of: table)
            return keys
        }
    }

    /// Collects what changed in `span`, however much that is.
    func integerKeys(_ span: LogSpan) throws -> IntegerKeys {
        try integerKeys(span, atMost: .max) ?? IntegerKeys()
    }

    /// How many keys of a table were logged.
    struct KeyCount: Equatable {
        var all = 0
        /// Those of rowids above a given one.
        var aboveEnd = 0
    }

    /// Counts the keys that were logged after row `sequence`, by table id.
    ///
    /// - Parameter ends: rowids by table id.
    func keyCounts(after sequence: Int64, ends: [Int64: Int64]) throws -> [Int64: KeyCount] {
        try connection.withStatement("SELECT tbl, k0 FROM main._rhei_cdc_log WHERE seq > ?") { statement in
            try statement.bind(sequence, at: 1)
            var counts: [Int64: KeyCount] = [:]
            while try statement.step() {
                let id = statement.integer(0)
                var rowIDs: [Int64] = []
                if id < 0 {
                    try unsafe statement.withBlob(1) { try unsafe RowIDRuns.decode($0, appendingTo: &rowIDs) }
                } else {
                    rowIDs.append(statement.integer(1))
                }
                let table = id < 0 ? 0 &- id : id
                counts[table, default: .init()].all += rowIDs.count
                guard let end = ends[table] else { continue }
                counts[table, default: .init()].aboveEnd += rowIDs.count { $0 > end }
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

extension ChangeLogReader.IntegerKeys {
    /// Moves keys of a table here.
    fileprivate mutating func take(_ keys: inout [Int64], of table: Int64) {
        guard !keys.isEmpty else { return }
        byTable[table, default: []].append(contentsOf: keys)
        count += keys.count
        keys.removeAll(keepingCapacity: true)
    }
}
