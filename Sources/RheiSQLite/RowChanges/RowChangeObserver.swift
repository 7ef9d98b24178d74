/// Records which rows a writing connection changes, in the place of triggers.
///
/// SQLite's pre-update hook reports every row of the main database: also those that REPLACE removes, whatever index it
/// conflicts over, and those that cascades reach. What a savepoint undoes again has been reported all the same.
/// All calls come on the connection's thread.
package protocol RowChangeObserver: AnyObject {
    /// Whether the next write transaction should report its rows here and run without triggers. Asked before a
    /// transaction and again inside it, where the answer counts.
    func wantsRows(_ connection: Connection) throws -> Bool

    /// Forgets what was recorded: a transaction begins that will report its rows.
    func begin()

    /// A row is about to change.
    func willChange(_ change: RowChange)

    /// COMMIT comes next: writes down what was recorded.
    ///
    /// - Throws: what makes the transaction fail instead.
    func willCommit(_ connection: Connection) throws
}
