import CoreMetrics
import Logging
import RheiCDC
import RheiStore
import Synchronization

/// Tells the log and the metrics of the application what an engine does.
final class EngineReporter: Sendable {
    let metrics: EngineMetrics
    let logger: Logger
    private let start = ContinuousClock.now
    /// Nanoseconds from `start` to the first own commit that no sync has begun after; 0 for none.
    private let firstCommit = Atomic<Int64>(0)
    /// What was told of last, so that an error that stays is told of once.
    private let told = Mutex(Told())

    private struct Told {
        var syncError: String?
        var tableErrors: [String: String] = [:]
        var flushError: String?
        var isHoldingBack = false
    }

    init(_ config: HtapConfig) {
        metrics = EngineMetrics(config.metricsFactory ?? MetricsSystem.factory)
        var logger = config.logger
        logger[metadataKey: "database"] = "\(config.databasePath)"
        self.logger = logger
    }

    // MARK: - Queries

    /// A query was answered.
    func didAnswer(_ target: QueryTarget, _ duration: Duration) {
        switch target {
        case .oltp:
            metrics.routedToSQLite.increment()
            metrics.sqliteDuration.record(duration)
        case .olap:
            metrics.routedToColumns.increment()
            metrics.columnarDuration.record(duration)
        }
    }

    /// A query is answered by columns while its reader takes the batches.
    func didStream() { metrics.routedToColumns.increment() }

    /// A query failed.
    func didFailQuery(_ error: any Error) {
        metrics.queryErrors.increment()
        logger.debug("query failed", metadata: ["error": "\(error)"])
    }

    // MARK: - Writes

    /// A write of this engine was committed.
    func didCommit(_ duration: Duration) {
        metrics.writeDuration.record(duration)
        guard firstCommit.load(ordering: .relaxed) == 0 else { return }
        _ = firstCommit.compareExchange(expected: 0, desired: max(now, 1), ordering: .relaxed)
    }

