import RheiArrow
package import RheiCore
import Synchronization

/// A folder of segment files and a manifest: what of a column store survives the process.
///
/// Invariants:
/// - the manifest names only files that were durable, names included, before its record was written;
/// - a file that the last durable manifest names is never written to and not removed while that manifest may be read;
/// - one process, the holder of the lock file, changes anything; the others read.
///
/// All calls may come from any thread; flushes wait for each other.
package final class DurableStore: Sendable {
    /// What opening found.
    package struct Restored: Sendable {
        /// The tables of the last durable position whose files are whole.
        package var snapshot: StoreSnapshot
        /// What was damaged, by file; tables concerned are not in the snapshot.
        package var damages: [EngineError]
        let lastTableID: Int64
    }

    /// What a flush did.
    package struct FlushReport: Sendable {
        package var position: ChangePosition
        package var writtenSegmentCount = 0
        package var writtenByteCount = 0
        package var writtenRowCount = 0
        package var removedFileCount = 0
    }

    private struct State {
        var log: ManifestLog
        /// The tables as of the last flush, by id.
        var flushed: [TableID: TableSnapshot] = [:]
        var nextFileNumber: UInt64
        /// Files that no manifest names any more and that a reading process may have kept from being removed.
        var unused: Set<UInt64> = []
        var flushedPosition: ChangePosition
    }

    static let lockName = "LOCK"
    static let readersName = "READERS"
    static let segmentSuffix = ".rhs"
    static let damagedSuffix = ".damaged"

    package let path: String
    /// Whether this process may flush; another one does when it is false.
    package let isFlusher: Bool
    private let fileSystem: any FileSystem
    private let compression: BlockCompression
    private let locks: [FileLock]
    private let state: Mutex<State>

    private init(
        _ path: String, _ fileSystem: any FileSystem, _ compression: BlockCompression, locks: [FileLock],
        isFlusher: Bool, state: consuming sending State
    ) {
        self.path = path
        self.fileSystem = fileSystem
        self.compression = compression
        self.locks = locks
        self.isFlusher = isFlusher
        self.state = Mutex(state)
    }

    /// The position that a restart begins from.
    package var flushedPosition: ChangePosition { state.withLock { $0.flushedPosition } }

    static func fileName(_ number: UInt64) -> String { "segment-\(number)\(segmentSuffix)" }

    static func fileNumber(_ name: String) -> UInt64? {
        guard name.hasPrefix("segment-"), name.hasSuffix(segmentSuffix) else { return nil }
        return UInt64(name.dropFirst(8).dropLast(segmentSuffix.count))
    }

    private func filePath(_ number: UInt64) -> String { "\(path)/\(Self.fileName(number))" }
}

// MARK: - Opening

extension DurableStore {
    /// The tables of a snapshot in whose files reading has found damage, with what was found.
    package static func damagedTables(_ snapshot: StoreSnapshot) -> [String: EngineError] {
        var damages: [String: EngineError] = [:]
        for table in snapshot.tables {
            for version in table.segments {
                if let damage = version.segment.file?.damage { damages[foldedName(table.name)] = damage }
            }
        }
        return damages
    }

    /// Whether a folder holds a store.
    package static func exists(_ path: String, on fileSystem: any FileSystem = DiskFileSystem()) -> Bool {
        (try? fileSystem.open("\(path)/\(ManifestLog.name)")) != nil
    }

    /// Opens the store in a folder, which is made unless this is for reading.
    ///
    /// When another process holds the lock, or for reading, the store is only read. Damaged files are set aside under
    /// another name by the process that may write.
    /// - Throws: `io`; damage is in the result.
    package static func open(
        _ path: String, on fileSystem: any FileSystem = DiskFileSystem(), forReading: Bool = false,
        compression: BlockCompression = BlockCompression()
    ) throws -> (store: DurableStore, restored: Restored) {
        var lock: FileLock?
        if !forReading {
            try fileSystem.makeFolder(path)
            lock = try fileSystem.lock("\(path)/\(lockName)", isShared: false)
        }
        // Taken before the manifest is read, so that no file that it names goes away.
        let readerLock = lock == nil ? try fileSystem.lock("\(path)/\(readersName)", isShared: true) : nil
        var damages: [EngineError] = []
        var recovered: ManifestLog.Recovered?
        do {
            recovered = try ManifestLog.read(path, on: fileSystem)
            if let damage = recovered?.damage { damages.append(damage) }
        } catch let error as EngineError where error.code == .corrupt {
            damages.append(error)
            if lock != nil { try setAside("\(path)/\(ManifestLog.name)", on: fileSystem) }
        }
        let log = ManifestLog(path, on: fileSystem, continuing: recovered)
        let tables = openTables(log.state, path, fileSystem, &damages, setsAside: lock != nil)
        var nextFileNumber = log.state.nextFileNumber
        if lock != nil { nextFileNumber = try clean(path, fileSystem, keeping: log.state) }
        let position = ChangePosition(log.state.position)
        let snapshot = StoreSnapshot(
            position: position,
            tables: Dictionary(tables.map { (foldedName($0.name), $0) }, uniquingKeysWith: { $1 }),
            notes: log.state.notes)
        let state = State(
            log: log, flushed: Dictionary(uniqueKeysWithValues: tables.map { ($0.id, $0) }),
            nextFileNumber: nextFileNumber, flushedPosition: position)
        let store = DurableStore(
            path, fileSystem, compression, locks: [lock, readerLock].compactMap { $0 }, isFlusher: lock != nil,
            state: state)
        return (store, Restored(snapshot: snapshot, damages: damages, lastTableID: log.state.lastTableID))
    }

