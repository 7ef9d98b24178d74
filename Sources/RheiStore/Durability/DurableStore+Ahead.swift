package import RheiCore
import Synchronization

extension DurableStore {
    /// Writes a segment to a file ahead of the flush that will name it, so that its columns may leave memory.
    ///
    /// Any number of threads may do this at once. The file goes again when the segment is released before a flush has
    /// named it. Does nothing for a segment that has a file.
    /// - Throws: `readOnly` when another process flushes; `io`, and the segment stays in memory alone.
    package func store(_ segment: Segment) throws {
        if segment.file == nil { segment.attach(try write(segment)) }
    }

    /// Writes rows to a file that a later flush is to name. It goes again when it is released before.
    ///
    /// - Throws: `readOnly` when another process flushes; `io`.
    func write(_ rows: some FileRows) throws -> SegmentFile {
        guard isFlusher else { throw EngineError(.readOnly, "another process writes to '\(path)'") }
        let number = state.withLock { state in
            defer { state.nextFileNumber += 1 }
            return state.nextFileNumber
        }
        let path = filePath(number)
        do {
            _ = try SegmentFileWriter.write(
                rows, number: number, to: path, on: fileSystem, compression: compression)
            let file = try SegmentFile(path, number: number, on: fileSystem)
            state.withLock { $0.ahead[number] = FileAhead(file: file) }
            return file
        } catch {
            try? fileSystem.remove(path)
            throw error
        }
    }

    /// The table of this name that the manifest names and that cannot be opened, with what is damaged.
    package func damage(ofTable name: String) -> EngineError? {
        state.withLock { $0.unreadable[foldedName(name)]?.damage }
    }

    /// Whether the manifest names tables that cannot be opened.
    package var hasDamagedTables: Bool { state.withLock { !$0.unreadable.isEmpty } }

    /// Lets the next flush drop a table that cannot be opened.
    package func forgetDamaged(_ name: String) { state.withLock { $0.unreadable[foldedName(name)] = nil } }
}
