import CSQLite
import RheiCore

/// Runs queries in SQLite itself, in this process.
@safe final class SQLiteOracle {
    private var database: OpaquePointer?

    /// What a query gave.
    enum Outcome {
        case rows(names: [String], [[FuzzValue]])
        /// The text is not SQL to SQLite.
        case invalid(String)
        /// An error while the query ran.
        case failed(String)
        /// Given up: too much work, or too many rows.
        case tooLong
    }

    init(path: String) throws {
        guard unsafe sqlite3_open(path, &database) == SQLITE_OK else { throw EngineError(.io, "cannot open \(path)") }
        try execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF")
        // Called every 100 000 steps of SQLite's machine; an interrupted query is no test.
        unsafe sqlite3_progress_handler(
            database, 100_000,
            { left in
                guard let left = unsafe left?.assumingMemoryBound(to: Int.self) else { return 0 }
                unsafe left.pointee -= 1
                return unsafe left.pointee < 0 ? 1 : 0
            }, stepsLeft)
    }

    deinit {
        unsafe sqlite3_close(database)
        unsafe stepsLeft.deallocate()
    }

    private let stepsLeft = UnsafeMutablePointer<Int>.allocate(capacity: 1)
    private static let stepLimit = 60
    private static let rowLimit = 20_000

    /// Runs statements; throws what SQLite reports.
    func execute(_ sql: String) throws {
        unsafe stepsLeft.pointee = 1_000
        guard unsafe sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK else {
            throw EngineError(.sqlite, message)
        }
    }

    /// Runs a query as written: where that gives other rows, SQLite contradicts itself.
    func runUnoptimized(_ sql: String) -> Outcome {
        unsafe rhei_sqlite_set_optimizations(database, 0)
        defer { unsafe rhei_sqlite_set_optimizations(database, 1) }
        return run(sql)
    }

    func run(_ sql: String) -> Outcome {
        unsafe stepsLeft.pointee = Self.stepLimit
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK, unsafe statement != nil else {
            return .invalid(message)
        }
        defer { unsafe sqlite3_finalize(statement) }
        let width = unsafe sqlite3_column_count(statement)
        let names = (0..<width).map { unsafe String(cString: sqlite3_column_name(statement, $0)) }
        var rows: [[FuzzValue]] = []
        while true {
            switch unsafe sqlite3_step(statement) {
            case SQLITE_ROW:
                guard rows.count < Self.rowLimit else { return .tooLong }
                rows.append((0..<width).map { unsafe read(statement, $0) })
            case SQLITE_DONE: return .rows(names: names, rows)
            case SQLITE_INTERRUPT: return .tooLong
            default: return .failed(message)
            }
        }
    }

    private var message: String { unsafe String(cString: sqlite3_errmsg(database)) }

    private func read(_ statement: OpaquePointer?, _ column: Int32) -> FuzzValue {
        switch unsafe sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(statement, column)
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            return unsafe .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(statement, column)
            let count = unsafe Int(sqlite3_column_bytes(statement, column))
            return unsafe .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}
