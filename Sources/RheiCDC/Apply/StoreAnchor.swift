import RheiCore
package import RheiSQLite

/// Ties a folder of segment files to the database whose tables they hold.
///
/// Before a flush a mark that was never used is committed to the database, and the flush writes it beside the tables. A
/// store whose mark the database does not know belongs to another history: an older copy of the database was put back,
/// or a crash took commits that were not synced. Its tables are then loaded anew, although log and positions may look
/// right.
///
/// After a flush the database notes how far the tables are durable, and nobody prunes the log beyond that.
package struct StoreAnchor: Sendable {
    private let writer: Writer
    /// Marks that the database keeps: that of the last flush, and those of some before it or of attempts that failed.
    private static let keptMarkCount = 4

    package init(writer: Writer) { self.writer = writer }

    /// Commits a new mark.
    ///
    /// - Returns: the notes that go with the tables; empty when nothing is captured.
    package func beginFlush() async throws -> [String: String] {
        try await writer.transaction { connection in
            guard try CaptureState(connection).isInstalled else { return [:] }
            let mark = try connection.firstText("SELECT lower(hex(randomblob(12)))", []) ?? ""
            let marks = try CaptureState.marks(connection).suffix(Self.keptMarkCount - 1) + [mark]
            try Self.set(.storeMarks, .text(marks.joined(separator: " ")), connection)
            return [MirrorNotes.markKey: mark]
        }
    }

    /// Notes that the tables are durable, and prunes what they hold from the log.
    ///
    /// - Parameter notes: those of the flushed snapshot.
    /// - Returns: the number of log rows deleted.
    @discardableResult
    package func endFlush(_ notes: [String: String], prunes: Bool) async throws -> Int {
        guard let notes = MirrorNotes(notes) else { return 0 }
        try await writer.transaction { connection in
            guard try CaptureState(connection).isInstalled else { return }
            try Self.set(.durableThrough, .text("\(notes.sequence) \(notes.logID)"), connection)
        }
        guard prunes else { return 0 }
        return try await LogPruner(writer: writer).prune(through: notes.sequence, logID: notes.logID)
    }

    /// Forgets that there is a store: the log may be pruned freely again.
    package func remove() async throws {
        try await writer.transaction { connection in
            guard try CaptureState(connection).isInstalled else { return }
            for key in [CaptureNames.MetaKey.storeMarks, .durableThrough] {
                try connection.run("DELETE FROM main._rhei_meta WHERE key = ?", [.text(key.rawValue)])
            }
        }
    }

    private static func set(_ key: CaptureNames.MetaKey, _ value: SQLValue, _ connection: Connection) throws {
        try connection.run("INSERT OR REPLACE INTO main._rhei_meta VALUES (?, ?)", [.text(key.rawValue), value])
    }
}
