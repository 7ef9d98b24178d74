import RheiSQLite

/// Changes that columns lack.
package struct PendingChanges: Sendable {
    /// Changed keys, with duplicates, over all captured tables.
    package var total = 0
    /// The same by lower-case name of a mirrored table; tables without any are left out.
    package var byTable: [String: Int] = [:]
    /// Rows of the change log in the file, applied or not.
    package var logRowCount = 0

    init() {}

    /// Counts what was logged and what was appended without being logged since a sync. Costs O(changes).
    init(since state: MirrorState, _ connection: Connection) throws {
        let log = ChangeLogReader(connection)
        // With another schema tables may be gone or have other keys; the next sync looks.
        let isKnown = try connection.schemaVersion() == state.schema.cookie
        let appending = state.tables.values.filter { isKnown && $0.hasUnloggedAppends && !$0.needsLoad }
        let ends = Dictionary(
            appending.map { ($0.captureID, $0.lastRow?.rowID ?? .min) }, uniquingKeysWith: { first, _ in first })
        let counts = try log.keyCounts(after: state.sequence, ends: ends)
        total = counts.values.reduce(0) { $0 + $1.all }
        for (name, table) in state.tables {
            let logged = counts[table.captureID] ?? .init()
            var appended = 0
            if let end = ends[table.captureID] {
                let rows = try TableReader(connection, table.mapping).rowCount(above: end)
                appended = max(0, rows - logged.aboveEnd)
            }
            total += appended
            if logged.all + appended > 0 { byTable[name] = logged.all + appended }
        }
        logRowCount = try log.rowCount()
    }
}
