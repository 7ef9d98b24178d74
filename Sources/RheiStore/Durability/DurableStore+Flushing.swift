import RheiArrow
import RheiCore
import Synchronization

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
        let kept = present.union(state.unreadable.values.map(\.id))
        edit.droppedTables = before.tables.keys.filter { !kept.contains($0) }.sorted()
        var written: [(segment: Segment, number: UInt64)] = []
        for table in snapshot.tables where state.flushed[table.id] !== table {
            edit.tables[table.id.value] = try change(of: table, &state, &written, &report)
        }
        if !written.isEmpty || !state.ahead.isEmpty { try fileSystem.syncFolder(path) }
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
        let used = state.log.state.fileNumbers
        var unused = before.fileNumbers.subtracting(used)
        for number in unused where damaged.contains(number) {
            try? Self.setAside(filePath(number), on: fileSystem)
        }
        unused.formUnion(Self.takeAbandoned(&state.ahead, used))
        state.unused.formUnion(unused)
        let removed = remove(state.unused)
        state.unused.subtract(removed)
        report.removedFileCount = removed.count
        if report.writtenByteCount >= Self.largeFlushByteCount { FreedHeap.release() }
        return report
    }

    /// Beyond this many bytes of segments, what was needed to write them goes back to the system.
    private static let largeFlushByteCount = 4 << 20

    /// Forgets the files that are in the manifest now, or that nothing wants any more.
    ///
    /// - Returns: the latter.
    private static func takeAbandoned(_ ahead: inout [UInt64: FileAhead], _ used: Set<UInt64>) -> Set<UInt64> {
        let abandoned = ahead.filter { !used.contains($0.key) && $0.value.file == nil }
        ahead = ahead.filter { !used.contains($0.key) && $0.value.file != nil }
        return Set(abandoned.keys)
    }

    private func isUnchanged(_ snapshot: StoreSnapshot, _ state: State) -> Bool {
        snapshot.tables.count + state.unreadable.count == state.log.state.tables.count
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
