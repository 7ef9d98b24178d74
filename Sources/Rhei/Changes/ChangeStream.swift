import RheiCDC
import RheiStore

/// The changes of one table, one by one in the order of their positions, without an end: it waits for the next.
///
/// Reads the table's history, so it can begin at any position that the history tells of, and a consumer that keeps the
/// position of the last change it has dealt with goes on there after a restart. Nothing is read ahead of the consumer
/// but what one sync brought.
public struct ChangeStream: AsyncSequence, Sendable {
    public typealias Element = ChangeEvent

    let mirror: Mirror
    let name: String
    let start: Int64?
    /// How often to look for commits of other processes.
    static let pollInterval = Duration.milliseconds(5)

    public func makeAsyncIterator() -> Iterator { Iterator(mirror: mirror, name: name, position: start) }

    public struct Iterator: AsyncIteratorProtocol {
        let mirror: Mirror
        let name: String
        /// Changes up to here were read.
        var position: Int64?
        private var waiting: ArraySlice<ChangeEvent> = []

        init(mirror: Mirror, name: String, position: Int64?) {
            self.mirror = mirror
            self.name = name
            self.position = position
        }

        /// - Throws: `cancelled` when the task is; `invalidArgument` when the history does not tell of all changes
        ///   since the position; `unsupported` when there is no history.
        public mutating func next() async throws -> ChangeEvent? {
            while true {
                if let change = waiting.popFirst() { return change }
                guard !Task.isCancelled else {
                    throw EngineError(.cancelled, "the task that reads changes of table '\(name)' was cancelled")
                }
                let (changes, last) = try await mirror.changes(of: name, after: position)
                position = last
                waiting = changes[...]
                if waiting.isEmpty { try? await Task.sleep(for: ChangeStream.pollInterval) }
            }
        }
    }
}

extension HtapEngine {
    /// The changes of a table whose history is kept, with the rows before and after; see ``ChangeStream``.
    ///
    /// - Parameter position: the last change that is not wanted, such as the last one dealt with; nil for changes from
    ///   now on.
    /// - Throws: `readOnly` when nothing is mirrored; the stream throws the rest.
    public func changes(of table: String, since position: Int64? = nil) throws -> ChangeStream {
        guard let mirror else {
            throw EngineError(.readOnly, "the database is open for reading only, so changes cannot be followed")
        }
        return ChangeStream(mirror: mirror, name: table, start: position)
    }
}

extension Mirror {
    /// The changes of a table after a position, and the position that they go to.
    func changes(of name: String, after position: Int64?) async throws -> (changes: [ChangeEvent], last: Int64) {
        let snapshot = try await catalog(.fresh).snapshot
        let last = snapshot.position.value
        guard let history = snapshot.histories[foldedName(name)] else {
            throw EngineError.unsupported("changes of table '\(name)', whose history is not kept")
        }
        guard let position, position != last else { return ([], last) }
        var changes: [ChangeEvent] = []
        var reached = position
        while reached < last {
            guard let generation = history.generation(at: reached) else {
                throw EngineError(
                    .invalidArgument,
                    "the history of table '\(history.name)' does not tell of the changes after position \(reached)")
            }
            let end = min(last, generation.end.map { $0 - 1 } ?? last)
            if end > reached { changes += try events(history, generation, reached, end, snapshot) }
            if generation.end == nil { break }
            // The next generation begins where this one ended, unless changes were missed or the table is gone.
            guard end > reached, history.generation(at: end) != generation else {
                guard history.open == nil, generation == history.generations.last else {
                    throw EngineError(
                        .invalidArgument,
                        "the history of table '\(history.name)' does not tell of all changes after position \(end)")
                }
                break
            }
            reached = end
        }
        return (changes, last)
    }

    private func events(
        _ history: TableHistory, _ generation: TableHistory.Generation, _ after: Int64, _ through: Int64,
        _ snapshot: StoreSnapshot
    ) throws -> [ChangeEvent] {
        guard let open = snapshot.table(named: history.openName(generation)),
            let closed = snapshot.table(named: history.closedName(generation))
        else { return [] }
        return try VersionScan(history.name, open: open, closed: closed, after: after, through: through).changes(
            startingAt: generation.start)
    }
}
