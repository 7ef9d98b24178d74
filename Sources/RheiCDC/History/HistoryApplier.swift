import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Brings the versions of one generation forward by the images of a stretch of the log.
struct HistoryApplier {
    let connection: Connection
    let transaction: StoreTransaction
    let store: ColumnStore
    /// How the rows of the generation lie in the store.
    let mapping: TableMapping
    let openID: TableID
    let closedID: TableID
    /// Added to the numbers of the log to make positions.
    let positionBase: Int64
    /// Whether the table can be asked for its rows.
    let isTablePresent: Bool
    /// Images to take at a time.
    static let batchSize = 100_000

    /// Applies the images of `logs`, which follow each other.
    ///
    /// - Parameter lastTime: the newest time of a version so far; moved on.
    func apply(_ logs: [(id: Int64, log: ImageLog)], _ span: LogSpan, lastTime: inout Int64) throws {
        for (index, (id, log)) in logs.enumerated() {
            var after = span.after
            while true {
                let batch = try ImageBatch(
                    connection, id, log, mapping, LogSpan(after: after, through: span.through), limit: Self.batchSize)
                guard let last = batch.sequences.last else { break }
                try apply(batch, id, logs[index...].map(\.id), span, &lastTime)
                after = last
            }
        }
    }

    private func apply(
        _ batch: ImageBatch, _ id: Int64, _ logs: [Int64], _ span: LogSpan, _ lastTime: inout Int64
    ) throws {
        let stored = try transaction.rows(withKeys: batch.keys, of: openID)
        let lastSequence = batch.sequences.last ?? 0
        let fold = try VersionFold(
            kinds: batch.kinds, keys: batch.keyNumbers, isStored: stored.places.map { $0 != nil }
        ) { row in
            try staysThere(batch.sequences[row], id, after: lastSequence, through: span.through, logs)
        }
        let images = try versions(of: batch, fold, &lastTime)
        if !fold.endings.isEmpty { try close(fold.endings, stored, images) }
        try replace(batch, fold, images)
    }

    /// The columns of versions that begin with the images, as if each did.
    private func versions(of batch: ImageBatch, _ fold: VersionFold, _ lastTime: inout Int64) throws -> [ArrowArray] {
        var times: [Int64?] = []
        for time in batch.times {
            lastTime = max(lastTime, time)
            times.append(lastTime)
        }
        let nothing = [Int64?](repeating: nil, count: batch.count)
        return try batch.columns + [
            VersionColumn.validFrom.array(times), VersionColumn.validTo.array(nothing),
            VersionColumn.operations(batch.kinds.indices.map { fold.updates.contains($0) ? "U" : "I" }),
            VersionColumn.fromPosition.array(batch.sequences.map { positionBase + $0 }),
            VersionColumn.toPosition.array(nothing),
        ]
    }

    /// Writes the versions that ended, each with the time and the position of its end.
    private func close(_ endings: [VersionFold.Ending], _ stored: KeyedRows, _ images: [ArrowArray]) throws {
        let sources = endings.map { ending -> Int in
            switch ending.source {
            case .none: -1
            case .stored(let key): stored.places[key] ?? -1
            case .image(let row): stored.count + row
            }
        }
        guard !sources.contains(-1) else { throw EngineError(.invariant, "a version that ends has no beginning") }
        let ends = endings.map(\.row)
        let rowCount = mapping.definition.columns.count
        var columns: [ArrowArray] = []
        for column in images.indices {
            switch column - rowCount {
            case VersionColumn.validTo.rawValue:
                columns.append(try images[rowCount + VersionColumn.validFrom.rawValue].take(ends))
            case VersionColumn.toPosition.rawValue:
                columns.append(try images[rowCount + VersionColumn.fromPosition.rawValue].take(ends))
            default:
                let parts = [stored.columns[column], images[column]]
                let type = ArrayAssembler.commonType(parts) ?? images[column].type
                columns.append(try ArrowArray.joined(parts, as: type).take(sources))
            }
        }
        try transaction.append(columns, to: closedID)
    }

    /// Puts what each key has in the end in the place of its version.
    private func replace(_ batch: ImageBatch, _ fold: VersionFold, _ images: [ArrowArray]) throws {
        var present: [(key: Int, row: Int)] = []
        var gone: [Int] = []
        for (key, source) in fold.current.enumerated() {
            switch source {
            case .image(let row): present.append((key, row))
            case .none: gone.append(key)
            case .stored: break
            }
        }
        var changes = TableChanges()
        if !gone.isEmpty { changes.deletedKeys = try RowKeys(batch.keys.array.take(gone)) }
        if !present.isEmpty {
            changes.upserts = try images.map { try $0.take(present.map(\.row)) }
            if case .integerColumn = mapping.definition.key {
            } else {
                changes.upsertKeys = try RowKeys(batch.keys.array.take(present.map(\.key)))
            }
        }
        if !gone.isEmpty || !present.isEmpty { try transaction.apply(changes, to: openID) }
    }

    // MARK: - Doubts

    /// Whether the row of an image in doubt stayed: what the batch does not tell, later images or the table do.
    private func staysThere(
        _ sequence: Int64, _ id: Int64, after last: Int64, through end: Int64, _ logs: [Int64]
    ) throws -> Bool {
        let images = "main.\(CaptureNames.images(table: id))"
        let width = mapping.key.width
        for log in logs {
            let isSame = (0..<width).map { part in
                "k\(part) = (SELECT k\(part) FROM \(images) WHERE seq = ?1)\(collation(part))"
            }
            let sql =
                "SELECT op FROM main.\(CaptureNames.images(table: log)) WHERE seq > ?2 AND seq <= ?3 AND "
                + isSame.joined(separator: " AND ") + " ORDER BY seq LIMIT 1"
            let bounds = [SQLValue.integer(sequence), .integer(last), .integer(end)]
            if let kind = try connection.firstInteger(sql, bounds) { return kind != ImageKind.arrived.rawValue }
        }
        guard isTablePresent else { return true }
        let keys = (0..<width).map { "k\($0)" }.joined(separator: ", ")
        return try connection.withStatement("SELECT \(keys) FROM \(images) WHERE seq = ?") { key in
            try key.bind(sequence, at: 1)
            guard try key.step() else { return true }
            return try connection.withStatement(mapping.selectByKey) { row in
                for part in 0..<width { try row.bind(column: part, of: key, at: part + 1) }
                return try row.step()
            }
        }
    }

    private func collation(_ part: Int) -> String {
        guard case .columns(let columns) = mapping.key else { return "" }
        return " COLLATE \(columns[part].collation.rawValue)"
    }
}
