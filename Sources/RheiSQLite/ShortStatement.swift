/// What a statement is, as its text says, that a caller of the writer may run itself; nil for all others.
package enum ShortStatement: Sendable {
    /// An INSERT or REPLACE that names its rows.
    case insertsValues
    /// An UPDATE or DELETE; SQLite's plan tells whether it names its rows.
    case updatesOrDeletes

    package init?(_ sql: String) {
        if StatementKeyword.insertsValues(sql) {
            self = .insertsValues
        } else if StatementKeyword.updatesOrDeletes(sql) {
            self = .updatesOrDeletes
        } else {
            return nil
        }
    }
}
