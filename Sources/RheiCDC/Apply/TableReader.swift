import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Reads one table, whole or by changed keys, inside the transaction of a sync.
struct TableReader {
    /// What was done to a table.
    struct Count {
        var upserted = 0
        var deleted = 0
        /// Rows among the upserted whose keys were not asked for.
        var appended = 0
    }

    let connection: Connection
    let mapping: TableMapping
    private let quarantine: Quarantine

    /// - Parameter quarantine: counts the values that do not convert to the types of a schema.
    init(_ connection: Connection, _ mapping: TableMapping, quarantine: Quarantine = Quarantine()) {
        self.connection = connection
        self.mapping = mapping
        self.quarantine = quarantine
    }

    /// Loads all rows, for `store`. Segments are put in order on a thread of their own while the next is read.
    func load(for store: ColumnStore) throws -> TableLoader {
        let loader = try TableLoader(mapping.definition, for: store)
        var collector = RowCollector(mapping, quarantine: quarantine)
        var side: SideThread<Rows>?
        // The thread may be at work when reading fails.
        defer { try? side?.finish() }
        try connection.withStatement(mapping.selectAll) { statement in
            while try statement.step() {
                collector.appendRow(statement)
                guard collector.rowCount == Segment.maximumRowCount else { continue }
                let rows = try collector.takeRows()
                let thread = try side ?? SideThread { try loader.append($0.columns, keys: $0.keys) }
                side = thread
                try thread.hand(Rows(columns: rows.columns, keys: rows.keys))
            }
        }
        try side?.finish()
        if collector.rowCount > 0 {
            let rows = try collector.takeRows()
            try loader.append(rows.columns, keys: rows.keys)
        }
        return loader
    }

    /// A segment of a table that is being loaded.
    private struct Rows: Sendable {
        var columns: [ArrowArray]
        var keys: RowKeys?
    }

    /// How many rows SQLite has.
    func rowCount() throws -> Int { Int(try connection.firstInteger(mapping.selectCount) ?? 0) }

    // MARK: - Changes

    /// Reads the current rows of `rowIDs` and hands them over in portions of bounded size.
    ///
    /// - Parameters:
    ///   - rowIDs: ascending, without duplicates.
    ///   - first: reads all rows from this rowid on, too.
    func readChanges(
        of rowIDs: [Int64], andAllFrom first: Int64? = nil, _ apply: (TableChanges) throws -> Void
    ) throws -> Count {
        var pass = Pass(collector: RowCollector(mapping, quarantine: quarantine))
        let below = first.map { first in rowIDs.prefix { $0 < first } } ?? rowIDs[...]
        for run in KeyRuns.split(below) {
            if run.isRange, let first = below[run.keys].first, let last = below[run.keys].last {
                try readRange(mapping.selectByRange, [first, last], below[run.keys], &pass, apply)
            } else {
                try readPoints(below[run.keys], &pass, apply)
            }
        }
        if let first {
            try readRange(mapping.selectFrom, [first], rowIDs[below.endIndex...], takesAll: true, &pass, apply)
        }
        return try finish(&pass, apply)
    }

    /// Reads the current rows of the keys that `log` has for the table; for tables keyed by columns.
    func readChanges(
        of log: ChangeLogReader, tableID: Int64, _ span: LogSpan, _ apply: (TableChanges) throws -> Void
    ) throws -> Count {
        var pass = Pass(collector: RowCollector(mapping, quarantine: quarantine))
        let width = mapping.key.width
        try connection.withStatement(mapping.selectByKey) { row in
            try log.forEachKey(ofTable: tableID, width: width, span) { key in
                for part in 0..<width { try row.bind(column: part, of: key, at: part + 1) }
                if try row.step() {
                    pass.collector.appendRow(row)
                    pass.count.upserted += 1
                } else {
                    pass.collector.appendGone(key)
                    pass.count.deleted += 1
                }
                row.reset()
                try flush(&pass, apply)
            }
        }
        return try finish(&pass, apply)
    }

    /// The state of one pass over changed keys.
    private struct Pass {
        var collector: RowCollector
        var count = Count()
    }

    private func readPoints(
        _ rowIDs: ArraySlice<Int64>, _ pass: inout Pass, _ apply: (TableChanges) throws -> Void
    ) throws {
        try connection.withStatement(mapping.selectByKey) { statement in
            for rowID in rowIDs {
                try statement.bind(rowID, at: 1)
                if try statement.step() { take(statement, &pass) } else { drop(rowID, &pass) }
                statement.reset()
                try flush(&pass, apply)
            }
        }
    }

    /// - Parameters:
    ///   - query: yields rows by ascending rowid, all those of `rowIDs` among them.
    ///   - takesAll: whether rows besides those of `rowIDs` are wanted.
    private func readRange(
        _ query: String, _ bounds: [Int64], _ rowIDs: ArraySlice<Int64>, takesAll: Bool = false, _ pass: inout Pass,
        _ apply: (TableChanges) throws -> Void
    ) throws {
        var next = rowIDs.startIndex
        let keyPosition = mapping.keyPositions[0]
        try connection.withStatement(query) { statement in
            for (index, bound) in bounds.enumerated() { try statement.bind(bound, at: index + 1) }
            while try statement.step() {
                let rowID = statement.integer(keyPosition)
                while next < rowIDs.endIndex, rowIDs[next] < rowID {
                    drop(rowIDs[next], &pass)
                    next += 1
                }
                if next < rowIDs.endIndex, rowIDs[next] == rowID {
                    next += 1
                } else if takesAll {
                    pass.count.appended += 1
                } else {
                    // A row between two changed keys has not changed.
                    continue
                }
                take(statement, &pass)
                try flush(&pass, apply)
            }
        }
        for rowID in rowIDs[next...] { drop(rowID, &pass) }
        try flush(&pass, apply)
    }

    private func take(_ statement: Statement, _ pass: inout Pass) {
        pass.collector.appendRow(statement)
        pass.count.upserted += 1
    }

    private func drop(_ rowID: Int64, _ pass: inout Pass) {
        pass.collector.appendGone(rowID)
        pass.count.deleted += 1
    }

    private func flush(_ pass: inout Pass, _ apply: (TableChanges) throws -> Void) throws {
        guard pass.collector.changeCount >= Segment.maximumRowCount else { return }
        try apply(try pass.collector.takeChanges())
    }

    private func finish(_ pass: inout Pass, _ apply: (TableChanges) throws -> Void) throws -> Count {
        if pass.collector.changeCount > 0 { try apply(try pass.collector.takeChanges()) }
        return pass.count
    }
}
