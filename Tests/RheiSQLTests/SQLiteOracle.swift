import CSQLite

/// An in-memory database of the real SQLite, to ask what it makes of a text.
@safe final class SQLiteOracle {
    enum Verdict: Equatable {
        /// The text's first statement prepares; it ends at the offset.
        case accepted(end: Int)
        /// There is no statement before the offset.
        case empty(end: Int)
        /// A syntax error, an unrecognised token or an incomplete statement.
        case syntaxError(String)
        /// An error that leaves open whether the text parses: unknown names, wrong argument counts and so on.
        case otherError(String)
    }

    private var handle: OpaquePointer?

    /// Opens a database and runs statements that must succeed.
    init(schema: String = "") {
        let result = unsafe sqlite3_open_v2(
            ":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil)
        precondition(result == SQLITE_OK)
        let schemaResult = unsafe sqlite3_exec(handle, schema, nil, nil, nil)
        precondition(schemaResult == SQLITE_OK, message)
    }

    deinit { unsafe sqlite3_close_v2(handle) }

    /// Prepares the first statement of a text.
    func verdict(on sql: String) -> Verdict {
        var statement: OpaquePointer?
        var end = 0
        let result = unsafe sql.withCString { text in
            var tail: UnsafePointer<CChar>?
            let result = unsafe sqlite3_prepare_v2(handle, text, -1, &statement, &tail)
            if let tail = unsafe tail { end = unsafe tail - text }
            return result
        }
        defer { unsafe sqlite3_finalize(statement) }
        if result == SQLITE_OK { return unsafe statement == nil ? .empty(end: end) : .accepted(end: end) }
        let text = message
        let isSyntax = ["syntax error", "unrecognized token", "incomplete input"].contains { text.contains($0) }
        return isSyntax ? .syntaxError(text) : .otherError(text)
    }

    /// The first row of a query, one text per column with its storage class before it; nil if there is an error or no
    /// row.
    func firstRow(of sql: String) -> [String]? {
        unsafe withStatement(sql) { statement in
            guard unsafe sqlite3_step(statement) == SQLITE_ROW else { return nil }
            return unsafe (0..<sqlite3_column_count(statement)).map { column in
                let type = unsafe sqlite3_column_type(statement, column)
                if type == SQLITE_FLOAT { return unsafe "real \(sqlite3_column_double(statement, column).bitPattern)" }
                guard let text = unsafe sqlite3_column_text(statement, column) else { return "null" }
                return unsafe "\(type) \(String(cString: text))"
            }
        }
    }

    /// The names of a query's result columns; nil if it does not prepare.
    func columnNames(of sql: String) -> [String]? {
        unsafe withStatement(sql) { statement in
            unsafe (0..<sqlite3_column_count(statement)).map { column in
                unsafe String(cString: sqlite3_column_name(statement, column))
            }
        }
    }

    /// The numbers of parameters by name, and the highest number; nil if the text does not prepare.
    func parameters(of sql: String) -> (numbers: [String: Int], highest: Int)? {
        unsafe withStatement(sql) { statement in
            let count = unsafe sqlite3_bind_parameter_count(statement)
            var numbers: [String: Int] = [:]
            for number in 0..<count {
                guard let name = unsafe sqlite3_bind_parameter_name(statement, number + 1) else { continue }
                numbers[unsafe String(cString: name)] = Int(number + 1)
            }
            return (numbers, Int(count))
        }
    }

    private func withStatement<Result>(_ sql: String, _ body: (OpaquePointer) -> Result?) -> Result? {
        var statement: OpaquePointer?
        let result = unsafe sqlite3_prepare_v2(handle, sql, -1, &statement, nil)
        guard result == SQLITE_OK, let prepared = unsafe statement else { return nil }
        defer { unsafe sqlite3_finalize(prepared) }
        return unsafe body(prepared)
    }

    /// Whether `sqlite3_complete` finds that the text ends with a whole statement.
    static func isComplete(_ sql: String) -> Bool { unsafe sqlite3_complete(sql) != 0 }

    private var message: String { unsafe String(cString: sqlite3_errmsg(handle)) }
}
