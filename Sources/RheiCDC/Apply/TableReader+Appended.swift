import RheiCore
import RheiSQLite

/// What changed at the upper end of a table without being logged.
///
/// Triggers do not log a new row whose rowid is above all others. Of the rows of the last sync, let *m* be the greatest
/// whose key was not logged since: it was there all the time, so each row that was not logged came above it. All of
/// them are found by reading on from there, whatever else happened, and they alone have to be read. Only *m* itself may
/// have been replaced without a trace, by REPLACE while it was the last one; the digest of the last row tells.
struct AppendedRows: Equatable {
    /// All rows from this rowid on are to be read, logged or not; nil for none.
    var first: Int64?
    /// A row below them that may be another than before.
    var replaced: Int64?
    /// Whether rows are missing whose keys were not logged: the database is not the one of the last sync.
    var isOther = false

    var isEmpty: Bool { self == AppendedRows() }
}

/// The upper end of a table that is keyed by rowid.
extension TableReader {
    private var keyPosition: Int { mapping.keyPositions[0] }

    /// Returns the row of the greatest rowid; nil for an empty table.
    func lastRow() throws -> LastRow? {
        try connection.withStatement(mapping.selectLast) { statement in
            try statement.step() ? LastRow(statement, keyPosition: keyPosition) : nil
        }
    }

    /// Counts the rows from a rowid on.
    func rowCount(from first: Int64, atMost limit: Int) throws -> Int {
        try connection.withStatement(mapping.selectCountFrom) { statement in
            try statement.bind(first, at: 1)
            try statement.bind(Int64(limit), at: 2)
            return try statement.step() ? Int(statement.integer(0)) : 0
        }
    }

    /// Counts the rows above a rowid.
    func rowCount(above rowID: Int64) throws -> Int {
        let (first, overflow) = rowID.addingReportingOverflow(1)
        return overflow ? 0 : try rowCount(from: first, atMost: .max)
    }

    /// Finds what was appended since the last sync.
    ///
    /// - Parameters:
    ///   - known: the last row as of the last sync; nil where there was none, or it is not known.
    ///   - now: the last row.
    ///   - logged: the keys that were logged since, ascending.
    ///   - isMirrored: whether a row was there at the last sync.
    func appendedRows(
        since known: LastRow?, now: LastRow?, logged: [Int64], isMirrored: (Int64) throws -> Bool
    ) throws -> AppendedRows {
        guard let known, !logged.containsSorted(known.rowID) else {
            return try now.map { try searchDownwards(from: $0.rowID, logged, isMirrored) } ?? AppendedRows()
        }
        guard let now, now.rowID >= known.rowID else { return AppendedRows(isOther: true) }
        if now.rowID == known.rowID { return AppendedRows(replaced: now == known ? nil : known.rowID) }
        guard let row = try row(known.rowID) else { return AppendedRows(isOther: true) }
        return AppendedRows(first: known.rowID + 1, replaced: row == known ? nil : known.rowID)
    }

    private func row(_ rowID: Int64) throws -> LastRow? {
        try connection.withStatement(mapping.selectByKey) { statement in
            try statement.bind(rowID, at: 1)
            return try statement.step() ? LastRow(statement, keyPosition: keyPosition) : nil
        }
    }

    /// Looks from the upper end downwards for a row that was there and is not logged.
    private func searchDownwards(
        from last: Int64, _ logged: [Int64], _ isMirrored: (Int64) throws -> Bool
    ) throws -> AppendedRows {
        var left = logged[...]
        var first: Int64?
        return try connection.withStatement(mapping.selectRowIDsDownwards) { statement in
            try statement.bind(last, at: 1)
            while try statement.step() {
                let rowID = statement.integer(0)
                while let greatest = left.last, greatest > rowID { left.removeLast() }
                if left.last != rowID {
                    if try isMirrored(rowID) { return AppendedRows(first: first, replaced: rowID) }
                }
                first = rowID
            }
            return AppendedRows(first: first)
        }
    }
}

extension [Int64] {
    /// Whether ascending integers have one among them.
    func containsSorted(_ value: Int64) -> Bool {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low < count && self[low] == value
    }
}
