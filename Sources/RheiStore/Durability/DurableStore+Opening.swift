import RheiArrow
package import RheiCore
import Synchronization

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
    /// - Parameters:
    ///   - isOnlyCopy: whether the tables are nowhere else: nothing damaged is set aside or removed then.
    ///   - cache: bounds the memory of columns.
    /// - Throws: `io`; damage is in the result.
    package static func open(
        _ path: String, on fileSystem: any FileSystem = DiskFileSystem(), forReading: Bool = false,
        isOnlyCopy: Bool = false, compression: BlockCompression = BlockCompression(),
        cache: ColumnCache = ColumnCache()
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
        let mayRemove = !isOnlyCopy || damages.isEmpty
        var opening = Opening(path: path, fileSystem: fileSystem, cache: cache)
        let tables = opening.open(log.state)
        damages += opening.damages
        if lock != nil, !isOnlyCopy { opening.setDamagedFilesAside() }
        var nextFileNumber = log.state.nextFileNumber
        if lock != nil { nextFileNumber = try clean(path, fileSystem, keeping: log.state, mayRemove: mayRemove) }
        let position = ChangePosition(log.state.position)
        let snapshot = StoreSnapshot(
            position: position,
            tables: Dictionary(tables.map { (foldedName($0.name), $0) }, uniquingKeysWith: { $1 }),
            notes: { [notes = log.state.notes] in notes })
        let state = State(
            log: log, flushed: Dictionary(uniqueKeysWithValues: tables.map { ($0.id, $0) }),
            nextFileNumber: nextFileNumber, flushedPosition: position,
            unreadable: isOnlyCopy ? opening.unreadable : [:])
        let store = DurableStore(
            path, fileSystem, compression, cache: cache, isOnlyCopy: isOnlyCopy,
            locks: [lock, readerLock].compactMap { $0 }, isFlusher: lock != nil, state: state)
        let restored = Restored(
            snapshot: snapshot, damages: damages, lastTableID: log.state.lastTableID, cache: cache)
        return (store, restored)
    }

    static func setAside(_ path: String, on fileSystem: any FileSystem) throws {
        try fileSystem.rename(path, to: path + damagedSuffix)
    }

    /// Removes what a crash left behind.
    ///
    /// - Parameter mayRemove: whether segment files that no manifest names may go.
    /// - Returns: a file number above all that are in the folder.
    private static func clean(
        _ path: String, _ fileSystem: any FileSystem, keeping state: ManifestState, mayRemove: Bool
    ) throws -> UInt64 {
        var next = state.nextFileNumber
        let used = state.fileNumbers
        let hasReaders = try fileSystem.lock("\(path)/\(readersName)", isShared: false) == nil
        for name in try fileSystem.names(inFolder: path) ?? [] {
            if name == ManifestLog.temporaryName { try fileSystem.remove("\(path)/\(name)") }
            let isSetAside = name.hasSuffix(damagedSuffix)
            guard let number = fileNumber(isSetAside ? String(name.dropLast(damagedSuffix.count)) : name) else {
                continue
            }
            next = max(next, number + 1)
            if mayRemove, !hasReaders, !isSetAside, !used.contains(number) { try fileSystem.remove("\(path)/\(name)") }
        }
        return next
    }
}