    private var now: Int64 {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    /// A write waits for columns, or is refused.
    func didHoldBack(_ backlog: Int, limit: Int) {
        metrics.writesHeldBack.increment()
        let isNew = told.withLock { told in
            defer { told.isHoldingBack = true }
            return !told.isHoldingBack
        }
        guard isNew else { return }
        logger.warning(
            "writes are held back until columns have caught up",
            metadata: ["changes": "\(backlog)", "limit": "\(limit)"])
    }

    // MARK: - Syncs

    /// A sync begins.
    ///
    /// - Returns: what `didSync` or `didFailSync` wants.
    func willSync() -> Int64 { firstCommit.exchange(0, ordering: .relaxed) }

    /// A sync has led from one state to another.
    func didSync(_ report: SyncReport, from before: MirrorView, to after: MirrorView, _ commit: Int64) {
        if commit > 0 { metrics.freshness.recordNanoseconds(now - commit) }
        let isRecovered = told.withLock { told in
            defer { (told.syncError, told.isHoldingBack) = (nil, false) }
            return told.syncError != nil
        }
        if isRecovered {
            logger.notice("columns follow again", metadata: ["position": "\(report.positionAfter.value)"])
        }
        guard !report.tables.isEmpty || report.positionAfter != report.positionBefore else {
            metrics.syncsSkipped.increment()
            return
        }
        metrics.syncDuration.record(report.totalDuration)
        metrics.eventsProcessed.add(report.changeCount)
        metrics.rowsPruned.add(report.prunedCount)
        for table in report.tables { note(table, before, after) }
        for name in Set(before.refused.keys).union(after.refused.keys).sorted() {
            noteError(after.refused[name], of: name)
        }
        if let error = report.pruneError {
            logger.warning("the change log could not be pruned", metadata: ["error": "\(error)"])
        }
        logger.trace(
            "synced",
            metadata: [
                "position": "\(report.positionAfter.value)", "changes": "\(report.changeCount)",
                "duration": "\(report.totalDuration)",
            ])
    }

    /// Somebody asked what columns lack.
    func didCount(_ pending: PendingChanges) {
        metrics.lag.record(pending.total)
        metrics.logRows.record(pending.logRowCount)
    }

    /// A sync has failed as a whole.
    func didFailSync(_ error: any Error, _ commit: Int64) {
        // Its commits wait for the next; an older one than any that came meanwhile.
        if commit > 0 { firstCommit.store(commit, ordering: .relaxed) }
        if let error = error as? EngineError, error.code == .closed || error.code == .cancelled { return }
        metrics.syncErrors.increment()
        let text = "\(error)"
        let isNew = told.withLock { told in
            defer { told.syncError = text }
            return told.syncError != text
        }
        if isNew { logger.error("columns do not follow", metadata: ["error": "\(text)"]) }
    }

    private func note(_ table: SyncReport.Table, _ before: MirrorView, _ after: MirrorView) {
        let name = foldedName(table.name)
        let (old, new) = (before.snapshot.table(named: name), after.snapshot.table(named: name))
        if table.error != nil { metrics.tableErrors.increment() }
        if let count = table.loadedRowCount {
            metrics.rowsLoaded.add(count)
            let isAgain = old != nil
            if isAgain { metrics.tablesReloaded.increment() }
            logger.log(
                level: isAgain ? .notice : .debug, isAgain ? "table loaded anew" : "table loaded",
                metadata: ["table": "\(table.name)", "rows": "\(count)"])
        } else if let old, let new {
            let inserted = min(max(new.rowCount - old.rowCount + table.deletedRowCount, 0), table.upsertedRowCount)
            metrics.rowsInserted.add(inserted)
            metrics.rowsUpdated.add(table.upsertedRowCount - inserted)
            metrics.rowsDeleted.add(table.deletedRowCount)
        }
        noteWidened(table.name, old, new)
        noteQuarantine(table.name, before.quarantined[name] ?? [:], after.quarantined[name] ?? [:])
    }

    private func noteError(_ error: EngineError?, of name: String) {
        let text = error.map { "\($0)" }
        let old = told.withLock { told in
            defer { told.tableErrors[name] = text }
            return told.tableErrors[name]
        }
        guard text != old else { return }
        if let text {
            logger.error("table is not in columns", metadata: ["table": "\(name)", "error": "\(text)"])
        } else {
            logger.notice("table is in columns again", metadata: ["table": "\(name)"])
        }
    }

    private func noteWidened(_ name: String, _ old: TableSnapshot?, _ new: TableSnapshot?) {
        guard let old, let new else { return }
        for (before, after) in zip(old.schema.fields, new.schema.fields)
        where after.type == .any && before.type != .any && before.name == after.name {
            metrics.columnsWidened.increment()
            logger.notice(
                "column widened to values of any type",
                metadata: ["table": "\(name)", "column": "\(after.name)", "from": "\(before.type)"])
        }
    }

    private func noteQuarantine(_ name: String, _ old: [String: Int], _ new: [String: Int]) {
        for (column, count) in new.sorted(by: { $0.key < $1.key }) where count > old[column] ?? 0 {
            metrics.valuesQuarantined.add(count - (old[column] ?? 0))
            logger.warning(
                "values do not convert to the type of their column",
                metadata: ["table": "\(name)", "column": "\(column)", "values": "\(count)"])
        }
    }

    // MARK: - Files

    /// Columns were made durable, or not.
    func didFlush(_ duration: Duration, position: Int64, _ error: EngineError?) {
        let text = error.map { "\($0)" }
        let isNew = told.withLock { told in
            defer { told.flushError = text }
            return told.flushError != text
        }
        guard let text else {
            metrics.flushDuration.record(duration)
            logger.debug("flushed", metadata: ["position": "\(position)", "duration": "\(duration)"])
            return
        }
        metrics.flushErrors.increment()
        if isNew { logger.error("columns could not be made durable", metadata: ["error": "\(text)"]) }
    }

    /// Files were found damaged; their tables are loaded anew.
    func didFind(_ damages: some Sequence<EngineError>) {
        for damage in damages { logger.error("a segment file is damaged", metadata: ["error": "\(damage)"]) }
    }
}
