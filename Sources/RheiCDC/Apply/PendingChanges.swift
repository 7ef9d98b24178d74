/// Logged changes that columns lack.
package struct PendingChanges: Sendable {
    /// Changed keys, with duplicates, over all captured tables.
    package var total = 0
    /// The same by lower-case name of a mirrored table; tables without any are left out.
    package var byTable: [String: Int] = [:]
    /// Rows of the change log in the file, applied or not.
    package var logRowCount = 0
}
