import CSQLiteForBenchmarks

/// A SQLite database as an ordinary program uses it: the yardstick, and the maker of the data.
///
/// One connection with a page cache that holds the whole file, so that SQLite is measured at its best.
@safe public final class SQLiteFile {
    private let handle: OpaquePointer

    /// Opens or creates the file at `path`.
    public init(path: String) throws {
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let connection = unsafe opened else {
            unsafe sqlite3_close_v2(opened)
            throw Failure(message: "cannot open \(path)")
        }
        unsafe handle = connection
        try execute("PRAGMA cache_size = -262144")
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Runs statements that return no rows.
    public func execute(_ sql: String) throws {
        guard unsafe sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure(sql) }
    }

    /// Inserts rows made by `row` through one prepared statement, inside one transaction.
    public func insert(_ sql: String, count: Int, row: (Int) -> [Value]) throws {
        try execute("BEGIN")
        try insertEach(sql, count: count, row: row)
        try execute("COMMIT")
    }

    /// Inserts rows made by `row` through one prepared statement, each in a transaction of its own.
    public func insertEach(_ sql: String, count: Int, row: (Int) -> [Value]) throws {
        let statement = unsafe try prepare(sql)
        defer { unsafe sqlite3_finalize(statement) }
        for index in 0..<count {
            for (position, value) in row(index).enumerated() {
                unsafe bind(value, at: Int32(position + 1), of: statement)
            }
            guard unsafe sqlite3_step(statement) == SQLITE_DONE else { throw failure(sql) }
            unsafe sqlite3_reset(statement)
        }
    }

    /// Runs a query to its end and looks at every value of every row, as cheaply as the interface lets one.
    public func readAll(_ sql: String) throws {
        let statement = unsafe try prepare(sql)
        defer { unsafe sqlite3_finalize(statement) }
        let columns = unsafe sqlite3_column_count(statement)
        var sum: Int64 = 0
        while true {
            let code = unsafe sqlite3_step(statement)
            guard code == SQLITE_ROW else {
                guard code == SQLITE_DONE, sum != .min else { throw failure(sql) }
                return
            }
            for column in 0..<columns {
                switch unsafe sqlite3_column_type(statement, column) {
                case SQLITE_INTEGER: sum &+= unsafe sqlite3_column_int64(statement, column)
                case SQLITE_FLOAT: sum &+= unsafe Int64(sqlite3_column_double(statement, column).bitPattern & 0xff)
                case SQLITE_TEXT:
                    sum &+= unsafe Int64(sqlite3_column_text(statement, column)?.pointee ?? 0)
                    sum &+= unsafe Int64(sqlite3_column_bytes(statement, column))
                default: break
                }
            }
        }
    }

    /// Runs a query to its end and returns its rows.
    public func rows(_ sql: String) throws -> [[Value]] {
        let statement = unsafe try prepare(sql)
        defer { unsafe sqlite3_finalize(statement) }
        var rows: [[Value]] = []
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                let columns = unsafe sqlite3_column_count(statement)
                rows.append((0..<columns).map { unsafe value(of: statement, column: $0) })
            case SQLITE_DONE: return rows
            default: throw failure(sql)
            }
        }
    }

    /// Runs a query to its end and reads every value without keeping it, so that only SQLite's own work is timed.
    public func drain(_ sql: String) throws {
        let statement = unsafe try prepare(sql)
        defer { unsafe sqlite3_finalize(statement) }
        let columns = unsafe sqlite3_column_count(statement)
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW: for column in 0..<columns { _ = unsafe sqlite3_column_value(statement, column) }
            case SQLITE_DONE: return
            default: throw failure(sql)
            }
        }
    }

    private func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK, let made = unsafe statement
        else {
            throw failure(sql)
        }
        return unsafe made
    }

    @unsafe private func bind(_ value: Value, at position: Int32, of statement: OpaquePointer) {
        switch value {
        case .null: unsafe sqlite3_bind_null(statement, position)
        case .integer(let number): unsafe sqlite3_bind_int64(statement, position, number)
        case .real(let number): unsafe sqlite3_bind_double(statement, position, number)
        case .text(var text):
            // A string that is passed as a C string is copied into an array first.
            text.withUTF8 { bytes in
                _ = unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    // Without an address it would be NULL.
                    guard let start = characters.baseAddress else {
                        return unsafe sqlite3_bind_text(statement, position, "", 0, benchmark_sqlite_transient())
                    }
                    return unsafe sqlite3_bind_text(
                        statement, position, start, Int32(characters.count), benchmark_sqlite_transient())
                }
            }
        }
    }

    @unsafe private func value(of statement: OpaquePointer, column: Int32) -> Value {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(statement, column))
        case SQLITE_NULL: return .null
        default:
            guard let bytes = unsafe sqlite3_column_text(statement, column) else { return .null }
            return unsafe .text(String(cString: bytes))
        }
    }

    private func failure(_ sql: String) -> Failure {
        Failure(message: unsafe String(cString: sqlite3_errmsg(handle)) + ": \(sql)")
    }
}

extension SQLiteFile {
    /// What SQLite said.
    public struct Failure: Error, CustomStringConvertible {
        public var message: String
        public var description: String { "sqlite: \(message)" }
    }
}
