import RheiArrow
import RheiCore

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

    private func open(_ id: TableID, _ table: ManifestState.Table) throws -> TableSnapshot {
        let header = table.header
        var keyColumn: Int?
        if case .integerColumn(let column) = header.definition.key { keyColumn = column }
        var versions: [SegmentVersion] = []
        for entry in table.segments {
            let name = "\(path)/\(DurableStore.fileName(entry.fileNumber))"
            do {
                let file = try SegmentFile(name, number: entry.fileNumber, on: fileSystem)
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
