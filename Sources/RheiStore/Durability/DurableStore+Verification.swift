package import RheiCore
import Synchronization

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
            var opening = Opening(path: path, fileSystem: fileSystem, cache: cache)
            let tables = opening.open(state)
            damages += opening.damages
            for table in tables {
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
