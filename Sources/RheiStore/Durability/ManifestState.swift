import RheiArrow
import RheiCore

/// What a manifest says: the tables of one position and the files that hold them.
struct ManifestState: Equatable {
    var position: Int64 = 0
    /// What the source wants to find again; see `StoreSnapshot.notes`.
    var notes: [String: String] = [:]
    /// The number that the next segment file gets; no number is used twice.
    var nextFileNumber: UInt64 = 1
    var lastTableID: Int64 = 0
    /// By table id.
    var tables: [Int64: Table] = [:]

    /// One table.
    struct Table: Equatable {
        var header: Header
        /// Ascending in row numbers.
        var segments: [Segment] = []
    }

    /// All of a table but its segments.
    struct Header: Equatable {
        var definition: TableDefinition
        /// The columns' types as of this version.
        var types: [DataType]
        var schemaVersion: Int
        var hasValues: [Bool]
        var nextRowNumber: Int64
    }

    /// One segment and the rows of it that are gone.
    struct Segment: Equatable {
        var firstRowNumber: Int64
        var rowCount: Int
        var fileNumber: UInt64
        /// Size and footer checksum of the file: another file in its place is noticed.
        var fileByteCount: UInt64
        var footerChecksum: UInt32
        /// Deleted rows by page of 2 048 rows, as 32 words of bits.
        var deletedPages: [Int: [UInt64]] = [:]
    }

    /// The numbers of all files in use.
    var fileNumbers: Set<UInt64> { Set(tables.values.flatMap { $0.segments.map(\.fileNumber) }) }
}

/// What a flush changes of a manifest's state.
struct ManifestEdit: Equatable {
    var position: Int64
    var notes: [String: String]
    var nextFileNumber: UInt64
    var lastTableID: Int64
    var droppedTables: [Int64] = []
    var tables: [Int64: TableEdit] = [:]

    /// Changes of one table, which is made if it is not there.
    struct TableEdit: Equatable {
        var header: ManifestState.Header
        /// The row numbers that removed segments begin with.
        var removed: [Int64] = []
        var added: [ManifestState.Segment] = []
        /// Pages of deleted rows of segments that were there before, by the segments' first row number.
        var deletedPages: [Int64: [Int: [UInt64]]] = [:]
    }
}

extension ManifestState {
    /// - Throws: `corrupt` when the edit does not fit the state.
    mutating func apply(_ edit: ManifestEdit) throws {
        position = edit.position
        notes = edit.notes
        nextFileNumber = edit.nextFileNumber
        lastTableID = edit.lastTableID
        for id in edit.droppedTables { tables[id] = nil }
        for (id, change) in edit.tables {
            var table = tables[id] ?? Table(header: change.header)
            table.header = change.header
            let removed = Set(change.removed)
            table.segments.removeAll { removed.contains($0.firstRowNumber) }
            for index in table.segments.indices {
                guard let pages = change.deletedPages[table.segments[index].firstRowNumber] else { continue }
                table.segments[index].deletedPages.merge(pages) { $1 }
            }
            table.segments.append(contentsOf: change.added)
            table.segments.sort { $0.firstRowNumber < $1.firstRowNumber }
            tables[id] = table
        }
        try check()
    }

    /// Checks what snapshots rely on.
    func check() throws {
        func corrupt(_ what: String) -> EngineError { EngineError(.corrupt, what) }
        for (id, table) in tables {
            let header = table.header
            let count = header.definition.columns.count
            guard header.types.count == count, header.hasValues.count == count, id <= lastTableID, id > 0 else {
                throw corrupt("table \(id) of \(count) columns")
            }
            if case .integerColumn(let column) = header.definition.key, column >= count {
                throw corrupt("table \(id) with key column \(column)")
            }
            var next: Int64 = 0
            for segment in table.segments {
                let (end, overflow) = segment.firstRowNumber.addingReportingOverflow(Int64(segment.rowCount))
                guard !overflow, segment.rowCount > 0, segment.rowCount <= RheiStore.Segment.maximumRowCount,
                    segment.firstRowNumber >= next, end <= header.nextRowNumber, end < 1 << 47
                else { throw corrupt("a segment of \(segment.rowCount) rows from \(segment.firstRowNumber)") }
                next = end
                let pageCount = (segment.rowCount + DeleteVector.pageRowCount - 1) / DeleteVector.pageRowCount
                for (page, words) in segment.deletedPages {
                    let rowCount = segment.rowCount - page * DeleteVector.pageRowCount
                    let isWithin = words.enumerated().allSatisfy { index, word in
                        word == 0 || index * 64 + 63 - word.leadingZeroBitCount < rowCount
                    }
                    guard page < pageCount, words.count == DeletePage.wordCount, isWithin else {
                        throw corrupt("page \(page) of deleted rows")
                    }
                }
            }
        }
    }
}
