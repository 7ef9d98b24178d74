import CSQLite
import RheiCore

/// One prepared statement: bind, step, read columns in place.
///
/// Confined to its connection's thread. Columns may be read only after `step` returned true and until the next `step`
/// or `reset`; an index out of range reads as NULL.
@safe package final class Statement {
    let handle: OpaquePointer
    /// The text it was prepared from; a statement of a script carries the whole script.
    package let sql: String
    /// Whether it may change the schema.
    let mayChangeSchema: Bool
    /// The number of the highest parameter.
    package let parameterCount: Int
    /// The texts and blobs that are bound to it in place; see `bindInPlace`.
    let boundBytes = BoundBytes()

    init(handle: OpaquePointer, sql: String, mayChangeSchema: Bool) {
        unsafe self.handle = handle
        self.sql = sql
        self.mayChangeSchema = mayChangeSchema
        parameterCount = unsafe Int(sqlite3_bind_parameter_count(handle))
    }

    deinit { unsafe sqlite3_finalize(handle) }

    /// Runs to the next row.
    ///
    /// - Returns: whether there is a row; after false the statement has finished and may be run again.
    /// - Throws: what SQLite reports; the statement is reset, so that it holds no lock.
    package func step() throws -> Bool {
        let code = unsafe sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let error = unsafe failure(on: sqlite3_db_handle(handle), code: code, sql: sql)
        unsafe sqlite3_reset(handle)
        throw error
    }

    /// Runs to the end and drops the rows.
    package func run() throws {
        defer { reset() }
        while try step() {}
    }

    /// Ends the run, so that the statement can be bound and run again; bindings stay.
    package func reset() { unsafe sqlite3_reset(handle) }

    /// Sets every parameter to NULL.
    package func clearBindings() {
        unsafe sqlite3_clear_bindings(handle)
        boundBytes.state = .unused
    }

    /// Whether running it cannot change the database directly.
    package var isReadOnly: Bool { unsafe sqlite3_stmt_readonly(handle) != 0 }

    /// Whether it is an EXPLAIN or EXPLAIN QUERY PLAN.
    package var isExplain: Bool { unsafe sqlite3_stmt_isexplain(handle) != 0 }

    /// Whether it is an INSERT, UPDATE or DELETE, after which the connection's `changes` speaks of it.
    package private(set) lazy var changesRows =
        !isReadOnly && !isExplain && StatementKeyword.first(of: singleText).changesRows

    /// The text of this statement alone, as SQLite keeps it.
    private var singleText: String { unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } ?? "" }

    /// The text with the bound parameters written in.
    package var expandedSQL: String? {
        guard let text = unsafe sqlite3_expanded_sql(handle) else { return nil }
        defer { unsafe sqlite3_free(text) }
        return unsafe String(cString: text)
    }

    // MARK: - Shape

    /// How many columns a row has; 0 for a statement without rows.
    package var columnCount: Int { unsafe Int(sqlite3_column_count(handle)) }

    /// The name of column `index`, as SQLite chose it.
    package func columnName(_ index: Int) -> String {
        unsafe sqlite3_column_name(handle, Int32(truncatingIfNeeded: index)).map { unsafe String(cString: $0) } ?? ""
    }

    /// The names of all columns.
    package var columnNames: [String] { (0..<columnCount).map(columnName) }

    /// The type text in the declaration of the table column behind column `index`; `nil` for an expression.
    package func declaredType(_ index: Int) -> String? {
        unsafe sqlite3_column_decltype(handle, Int32(truncatingIfNeeded: index)).map { unsafe String(cString: $0) }
    }

    /// The table and column behind column `index`; `nil` for an expression.
    package func origin(_ index: Int) -> (table: String, column: String)? {
        let index = Int32(truncatingIfNeeded: index)
        guard let table = unsafe sqlite3_column_table_name(handle, index),
            let column = unsafe sqlite3_column_origin_name(handle, index)
        else { return nil }
        return unsafe (String(cString: table), String(cString: column))
    }

    /// The name of parameter `position` (from 1) with its sign, such as `:id`; `nil` for a plain `?`.
    package func parameterName(_ position: Int) -> String? {
        unsafe sqlite3_bind_parameter_name(handle, Int32(truncatingIfNeeded: position)).map {
            unsafe String(cString: $0)
        }
    }
}
