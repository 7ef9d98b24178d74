import CSQLite

/// Evaluates scalar expressions in SQLite itself.
@safe final class SQLiteOracle {
    private var database: OpaquePointer?
    private var statements: [String: OpaquePointer] = unsafe [:]

    init() {
        precondition(unsafe sqlite3_open(":memory:", &database) == SQLITE_OK)
    }

    deinit {
        while let (_, statement) = unsafe statements.popFirst() { unsafe sqlite3_finalize(statement) }
        unsafe sqlite3_close(database)
    }

    /// What an expression gave: its value, or that SQLite raised an error.
    enum Outcome: Equatable {
        case value(Value)
        case error(String)
    }

    /// Returns `SELECT sql` with the arguments bound to ?1, ?2….
    func evaluate(_ sql: String, _ arguments: [Value]) -> Outcome { run("SELECT " + sql, arguments) }

    /// Runs a statement and returns its first column of its first row.
    func run(_ sql: String, _ arguments: [Value]) -> Outcome {
        guard let statement = unsafe prepare(sql) else { return .error(message) }
        defer { unsafe sqlite3_reset(statement) }
        for (index, argument) in arguments.enumerated() { unsafe bind(argument, Int32(index + 1), statement) }
        guard unsafe sqlite3_step(statement) == SQLITE_ROW else { return .error(message) }
        return unsafe .value(read(statement))
    }

    func execute(_ sql: String) {
        precondition(unsafe sqlite3_exec(database, sql, nil, nil, nil) == SQLITE_OK)
    }

    private var message: String { unsafe String(cString: sqlite3_errmsg(database)) }

    private func prepare(_ sql: String) -> OpaquePointer? {
        if let known = unsafe statements[sql] { return unsafe known }
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
        unsafe statements[sql] = statement
        return unsafe statement
    }

    private func bind(_ value: Value, _ index: Int32, _ statement: OpaquePointer) {
        switch value {
        case .null: unsafe sqlite3_bind_null(statement, index)
        case .integer(let value): unsafe sqlite3_bind_int64(statement, index, value)
        case .real(let value): unsafe sqlite3_bind_double(statement, index, value)
        case .text(let bytes):
            _ = unsafe (bytes + [0]).withUnsafeBytes { buffer in
                let start = unsafe buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
                unsafe sqlite3_bind_text(statement, index, start, Int32(bytes.count), rhei_sqlite_transient())
            }
        case .blob(let bytes):
            _ = unsafe (bytes + [0]).withUnsafeBytes { buffer in
                unsafe sqlite3_bind_blob(
                    statement, index, buffer.baseAddress, Int32(bytes.count), rhei_sqlite_transient())
            }
        }
    }

    private func read(_ statement: OpaquePointer) -> Value {
        switch unsafe sqlite3_column_type(statement, 0) {
        case SQLITE_INTEGER: return unsafe .integer(sqlite3_column_int64(statement, 0))
        case SQLITE_FLOAT: return unsafe .real(sqlite3_column_double(statement, 0))
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(statement, 0)
            let count = unsafe Int(sqlite3_column_bytes(statement, 0))
            return unsafe .text(Array(UnsafeBufferPointer(start: start, count: count)))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(statement, 0)
            let count = unsafe Int(sqlite3_column_bytes(statement, 0))
            return unsafe .blob(Array(UnsafeRawBufferPointer(start: start, count: count)))
        default: return .null
        }
    }
}

extension SQLiteOracle {
    /// Inserts a value into table `t` and returns what the column holds then.
    func insertAndRead(_ value: Value) -> Value {
        guard case .value(let stored) = run("INSERT INTO t VALUES (?1) RETURNING x", [value]) else { return .null }
        return stored
    }
}
