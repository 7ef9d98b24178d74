import RheiArrow
import RheiStore

/// Where a history is to begin.
package enum HistoryStart: Sendable, Equatable {
    case position(Int64)
    /// In microseconds since 1970, UTC.
    case time(Int64)
}

extension SyncCycle {
    /// Removes what histories tell of before the moments that were asked for.
    mutating func trimHistories(_ transaction: StoreTransaction) throws {
        for (name, start) in state.historyStarts {
            guard let history = state.histories[name] else { continue }
            let trimmed = try HistoryTrimming(transaction, history).trimmed(to: start)
            state.histories[name] = trimmed.generations.isEmpty ? nil : trimmed
        }
        state.historyStarts = [:]
    }
}

/// Removes versions that ended before a moment.
private struct HistoryTrimming {
    private let transaction: StoreTransaction
    private var history: TableHistory

    init(_ transaction: StoreTransaction, _ history: TableHistory) {
        self.transaction = transaction
        self.history = history
    }

    /// Returns the history as it begins at `start`. When it does not tell of that moment, it loses what ended before a
    /// time and stays as it is at a position.
    func trimmed(to start: HistoryStart) throws -> TableHistory {
        let found: TableHistory.Generation? =
            switch start {
            case .position(let position): history.generation(at: position)
            case .time(let time): history.generation(atTime: time)
            }
        var result = history
        guard let found, let index = history.generations.firstIndex(of: found) else {
            if case .time(let time) = start { result.generations.removeAll { $0.endTime.map { $0 <= time } ?? false } }
            return result
        }
        var generation = found
        (generation.start, generation.startTime) = try beginning(found, start)
        try remove(endedThrough: generation.start, found)
        result.generations = [generation] + history.generations[(index + 1)...]
        return result
    }

    /// The last change at or before `start`, by position and time.
    private func beginning(
        _ generation: TableHistory.Generation, _ start: HistoryStart
    ) throws -> (position: Int64, time: Int64) {
        var last = (position: generation.start, time: generation.startTime)
        func note(_ position: Int64, _ time: Int64) {
            let isBefore =
                switch start {
                case .position(let limit): position <= limit
                case .time(let limit): time <= limit
                }
            if isBefore, position > last.position { last = (position, time) }
        }
        for name in [history.openName(generation), history.closedName(generation)] {
            try forEachVersion(name) { version in
                note(version.from, version.fromTime)
                if let to = version.to { note(to.position, to.time) }
            }
        }
        switch start {
        case .position(let position): last.position = position
        case .time(let time): last.time = time
        }
        return last
    }

    private func remove(endedThrough position: Int64, _ generation: TableHistory.Generation) throws {
        let name = history.closedName(generation)
        var keys: [Int64] = []
        try forEachVersion(name) { version in
            if let to = version.to, to.position <= position { keys.append(to.position) }
        }
        guard !keys.isEmpty, let id = transaction.tableID(named: name) else { return }
        try transaction.apply(TableChanges(deletedKeys: RowKeys(integers: keys)), to: id)
    }

    private struct Version {
        var from: Int64
        var fromTime: Int64
        var to: (position: Int64, time: Int64)?
    }

    private func forEachVersion(_ name: String, _ body: (Version) -> Void) throws {
        guard let table = transaction.snapshot(ofTableNamed: name) else { return }
        let first = table.schema.fields.count - VersionColumn.allCases.count
        for version in table.segments {
            func integers(_ column: VersionColumn) throws -> PrimitiveArray<Int64> {
                try PrimitiveArray<Int64>(version.segment.column(first + column.rawValue))
            }
            let (from, fromTime) = (try integers(.fromPosition), try integers(.validFrom))
            let (to, toTime) = (try integers(.toPosition), try integers(.validTo))
            for row in 0..<version.segment.rowCount where version.deletes?.isDeleted(row) != true {
                let end = to.isValid(row) ? (to[row], toTime[row]) : nil
                body(Version(from: from[row], fromTime: fromTime[row], to: end))
            }
        }
    }
}
