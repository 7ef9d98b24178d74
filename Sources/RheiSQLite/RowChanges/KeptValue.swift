import CSQLite

/// A copy of one of SQLite's values, with its storage class and exact bytes; confined to a connection's thread.
@safe package final class KeptValue {
    let handle: OpaquePointer

    @unsafe init?(copying value: OpaquePointer?) {
        guard let copy = unsafe sqlite3_value_dup(value) else { return nil }
        unsafe handle = copy
    }

    deinit { unsafe sqlite3_value_free(handle) }
}

extension Statement {
    /// Binds the parameter at `position`, counted from 1.
    package func bind(_ value: KeptValue, at position: Int) throws {
        let code = unsafe sqlite3_bind_value(handle, Int32(truncatingIfNeeded: position), value.handle)
        guard code == SQLITE_OK else { throw unsafe failure(on: sqlite3_db_handle(handle), code: code, sql: sql) }
    }
}
