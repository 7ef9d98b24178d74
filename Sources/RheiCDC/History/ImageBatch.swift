import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Some rows of an image log, in their order, as columns.
struct ImageBatch {
    /// Numbers of the log.
    private(set) var sequences: [Int64] = []
    /// When the statement ran, in microseconds since 1970.
    private(set) var times: [Int64] = []
    private(set) var kinds: [ImageKind] = []
    /// Per row the place of its key in `keys`.
    private(set) var keyNumbers: [Int] = []
    /// The distinct keys.
    private(set) var keys: RowKeys
    /// Per distinct key the first row that has it.
    private(set) var firstRows: [Int] = []
    /// The row's columns, in the order of the generation's; null where no row has the key.
    private(set) var columns: [ArrowArray]
    /// Per unique index, per row, the number of its entry: equal numbers for equal entries. Nil where the index has
    /// none.
    private(set) var entries: [[Int?]] = []

    var count: Int { sequences.count }

    /// Reads the images of a stretch of the log, about `limit` rows.
    ///
    /// Images with entries of unique indexes come by whole statements: which row took an entry from which cannot be
    /// told from half of one.
    init(_ connection: Connection, _ id: Int64, _ log: ImageLog, _ mapping: TableMapping, _ span: LogSpan, limit: Int)
        throws
    {
        let width = mapping.key.width
        let appender = RowAppender(mapping.makeBuilders())
        // Columns of the generation that the images lack are null.
        let positions = mapping.definition.columns.map { field in
            log.columns.firstIndex { asciiLowercased($0) == asciiLowercased(field.name) }
        }
        let entryNames = log.indexes.enumerated().flatMap { number, index in
            index.collations.indices.map { ", " + CaptureNames.entry(index: number, part: $0) }
        }
        let list =
            (0..<width).map { ", k\($0)" }.joined() + positions.map { $0.map { ", c\($0)" } ?? ", NULL" }.joined()
            + entryNames.joined()
        let sql =
            "SELECT seq, at, op\(list) FROM main.\(CaptureNames.images(table: id)) "
            + "WHERE seq > ? AND seq <= ? ORDER BY seq"
        var numbering = EntryNumbering(log.indexes, firstColumn: 3 + width + positions.count)
        var rowIDs: [Int64] = []
        var encoder: KeyEncoder?
        if case .columns(let columns) = mapping.key { encoder = KeyEncoder(columns) }
        var rows: (sequences: [Int64], times: [Int64], kinds: [ImageKind]) = ([], [], [])
        try connection.withStatement(sql) { statement in
            try statement.bind(span.after, at: 1)
            try statement.bind(span.through, at: 2)
            while try statement.step() {
                // SQLite's clock stands still during a statement.
                let isSameStatement = !log.indexes.isEmpty && rows.times.last == statement.integer(1)
                if rows.kinds.count >= limit, !isSameStatement { break }
                guard let kind = ImageKind(rawValue: statement.integer(2)) else {
                    throw EngineError(
                        .corrupt, "an image of table '\(mapping.name)' has the kind \(statement.integer(2))")
                }
                rows.sequences.append(statement.integer(0))
                rows.times.append(statement.integer(1))
                rows.kinds.append(kind)
                if encoder == nil {
                    rowIDs.append(statement.integer(3))
                } else {
                    encoder?.append(Array(3..<(3 + width)), of: statement)
                }
                appender.appendRow(of: statement, firstColumn: 3 + width)
                numbering.append(statement)
            }
        }
        (sequences, times, kinds) = rows
        entries = numbering.entries
        columns = appender.builders.map { $0.finish() }
        if let encoded = try encoder?.finish() {
            (keyNumbers, firstRows) = Self.number(Self.bytes(of: encoded))
            keys = try RowKeys(encoded.array.take(firstRows))
        } else {
            (keyNumbers, firstRows) = Self.number(rowIDs)
            keys = RowKeys(integers: firstRows.map { rowIDs[$0] })
        }
    }

    private static func number<Key: Hashable>(_ keys: [Key]) -> (numbers: [Int], firstRows: [Int]) {
        var known: [Key: Int] = [:]
        var firstRows: [Int] = []
        let numbers = keys.enumerated().map { row, key in
            if let number = known[key] { return number }
            known[key] = firstRows.count
            firstRows.append(row)
            return firstRows.count - 1
        }
        return (numbers, firstRows)
    }

    private static func bytes(of keys: RowKeys) -> [[UInt8]] {
        guard let view = ByteArrayView(keys.array) else { return [] }
        defer { withExtendedLifetime(keys) {} }
        return (0..<keys.count).map { unsafe Array(view.bytes($0)) }
    }
}