    private static func setAside(_ path: String, on fileSystem: any FileSystem) throws {
        try fileSystem.rename(path, to: path + damagedSuffix)
    }

    private static func openTables(
        _ state: ManifestState, _ path: String, _ fileSystem: any FileSystem, _ damages: inout [EngineError],
        setsAside: Bool
    ) -> [TableSnapshot] {
        var tables: [TableSnapshot] = []
        for (id, table) in state.tables {
            do {
                tables.append(try open(TableID(value: id), table, path, fileSystem))
            } catch {
                let damage = error as? EngineError ?? EngineError(.io, "cannot open a segment file", cause: error)
                damages.append(
                    EngineError(damage.code, "table '\(table.header.definition.name)': \(damage.message)"))
                guard setsAside, damage.code == .corrupt, let file = damage.cause as? DamagedFile else { continue }
                try? setAside("\(path)/\(fileName(file.number))", on: fileSystem)
            }
        }
        return tables
    }

    /// Names the file that an error is about.
    private struct DamagedFile: Error {
        var number: UInt64
    }

    private static func open(
        _ id: TableID, _ table: ManifestState.Table, _ path: String, _ fileSystem: any FileSystem
    ) throws -> TableSnapshot {
        let header = table.header
        var keyColumn: Int?
        if case .integerColumn(let column) = header.definition.key { keyColumn = column }
        var versions: [SegmentVersion] = []
        for entry in table.segments {
            let name = "\(path)/\(fileName(entry.fileNumber))"
            do {
                let file = try SegmentFile(name, number: entry.fileNumber, on: fileSystem)
                let footer = file.footer
                let wantsKeys = header.definition.key == .integer || header.definition.key == .encoded
                guard UInt64(file.byteCount) == entry.fileByteCount, file.footerChecksum == entry.footerChecksum,
                    footer.rowCount == entry.rowCount, footer.columnCount == header.definition.columns.count,
                    footer.hasKeys == wantsKeys
                else { throw EngineError(.corrupt, "segment file '\(name)' is another one than the manifest names") }
                let segment = Segment(
                    file, keyColumn: keyColumn, firstRowNumber: entry.firstRowNumber, cache: .shared)
                let deletes = DeleteVector(rowCount: entry.rowCount, pages: entry.deletedPages)
                versions.append(SegmentVersion(segment, deletes: deletes.count == 0 ? nil : deletes))
            } catch let error as EngineError where error.code == .corrupt {
                throw EngineError(.corrupt, error.message, cause: DamagedFile(number: entry.fileNumber))
            }
        }
        var schema = Schema(header.definition.columns)
        for (index, type) in header.types.enumerated() { schema.fields[index].type = type }
        return TableSnapshot(
            id: id, definition: header.definition, schema: schema, schemaVersion: header.schemaVersion,
            segments: versions, rowCount: versions.reduce(0) { $0 + $1.liveRowCount }, hasValues: header.hasValues,
            nextRowNumber: header.nextRowNumber)
    }

