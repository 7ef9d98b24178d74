import RheiCDC
import RheiSQLite
import RheiStore

extension Mirror {
    func status() async throws -> SyncStatus {
        let pending = try await applier.pendingChanges()
        let view = applier.view
        let now = ContinuousClock.now
        reporter.didCount(pending)
        let tables = selected.sorted().map { name in
            let problem = view.refused[name]
            let success = problem == nil ? lastSuccess : lastGood[name]?.time
            let lag = pending.byTable[name] ?? 0
            return TableStatus(
                name: name, view,
                progress: .init(
                    position: problem == nil ? view.snapshot.position.value : lastGood[name]?.position ?? 0, lag: lag,
                    age: lag == 0 && problem == nil ? .zero : success.map { now - $0 }, lastSuccess: success))
        }
        return SyncStatus(
            isRunning: background != nil, position: view.snapshot.position.value, lag: pending.total,
            age: pending.total == 0 ? .zero : lastSuccess.map { now - $0 }, logRowCount: pending.logRowCount,
            lastSuccess: lastSuccess, lastError: lastError, tables: tables, storage: storage)
    }
}

extension TableStatus {
    /// How far a table is.
    struct Progress {
        var position: Int64
        var lag: Int
        var age: Duration?
        var lastSuccess: ContinuousClock.Instant?
    }

    init(name: String, _ view: MirrorView, progress: Progress) {
        let stored = view.snapshot.table(named: name)
        self.name = view.schema.table(named: name)?.name ?? name
        position = progress.position
        lag = progress.lag
        age = progress.age
        lastSuccess = progress.lastSuccess
        rowCount = stored?.rowCount ?? 0
        byteCount = stored?.byteCount ?? 0
        fileByteCount = stored?.fileByteCount ?? 0
        widenedColumns = stored?.schema.fields.filter { $0.type == .any }.map(\.name) ?? []
        quarantinedValues = view.quarantined[name] ?? [:]
        history = HistoryStatus(name, view)
        lastError = view.refused[name]
    }
}
