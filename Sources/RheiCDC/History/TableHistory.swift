package import RheiStore

/// Where the versions of a table's rows are, and which positions they can answer for.
///
/// The versions of one generation lie in two tables of the store: those that are valid, by the row's key, and those
/// that ended, by the position at which they did. A generation ends when the table's declaration changes, the table
/// goes, or changes were missed.
///
/// Invariants:
/// - generations follow each other; only the last may be open;
/// - per key and generation the intervals of versions are half-open and disjoint, and at most one version is valid.
package struct TableHistory: Sendable, Equatable {
    /// Versions of one declaration of the table, without a gap.
    package struct Generation: Sendable, Equatable {
        /// Counts the generations of the table, from 1.
        package var number: Int64
        /// The first position that it can answer for, and when that was, in microseconds since 1970.
        package var start: Int64
        package var startTime: Int64
        /// The first position that it cannot answer for; nil while it goes on.
        package var end: Int64?
        package var endTime: Int64?
    }

    /// The table's name as declared.
    package var name: String
    /// The id of the triggers whose images were read last.
    package var captureID: Int64
    /// The newest time that a version has, in microseconds since 1970. Times never decrease with positions.
    package var lastTime: Int64
    package var generations: [Generation] = []

    /// The generation that goes on.
    package var open: Generation? { generations.last.flatMap { $0.end == nil ? $0 : nil } }

    /// The generation that answers for a position: of those that meet there the newest.
    package func generation(at position: Int64) -> Generation? {
        generations.last { $0.start <= position && $0.end.map { position < $0 } ?? true }
    }

    /// The generation that answers for a time.
    package func generation(atTime time: Int64) -> Generation? {
        generations.last { $0.startTime <= time && $0.endTime.map { time < $0 } ?? true }
    }

    // MARK: - Names in the store

    private static let prefix = "_rhei_history_"

    /// The table of versions that are valid.
    package func openName(_ generation: Generation) -> String { "\(Self.prefix)open_\(generation.number)_\(name)" }
    /// The table of versions that ended.
    package func closedName(_ generation: Generation) -> String { "\(Self.prefix)closed_\(generation.number)_\(name)" }

    /// The names of all its tables in the store, folded.
    package var storeNames: Set<String> {
        Set(generations.flatMap { [foldedName(openName($0)), foldedName(closedName($0))] })
    }

    /// Whether a table of the store holds versions.
    package static func holdsVersions(_ name: String) -> Bool { foldedName(name).hasPrefix(prefix) }

    // MARK: - Notes

    private static let notePrefix = "history."

    /// As a note beside the tables.
    var note: (key: String, text: String) {
        let parts = generations.map { generation in
            [
                generation.number, generation.start, generation.startTime, generation.end ?? -1,
                generation.endTime ?? -1,
            ].map(String.init).joined(separator: ",")
        }
        let text = "\(captureID) \(lastTime) \(parts.joined(separator: ";")) \(name)"
        return (Self.notePrefix + foldedName(name), text)
    }

    private init?(note: String) {
        let parts = note.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let id = Int64(parts[0]), let time = Int64(parts[1]) else { return nil }
        self.init(name: String(parts[3]), captureID: id, lastTime: time)
        for part in parts[2].split(separator: ";") {
            let numbers = part.split(separator: ",").compactMap { Int64($0) }
            guard numbers.count == 5 else { return nil }
            generations.append(
                Generation(
                    number: numbers[0], start: numbers[1], startTime: numbers[2],
                    end: numbers[3] < 0 ? nil : numbers[3],
                    endTime: numbers[4] < 0 ? nil : numbers[4]))
        }
    }

    private init(name: String, captureID: Int64, lastTime: Int64) {
        self.name = name
        self.captureID = captureID
        self.lastTime = lastTime
    }

    init(name: String, captureID: Int64) { self.init(name: name, captureID: captureID, lastTime: 0) }

    /// The histories that a snapshot holds, by folded table name.
    package static func all(in notes: [String: String]) -> [String: TableHistory] {
        var histories: [String: TableHistory] = [:]
        for (key, text) in notes where key.hasPrefix(notePrefix) {
            histories[String(key.dropFirst(notePrefix.count))] = TableHistory(note: text)
        }
        return histories
    }
}

extension StoreSnapshot {
    /// The histories that it holds, by folded table name.
    package var histories: [String: TableHistory] { TableHistory.all(in: notes) }
}