    /// Removes what a crash left behind.
    ///
    /// - Returns: a file number above all that are in the folder.
    private static func clean(
        _ path: String, _ fileSystem: any FileSystem, keeping state: ManifestState
    ) throws -> UInt64 {
        var next = state.nextFileNumber
        let used = state.fileNumbers
        let mayRemove = try fileSystem.lock("\(path)/\(readersName)", isShared: false) != nil
        for name in try fileSystem.names(inFolder: path) ?? [] {
            if name == ManifestLog.temporaryName { try fileSystem.remove("\(path)/\(name)") }
            let isSetAside = name.hasSuffix(damagedSuffix)
            guard let number = fileNumber(isSetAside ? String(name.dropLast(damagedSuffix.count)) : name) else {
                continue
            }
            next = max(next, number + 1)
            if mayRemove, !isSetAside, !used.contains(number) { try fileSystem.remove("\(path)/\(name)") }
        }
        return next
    }
}

// MARK: - Flushing

extension DurableStore {
    /// Makes a snapshot durable: writes the segments that no file has yet, then the manifest.
    ///
    /// Readers and the writer of the column store go on meanwhile. Costs O(changed segments).
    /// - Throws: `readOnly` when another process flushes; `io`, and the durable position is then the one before or
    ///   this one.
    ///
    /// - Parameter notes: further notes, that only the folder has.
    package func flush(_ snapshot: StoreSnapshot, adding notes: [String: String] = [:]) throws -> FlushReport {
        guard isFlusher else { throw EngineError(.readOnly, "another process writes to '\(path)'") }
        return try state.withLock { state in try flush(snapshot, notes, &state) }
    }

    /// Whether the last flush was one of this snapshot, or of one equal to it.
    package func holds(_ snapshot: StoreSnapshot) -> Bool {
        state.withLock { state in
            snapshot.position == state.flushedPosition && isUnchanged(snapshot, state)
                && snapshot.notes.allSatisfy { state.log.state.notes[$0.key] == $0.value }
        }
    }

    private func flush(
        _ snapshot: StoreSnapshot, _ notes: [String: String], _ state: inout State
    ) throws -> FlushReport {
        var report = FlushReport(position: snapshot.position)
        let before = state.log.state
        var edit = ManifestEdit(
            position: snapshot.position.value, notes: snapshot.notes.merging(notes) { $1 },
            nextFileNumber: state.nextFileNumber,
            lastTableID: max(before.lastTableID, snapshot.tables.map(\.id.value).max() ?? 0))
        let present = Set(snapshot.tables.map(\.id.value))
        edit.droppedTables = before.tables.keys.filter { !present.contains($0) }.sorted()
        var written: [(segment: Segment, number: UInt64)] = []
        for table in snapshot.tables where state.flushed[table.id] !== table {
            edit.tables[table.id.value] = try change(of: table, &state, &written, &report)
        }
        if !written.isEmpty { try fileSystem.syncFolder(path) }
        edit.nextFileNumber = state.nextFileNumber
        try state.log.commit(edit)
        let damaged = Set(
            state.flushed.values.flatMap { $0.segments.compactMap { $0.segment.file } }.filter { $0.damage != nil }
                .map(\.number))
        state.flushed = Dictionary(uniqueKeysWithValues: snapshot.tables.map { ($0.id, $0) })
        state.flushedPosition = snapshot.position
        for (segment, number) in written {
            // A file that cannot be opened now will be written again; the segment stays in memory.
            if let file = try? SegmentFile(filePath(number), number: number, on: fileSystem) { segment.attach(file) }
        }
        let unused = before.fileNumbers.subtracting(state.log.state.fileNumbers)
        for number in unused where damaged.contains(number) {
            try? Self.setAside(filePath(number), on: fileSystem)
        }
        state.unused.formUnion(unused)
        let removed = remove(state.unused)
        state.unused.subtract(removed)
        report.removedFileCount = removed.count
        return report
    }

    private func isUnchanged(_ snapshot: StoreSnapshot, _ state: State) -> Bool {
        snapshot.tables.count == state.log.state.tables.count
            && snapshot.tables.allSatisfy { state.flushed[$0.id] === $0 }
    }

    /// Compares a table with what the manifest has of it, and writes the segments that are missing.
    private func change(
        of table: TableSnapshot, _ state: inout State, _ written: inout [(segment: Segment, number: UInt64)],
        _ report: inout FlushReport
    ) throws -> ManifestEdit.TableEdit {
        let known = state.log.state.tables[table.id.value]?.segments ?? []
        let byFirstRow = Dictionary(uniqueKeysWithValues: known.map { ($0.firstRowNumber, $0) })
        let before = Dictionary(
            (state.flushed[table.id]?.segments ?? []).map { ($0.segment.firstRowNumber, $0) }, uniquingKeysWith: { $1 })
        var edit = ManifestEdit.TableEdit(
            header: ManifestState.Header(
                definition: table.definition, types: table.schema.fields.map(\.type),
                schemaVersion: table.schemaVersion, hasValues: table.hasValues, nextRowNumber: table.nextRowNumber))
        var kept: Set<Int64> = []
        for version in table.segments {
            let segment = version.segment
            let first = segment.firstRowNumber
            if let file = segment.file, let entry = byFirstRow[first], entry.fileNumber == file.number {
                kept.insert(first)
                let pages = version.deletes?.changedPages(since: before[first]?.deletes) ?? [:]
                if !pages.isEmpty { edit.deletedPages[first] = pages }
            } else {
                edit.added.append(try entry(version, &state, &written, &report))
            }
        }
        edit.removed = known.map(\.firstRowNumber).filter { !kept.contains($0) }
        return edit
    }

