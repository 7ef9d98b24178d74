import RheiCore
import RheiSQLite

/// Deletes log rows that nobody here needs any more.
///
/// In small transactions, so that writers wait only briefly. What was deleted is noted in the same transaction; a
/// reader that stands before it loads its tables anew.
struct LogPruner {
    private let writer: Writer
    /// Rows per transaction.
    private let portion: Int64 = 50_000

    init(writer: Writer) { self.writer = writer }

    /// Deletes rows up to `sequence`, but never the newest: its number is what the next row's follows.
    ///
    /// - Parameter logID: the log that `sequence` belongs to; another one is left alone.
    /// - Returns: the number of rows deleted.
    func prune(through sequence: Int64, logID: String) async throws -> Int {
        var total = 0
        while true {
            let count = try await writer.transaction { [portion] connection in
                try Self.prunePortion(connection, through: sequence, logID: logID, portion: portion)
            }
            total += count
            if count < portion { return total }
        }
    }

    private static func prunePortion(
        _ connection: Connection, through sequence: Int64, logID: String, portion: Int64
    ) throws -> Int {
        let state = try CaptureState(connection)
        guard state.isInstalled, state.logID == logID,
            let oldest = try connection.firstInteger("SELECT min(seq) FROM main._rhei_cdc_log"),
            let newest = try connection.firstInteger("SELECT max(seq) FROM main._rhei_cdc_log")
        else { return 0 }
        // A store that survives the process needs what it does not hold yet.
        let durable = try CaptureState.durableSequence(connection, logID: logID) ?? .max
        let last = min(sequence, newest - 1, durable, oldest.addingReportingOverflow(portion - 1).partialValue)
        guard last >= oldest else { return 0 }
        let deleted = try connection.run("DELETE FROM main._rhei_cdc_log WHERE seq <= ?", [.integer(last)]).changes
        try ImageLog.prune(through: last, connection)
        try connection.run(
            "UPDATE main._rhei_meta SET value = max(value, ?) WHERE key = 'pruned_through'", [.integer(last)])
        return Int(deleted)
    }
}
