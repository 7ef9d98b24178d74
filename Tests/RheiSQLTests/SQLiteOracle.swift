import CSQLite

/// An in-memory database of the real SQLite, to ask what it makes of a text.
@safe final class SQLiteOracle {
    enum Verdict: Equatable {
        case accepted
        /// A syntax error, an unrecognised token or an incomplete statement.
        case syntaxError(String)
        /// An error that leaves open whether the text parses: unknown names, wrong argument counts and so on.
        case otherError(String)
    }

    private var handle: OpaquePointer?

    init() {
        let result = unsafe sqlite3_open_v2(
            ":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        precondition(result == SQLITE_OK)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Runs statements that must succeed.
    func run(_ sql: String) {
        let result = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
        precondition(result == SQLITE_OK, "\(sql): \(message)")
    }

    /// Prepares the first statement of a text.
    func verdict(on sql: String) -> Verdict {
        var statement: OpaquePointer?
        let result = unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        defer { unsafe sqlite3_finalize(statement) }
        if result == SQLITE_OK { return .accepted }
        let text = message
        let isSyntax = ["syntax error", "unrecognized token", "incomplete input"].contains { text.contains($0) }
        return isSyntax ? .syntaxError(text) : .otherError(text)
    }

    /// The first row of a query, one text per column with its storage class before it; nil if there is an error or no
    /// row.
    func firstRow(of sql: String) -> [String]? {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
        defer { unsafe sqlite3_finalize(statement) }
        guard unsafe sqlite3_step(statement) == SQLITE_ROW else { return nil }
        return unsafe (0..<sqlite3_column_count(statement)).map { column in
            let type = unsafe sqlite3_column_type(statement, column)
            if type == SQLITE_FLOAT { return unsafe "real \(sqlite3_column_double(statement, column).bitPattern)" }
            guard let text = unsafe sqlite3_column_text(statement, column) else { return "null" }
            return unsafe "\(type) \(String(cString: text))"
        }
    }

    /// The names of a query's result columns; nil if it does not prepare.
    func columnNames(of sql: String) -> [String]? {
        var statement: OpaquePointer?
        guard unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK else { return nil }
        defer { unsafe sqlite3_finalize(statement) }
        return unsafe (0..<sqlite3_column_count(statement)).map { column in
            unsafe String(cString: sqlite3_column_name(statement, column))
        }
    }

    private var message: String { unsafe String(cString: sqlite3_errmsg(handle)) }
}
