import RheiCore
import RheiSQLite
import RheiStore

/// What the last sync knew of the database; the next one starts from it. A value: a failed sync leaves it as it was.
struct MirrorState: Sendable {
    /// One mirrored table.
    struct Table: Sendable {
        var mapping: TableMapping
        /// The id of its log rows.
        var captureID: Int64
        /// Set when it must be loaded, as its copy is missing or cannot be trusted.
        var needsLoad = true
        /// How many values of a column do not convert to the type that a schema names, by column.
        var quarantined: [String: Int] = [:]
        /// Whether a history of the table is kept.
        var keepsHistory = false
        /// The last row as of the last sync, where new last rows are not logged; nil for an empty table, or when it is
        /// not known.
        var lastRow: LastRow?

        /// Whether a new row above all others is not logged.
        var hasUnloggedAppends: Bool { mapping.leavesAppendsUnlogged && !keepsHistory }
    }

    /// How often a schema has changed.
    struct SchemaCount: Sendable, Equatable {
        var cookie: Int64
        /// How many of the changes were the engine's own.
        var own: Int64

        /// How many changes came since, by others.
        func foreignChanges(until later: SchemaCount) -> Int64 { (later.cookie &- cookie) &- (later.own &- own) }
    }

    /// Declarations of the whole database as of `schema.cookie`.
    var schema = SchemaDescription(cookie: -1, tables: [])
    /// The newest schema that was compared with the triggers.
    var seenSchema: SchemaCount?
    /// Mirrored tables by folded name.
    var tables: [String: Table] = [:]
    /// Why selected tables are not mirrored, by folded name.
    var refused: [String: EngineError] = [:]
    /// The newest log row that the tables hold.
    var sequence: Int64 = 0
    /// Added to `sequence` to make positions, so that they grow even when the log starts over.
    var positionBase: Int64 = 0
    var logID = ""
    var sentinel: Int64?
    /// The connection's data version in the last sync's transaction; nil before the first and after a failure.
    var dataVersion: Int64?
    /// Counts the changes of the selection that the tables go by.
    var selectionVersion = 0
    /// Log rows read since the last pruning.
    var unprunedCount = 0

    /// Histories by folded table name, also of tables that are gone.
    var histories: [String: TableHistory] = [:]
    /// How the rows of open generations lie in the store, by folded table name.
    var historyMappings: [String: TableMapping] = [:]
    /// Where histories are to begin, from the next sync on.
    var historyStarts: [String: HistoryStart] = [:]
    /// Why a history does not go on, by folded table name.
    var haltedHistories: [String: EngineError] = [:]
    /// The logs of row images by the id of their triggers.
    var imageLogs: [Int64: ImageLog] = [:]

    /// What an earlier process left, until the schema has been read once.
    var restored: MirrorNotes?

    init() {}

    /// Begins with the tables of an earlier process; what the notes do not vouch for is loaded anew.
    init(restoring snapshot: StoreSnapshot) {
        guard let notes = MirrorNotes(snapshot.notes),
            notes.positionBase + notes.sequence == snapshot.position.value
        else {
            positionBase = snapshot.position.value
            return
        }
        logID = notes.logID
        sequence = notes.sequence
        positionBase = notes.positionBase
        sentinel = notes.sentinel
        seenSchema = notes.ownSchemaChanges.map { SchemaCount(cookie: notes.cookie, own: $0) }
        restored = notes
        histories = snapshot.histories
    }

    /// Makes the next sync compare declarations and triggers again.
    mutating func forgetSchema() {
        schema.cookie = -1
        dataVersion = nil
    }

    /// How many values do not convert to the types of schemas, by folded table name and column, of tables that have
    /// such.
    var quarantined: [String: [String: Int]] {
        tables.values.allSatisfy(\.quarantined.isEmpty)
            ? [:] : tables.mapValues(\.quarantined).filter { !$0.value.isEmpty }
    }

    var position: ChangePosition { ChangePosition(positionBase + sequence) }
}
