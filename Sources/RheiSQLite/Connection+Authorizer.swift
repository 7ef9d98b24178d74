import CSQLite
import RheiCore

extension Connection {
    /// PRAGMAs that only report, even with an argument.
    private static let reportingPragmas: Set<String> = [
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
        "foreign_key_check", "database_list", "collation_list", "function_list", "module_list", "pragma_list",
        "compile_options", "integrity_check", "quick_check", "data_version",
    ]

    /// PRAGMAs that report when they stand without an argument and set something with one.
    private static let pragmasWithoutArgument: Set<String> = [
        "schema_version", "user_version", "application_id", "encoding", "page_count", "page_size", "freelist_count",
        "journal_mode", "foreign_keys", "recursive_triggers", "case_sensitive_like", "cache_size", "auto_vacuum",
    ]

    /// Lets only queries be prepared from now on: an allow-list, so what is not known is denied.
    func restrictToQueries() {
        unsafe sqlite3_set_authorizer(
            handle,
            { _, action, first, second, _, _ in
                unsafe Connection.permitsQuery(action: action, first: first, second: second) ? SQLITE_OK : SQLITE_DENY
            }, nil)
    }

    private static func permitsQuery(
        action: Int32, first: UnsafePointer<CChar>?, second: UnsafePointer<CChar>?
    ) -> Bool {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE, SQLITE_TRANSACTION, SQLITE_SAVEPOINT: return true
        case SQLITE_UPDATE:
            // SQLite asks this when it sets up a table-valued function. A user's UPDATE of the schema fails without
            // PRAGMA writable_schema, which is not allowed.
            guard let first = unsafe first else { return false }
            return unsafe String(cString: first) == "sqlite_master"
        case SQLITE_FUNCTION:
            guard let second = unsafe second else { return false }
            return unsafe String(cString: second).lowercased() != "load_extension"
        case SQLITE_PRAGMA:
            guard let first = unsafe first else { return false }
            let name = unsafe String(cString: first).lowercased()
            return unsafe reportingPragmas.contains(name) || (second == nil && pragmasWithoutArgument.contains(name))
        default: return false
        }
    }
}
