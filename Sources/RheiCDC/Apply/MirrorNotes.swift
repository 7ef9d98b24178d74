import RheiCore
import RheiSQLite
import RheiStore

/// What a mirror writes beside its tables, to go on from there in another process: which log and how far, and how each
/// table was captured.
struct MirrorNotes: Sendable {
    /// How a table was captured.
    struct Table: Sendable, Equatable {
        var captureID: Int64
        /// The key by which its changes are logged.
        var key: String
        /// The last row, where new last rows are not logged.
        var lastRow: LastRow?
    }

    var logID: String
    var sequence: Int64
    var positionBase: Int64
    var sentinel: Int64?
    /// The schema cookie that the declarations belong to.
    var cookie: Int64
    /// How many changes of the schema, up to that cookie, were the engine's own.
    var ownSchemaChanges: Int64?
    /// By folded name.
    var tables: [String: Table] = [:]
    /// By folded name.
    var histories: [String: TableHistory] = [:]
    /// Written into the database before the tables became durable; see `StoreAnchor`.
    var mark: String?

    static let markKey = "mark"
    private static let tablePrefix = "table."
    private static let lastRowPrefix = "last."

    init(_ state: MirrorState) {
        logID = state.logID
        sequence = state.sequence
        positionBase = state.positionBase
        sentinel = state.sentinel
        cookie = state.schema.cookie
        ownSchemaChanges = state.seenSchema?.own
        histories = state.histories
        for (name, table) in state.tables where !table.needsLoad && table.quarantined.isEmpty {
            tables[name] = Table(
                captureID: table.captureID, key: table.mapping.key.note, lastRow: table.lastRow)
        }
    }

    /// - Returns: nil when the notes are not those of a mirror.
    init?(_ notes: [String: String]) {
        guard let logID = notes["log"], let sequence = notes["sequence"].flatMap(Int64.init),
            let base = notes["base"].flatMap(Int64.init), let cookie = notes["cookie"].flatMap(Int64.init)
        else { return nil }
        self.logID = logID
        self.sequence = sequence
        positionBase = base
        self.cookie = cookie
        ownSchemaChanges = notes["own"].flatMap(Int64.init)
        sentinel = notes["sentinel"].flatMap(Int64.init)
        mark = notes[Self.markKey]
        for (key, value) in notes where key.hasPrefix(Self.tablePrefix) {
            let parts = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let id = Int64(parts[0]) else { continue }
            let name = String(key.dropFirst(Self.tablePrefix.count))
            tables[name] = Table(
                captureID: id, key: String(parts[1]), lastRow: notes[Self.lastRowPrefix + name].flatMap(LastRow.init))
        }
    }

    var texts: [String: String] {
        var texts = [
            "log": logID, "sequence": String(sequence), "base": String(positionBase), "cookie": String(cookie),
        ]
        if let ownSchemaChanges { texts["own"] = String(ownSchemaChanges) }
        if let sentinel { texts["sentinel"] = String(sentinel) }
        for (name, table) in tables {
            texts[Self.tablePrefix + name] = "\(table.captureID) \(table.key)"
            if let last = table.lastRow { texts[Self.lastRowPrefix + name] = last.text }
        }
        for history in histories.values {
            let note = history.note
            texts[note.key] = note.text
        }
        return texts
    }
}

extension CaptureKey {
    /// The key in words: two are equal exactly when their words are.
    var note: String {
        switch self {
        case .rowID(let name, let column): "rowid \(name) \(column ?? -1)"
        case .columns(let columns):
            "columns " + columns.map { "\($0.index) \($0.collation.rawValue) \($0.name)" }.joined(separator: ", ")
        }
    }
}
