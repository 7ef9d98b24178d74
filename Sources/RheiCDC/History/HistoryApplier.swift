import RheiArrow
import RheiCore
import RheiSQLite
import RheiStore

/// Brings the versions of one generation forward by the images of a stretch of the log.
struct HistoryApplier {
    let connection: Connection
    let transaction: StoreTransaction
    /// How the rows of the generation lie in the store.
    let mapping: TableMapping
    let openID: TableID
    let closedID: TableID
    /// Added to the numbers of the log to make positions.
    let positionBase: Int64
    /// Images to take at a time.
    static let batchSize = 100_000

    /// Applies the images of `logs`, which follow each other.
    ///
    /// - Parameter lastTime: the newest time of a version so far; moved on.
    /// - Returns: whether a row arrived where there was one.
    func apply(_ logs: [(id: Int64, log: ImageLog)], _ span: LogSpan, lastTime: inout Int64) throws -> Bool {
        var hasReplacedKeys = false
        for (id, log) in logs {
            var after = span.after
            while true {
                let batch = try ImageBatch(
                    connection, id, log, mapping, LogSpan(after: after, through: span.through), limit: Self.batchSize)
                guard let last = batch.sequences.last else { break }
                if try apply(batch, &lastTime) { hasReplacedKeys = true }
                after = last
            }
        }
        return hasReplacedKeys
    }

    private func apply(_ batch: ImageBatch, _ lastTime: inout Int64) throws -> Bool {
        let stored = try transaction.rows(withKeys: batch.keys, of: openID)
        let fold = VersionFold(
            kinds: batch.kinds, keys: batch.keyNumbers, times: batch.times, entries: batch.entries,
            isStored: stored.places.map { $0 != nil })
        let images = try versions(of: batch, fold, &lastTime)
        if !fold.endings.isEmpty { try close(fold.endings, stored, images) }
        try replace(batch, fold, images)
        return fold.hasReplacedKeys
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
}