    private func entry(
        _ version: SegmentVersion, _ state: inout State, _ written: inout [(segment: Segment, number: UInt64)],
        _ report: inout FlushReport
    ) throws -> ManifestState.Segment {
        let segment = version.segment
        var entry = ManifestState.Segment(
            firstRowNumber: segment.firstRowNumber, rowCount: segment.rowCount, fileNumber: 0, fileByteCount: 0,
            footerChecksum: 0, deletedPages: version.deletes?.changedPages(since: nil) ?? [:])
        if let file = segment.file {
            entry.fileNumber = file.number
            entry.fileByteCount = UInt64(file.byteCount)
            entry.footerChecksum = file.footerChecksum
            return entry
        }
        let number = state.nextFileNumber
        state.nextFileNumber += 1
        let file = try SegmentFileWriter.write(
            segment, number: number, to: filePath(number), on: fileSystem, compression: compression)
        written.append((segment, number))
        entry.fileNumber = number
        entry.fileByteCount = UInt64(file.byteCount)
        entry.footerChecksum = file.footerChecksum
        report.writtenSegmentCount += 1
        report.writtenByteCount += file.byteCount
        report.writtenRowCount += segment.rowCount
        return entry
    }

    /// Removes files that no manifest names any more, unless a reading process may still open them.
    ///
    /// - Returns: those that are gone.
    private func remove(_ numbers: Set<UInt64>) -> Set<UInt64> {
        guard !numbers.isEmpty, let lock = try? fileSystem.lock("\(path)/\(Self.readersName)", isShared: false) else {
            return []
        }
        defer { withExtendedLifetime(lock) {} }
        let gone = numbers.sorted().filter { number in
            do {
                try fileSystem.remove(filePath(number))
                return true
            } catch {
                return false
            }
        }
        return Set(gone)
    }
}

// MARK: - Verifying and removing

extension DurableStore {
    /// Reads every byte of the manifest and of all files that it names.
    ///
    /// - Returns: what is damaged.
    package func verify() throws -> [EngineError] {
        try state.withLock { _ in
            var damages: [EngineError] = []
            var state = ManifestState()
            do {
                let recovered = try ManifestLog.read(path, on: fileSystem)
                state = recovered?.state ?? state
                if let damage = recovered?.damage { damages.append(damage) }
            } catch let error as EngineError where error.code == .corrupt {
                damages.append(error)
            }
            for table in Self.openTables(state, path, fileSystem, &damages, setsAside: false) {
                for version in table.segments {
                    do {
                        try version.segment.file?.check()
                    } catch let error as EngineError where error.code == .corrupt {
                        damages.append(EngineError(.corrupt, "table '\(table.name)': \(error.message)"))
                    }
                }
            }
            return damages
        }
    }

    /// Removes all files of the store and its folder, unless others put files of their own there.
    ///
    /// - Throws: `readOnly` when another process flushes.
    package func removeAll() throws {
        guard isFlusher else { throw EngineError(.readOnly, "another process writes to '\(path)'") }
        try state.withLock { state in
            state.flushed = [:]
            let names = try fileSystem.names(inFolder: path) ?? []
            // The manifest goes first: a store without it is none.
            for name in [ManifestLog.name] + names where Self.isOurs(name) {
                try fileSystem.remove("\(path)/\(name)")
            }
            state.log = ManifestLog(path, on: fileSystem)
            if try fileSystem.names(inFolder: path)?.isEmpty == true { try fileSystem.removeFolder(path) }
        }
    }

    private static func isOurs(_ name: String) -> Bool {
        let whole = name.hasSuffix(damagedSuffix) ? String(name.dropLast(damagedSuffix.count)) : name
        return [ManifestLog.name, ManifestLog.temporaryName, lockName, readersName].contains(whole)
            || fileNumber(whole) != nil
    }
}
