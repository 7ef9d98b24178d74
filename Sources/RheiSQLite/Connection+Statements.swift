import CSQLite
import RheiArrow
package import RheiCore

extension Connection {
    /// Compiles `sql`, which must hold exactly one statement.
    ///
    /// - Throws: `.syntax` and the like with the place in `sql`; `.invalidArgument` for no statement or several.
    package func prepare(_ sql: String) throws -> Statement {
        let (statement, end) = try prepareFirst(of: sql, from: 0, persistent: false)
        guard let statement else { throw EngineError(.invalidArgument, "the SQL text holds no statement") }
        try requireNothing(after: end, in: sql)
        return statement
    }

    /// Compiles the first statement of `sql` that begins at byte `offset` or later.
    ///
    /// - Returns: the statement, `nil` when only blanks and comments are left, and the byte offset after it.
    package func prepareFirst(
        of sql: String, from offset: Int, persistent: Bool = false
    ) throws -> (statement: Statement?, end: Int) {
        var sql = sql
        var raw: OpaquePointer?
        let flags: UInt32 = persistent ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let (code, end) = sql.withUTF8 { bytes -> (Int32, Int) in
            let text = unsafe UnsafeBufferPointer(rebasing: bytes[min(offset, bytes.count)...])
            return unsafe text.withMemoryRebound(to: CChar.self) { characters in
                // An empty buffer may have no address, but SQLite wants one.
                guard let start = characters.baseAddress, characters.count > 0 else { return (SQLITE_OK, bytes.count) }
                guard let byteCount = Int32(exactly: characters.count) else { return (SQLITE_TOOBIG, offset) }
                var tail: UnsafePointer<CChar>?
                let code = unsafe sqlite3_prepare_v3(handle, start, byteCount, flags, &raw, &tail)
                return unsafe (code, offset + (tail.map { unsafe $0 - start } ?? characters.count))
            }
        }
        guard code == SQLITE_OK else {
            throw unsafe failure(on: handle, code: code, sql: sql, textOffset: offset)
        }
        try refuseNulByte(in: sql, before: end)
        guard let raw = unsafe raw else { return (nil, end) }
        let isSchema = StatementKeyword.first(of: sql, from: offset) == .other
        if isSchema { noteSchemaStatement() }
        return unsafe (Statement(handle: raw, sql: sql, mayChangeSchema: isSchema), end)
    }

    /// Runs every statement of `script` in order and drops the rows they return.
    ///
    /// - Throws: the first failure; the statements before it stay done.
    package func execute(_ script: String) throws {
        var offset = 0
        let byteCount = script.utf8.count
        while offset < byteCount {
            try interruptHandle.checkCancellation()
            let (statement, end) = try prepareFirst(of: script, from: offset)
            while try statement?.step() == true {}
            guard end > offset else { return }
            offset = end
        }
    }

    /// Runs one statement with bound parameters and returns what it did and the rows it gave back.
    ///
    /// A statement comes from the cache when the same text was run before. Rows arrive as single values: meant for
    /// RETURNING and small answers; bulk data goes through `StatementReader`.
    @discardableResult
    package func run(_ sql: String, _ parameters: [SQLValue] = []) throws -> WriteResult {
        try withStatement(sql) { statement in
            try statement.bind(parameters)
            var rows: [[SQLValue]] = []
            while try statement.step() { rows.append(statement.row()) }
            return WriteResult(
                changes: statement.changesRows ? changes : 0, lastInsertRowID: lastInsertRowID,
                columnNames: statement.columnNames, rows: rows)
        }
    }

    /// Runs one statement with bound parameters and drops the rows it gives back.
    ///
    /// Costs less than `run`, and least where the same text is run again and again.
    /// - Returns: the rows that it changed itself; 0 for any statement but INSERT, UPDATE and DELETE.
    package func change(_ sql: String, _ parameters: [SQLValue] = []) throws -> Int64 {
        let statement = try takeStatement(sql)
        defer {
            statement.reset()
            if statement.boundBytes.state == .copied { statement.clearBindings() }
            cache.put(statement)
        }
        try statement.bindInPlace(parameters)
        while try statement.step() {}
        return statement.changesRows ? changes : 0
    }

    /// Lends a prepared statement for `sql`, from the cache if it holds one, and takes it back reset and unbound.
    ///
    /// - Precondition: the statement is not used after `body` returns.
    package func withStatement<Result>(_ sql: String, _ body: (Statement) throws -> Result) throws -> Result {
        let statement = try takeStatement(sql)
        if statement.boundBytes.state != .unused { statement.clearBindings() }
        defer {
            statement.reset()
            statement.clearBindings()
            cache.put(statement)
        }
        return try body(statement)
    }

    /// Takes a statement out of the cache or compiles it. `change` leaves its values bound.
    private func takeStatement(_ sql: String) throws -> Statement {
        try interruptHandle.checkCancellation()
        let statement = try cache.take(sql) ?? prepareForReuse(sql)
        if statement.mayChangeSchema { noteSchemaStatement() }
        return statement
    }

    /// Returns the first column of the first row when it is an integer, else `nil`.
    package func firstInteger(_ sql: String, _ parameters: [SQLValue] = []) throws -> Int64? {
        try withStatement(sql) { statement in
            try statement.bind(parameters)
            guard try statement.step(), statement.columnType(0) == .integer else { return nil }
            return statement.integer(0)
        }
    }

    /// Returns the first column of the first row when it is a text, else `nil`.
    package func firstText(_ sql: String, _ parameters: [SQLValue] = []) throws -> String? {
        try withStatement(sql) { statement in
            try statement.bind(parameters)
            guard try statement.step(), statement.columnType(0) == .text else { return nil }
            return statement.text(0)
        }
    }

    func prepareForReuse(_ sql: String) throws -> Statement {
        let (statement, end) = try prepareFirst(of: sql, from: 0, persistent: true)
        guard let statement else { throw EngineError(.invalidArgument, "the SQL text holds no statement") }
        try requireNothing(after: end, in: sql)
        return statement
    }

    private func requireNothing(after end: Int, in sql: String) throws {
        guard end < sql.utf8.count else { return }
        if try prepareFirst(of: sql, from: end).statement != nil {
            throw EngineError(
                .invalidArgument, "the SQL text holds more than one statement", at: SourceRange(end, sql.utf8.count))
        }
    }

    /// SQLite stops reading at a NUL byte, which would silently drop the rest of the text.
    private func refuseNulByte(in sql: String, before end: Int) throws {
        guard end < sql.utf8.count else { return }
        let index = sql.utf8.index(sql.utf8.startIndex, offsetBy: end)
        if sql.utf8[index] == 0 {
            throw EngineError(.syntax, "the SQL text holds a NUL byte", at: SourceRange(end, end + 1))
        }
    }
}
