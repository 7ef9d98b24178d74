import RheiArrow
import RheiCore
import Synchronization

/// Opens the files of the tables that a manifest names.
struct Opening {
    let path: String
    let fileSystem: any FileSystem
    let cache: ColumnCache
    /// What cannot be opened, by table.
    private(set) var damages: [EngineError] = []
    /// The tables concerned, by folded name.
    private(set) var unreadable: [String: (id: Int64, damage: EngineError)] = [:]
    private var damagedFiles: [UInt64] = []
    /// Files that were opened before their tables.
    private var files: [UInt64: Result<SegmentFile, any Error>] = [:]
    /// As many files are opened one after the other.
    private static let fewFiles = 16
    private static let openerCount = 8

    init(path: String, fileSystem: any FileSystem, cache: ColumnCache) {
        self.path = path
        self.fileSystem = fileSystem
        self.cache = cache
    }

    /// Names the file that an error is about.
    private struct DamagedFile: Error {
        var number: UInt64
    }

    /// Returns the tables whose files are there and have sound footers.
    mutating func open(_ state: ManifestState) -> [TableSnapshot] {
        openFiles(state)
        defer { files = [:] }
        var tables: [TableSnapshot] = []
        for (id, table) in state.tables {
            do {
                tables.append(try open(TableID(value: id), table))
            } catch {
                let cause = error as? EngineError ?? EngineError(.io, "cannot open a segment file", cause: error)
                let name = table.header.definition.name
                let damage = EngineError(cause.code, "table '\(name)': \(cause.message)")
                damages.append(damage)
                unreadable[foldedName(name)] = (id, damage)
                if cause.code == .corrupt, let file = cause.cause as? DamagedFile { damagedFiles.append(file.number) }
            }
        }
        return tables
    }

    /// Gives damaged files another name, under which nothing looks for them.
    func setDamagedFilesAside() {
        for number in damagedFiles {
            try? DurableStore.setAside("\(path)/\(DurableStore.fileName(number))", on: fileSystem)
        }
    }

    /// Opens the files of large stores on several threads: what it takes is waiting for the disk.
    private mutating func openFiles(_ state: ManifestState) {
        let numbers = state.fileNumbers.sorted()
        guard numbers.count >= Self.fewFiles else { return }
        let next = Atomic<Int>(0)
        let opened = Mutex<[UInt64: Result<SegmentFile, any Error>]>([:])
        let (path, fileSystem) = (path, fileSystem)
        ThreadTeam.run(threadCount: Self.openerCount) {
            while true {
                let index = next.add(1, ordering: .relaxed).oldValue
                guard index < numbers.count else { return }
                let number = numbers[index]
                let name = "\(path)/\(DurableStore.fileName(number))"
                let file = Result { try SegmentFile(name, number: number, on: fileSystem) }
                opened.withLock { $0[number] = file }
            }
        }
        files = opened.withLock { $0 }
    }

    private func open(_ id: TableID, _ table: ManifestState.Table) throws -> TableSnapshot {
        let header = table.header
        var keyColumn: Int?
        if case .integerColumn(let column) = header.definition.key { keyColumn = column }
        var versions: [SegmentVersion] = []
        for entry in table.segments {
            let name = "\(path)/\(DurableStore.fileName(entry.fileNumber))"
            do {
                let file =
                    try files[entry.fileNumber]?.get()
                    ?? SegmentFile(name, number: entry.fileNumber, on: fileSystem)
                let footer = file.footer
                let wantsKeys = header.definition.key == .integer || header.definition.key == .encoded
                guard UInt64(file.byteCount) == entry.fileByteCount, file.footerChecksum == entry.footerChecksum,
                    footer.rowCount == entry.rowCount, footer.columnCount == header.definition.columns.count,
                    footer.hasKeys == wantsKeys
                else { throw EngineError(.corrupt, "segment file '\(name)' is another one than the manifest names") }
                let segment = Segment(
                    file, keyColumn: keyColumn, firstRowNumber: entry.firstRowNumber, cache: cache)
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
}
