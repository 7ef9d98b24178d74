import CoreMetrics

/// The counters and timers of one engine. Times are in nanoseconds.
final class EngineMetrics: Sendable {
    /// Statements that SQLite answered, and that columns answered.
    let routedToSQLite: Counter
    let routedToColumns: Counter
    /// From the call to the whole answer, by engine.
    let sqliteDuration: Timer
    let columnarDuration: Timer
    let queryErrors: Counter
    /// From the call of a write to its return: statements and transactions.
    let writeDuration: Timer

    /// Rows of the change log that were applied.
    let eventsProcessed: Counter
    let rowsInserted: Counter
    let rowsUpdated: Counter
    let rowsDeleted: Counter
    /// Rows that came with whole tables.
    let rowsLoaded: Counter
    /// Rows removed from the change log.
    let rowsPruned: Counter
    let syncDuration: Timer
    /// Syncs that found nothing new.
    let syncsSkipped: Counter
    let syncErrors: Counter
    /// Tables that a sync could not bring up to date.
    let tableErrors: Counter
    let tablesReloaded: Counter
    let columnsWidened: Counter
    let valuesQuarantined: Counter
    /// From the first commit of this engine that columns lacked until they had it.
    let freshness: Timer
    /// Changes that columns lack, as of the last status or check.
    let lag: Gauge
    /// Rows of the change log in the file.
    let logRows: Gauge

    let flushDuration: Timer
    let flushErrors: Counter

    /// Writes that waited, or were refused, since too many changes were not in columns yet.
    let writesHeldBack: Counter

    init(_ factory: any MetricsFactory) {
        func counter(_ label: String) -> Counter { Counter(label: label, factory: factory) }
        func timer(_ label: String, _ dimensions: [(String, String)] = []) -> Timer {
            Timer(label: label, dimensions: dimensions, factory: factory)
        }
        routedToSQLite = counter("rhei.query.routed_oltp")
        routedToColumns = counter("rhei.query.routed_olap")
        sqliteDuration = timer("rhei.query.duration", [("engine", "oltp")])
        columnarDuration = timer("rhei.query.duration", [("engine", "olap")])
        queryErrors = counter("rhei.query.errors")
        writeDuration = timer("rhei.write.duration")
        eventsProcessed = counter("rhei.sync.events_processed")
        rowsInserted = counter("rhei.sync.rows_inserted")
        rowsUpdated = counter("rhei.sync.rows_updated")
        rowsDeleted = counter("rhei.sync.rows_deleted")
        rowsLoaded = counter("rhei.sync.rows_loaded")
        rowsPruned = counter("rhei.sync.rows_pruned")
        syncDuration = timer("rhei.sync.duration")
        syncsSkipped = counter("rhei.sync.skipped")
        syncErrors = counter("rhei.sync.errors")
        tableErrors = counter("rhei.sync.table_errors")
        tablesReloaded = counter("rhei.sync.tables_reloaded")
        columnsWidened = counter("rhei.sync.columns_widened")
        valuesQuarantined = counter("rhei.sync.values_quarantined")
        freshness = timer("rhei.sync.freshness")
        lag = Gauge(label: "rhei.sync.cdc_lag", factory: factory)
        logRows = Gauge(label: "rhei.sync.log_rows", factory: factory)
        flushDuration = timer("rhei.flush.duration")
        flushErrors = counter("rhei.flush.errors")
        writesHeldBack = counter("rhei.write.held_back")
    }

    /// Lets go of the application's counters.
    func close() {
        for counter in [
            routedToSQLite, routedToColumns, queryErrors, eventsProcessed, rowsInserted, rowsUpdated, rowsDeleted,
            rowsLoaded, rowsPruned, syncsSkipped, syncErrors, tableErrors, tablesReloaded, columnsWidened,
            valuesQuarantined, flushErrors, writesHeldBack,
        ] { counter.destroy() }
        for timer in [sqliteDuration, columnarDuration, writeDuration, syncDuration, freshness, flushDuration] {
            timer.destroy()
        }
        lag.destroy()
        logRows.destroy()
    }
}

extension Timer {
    func record(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        recordNanoseconds(
            seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ attoseconds / 1_000_000_000)
    }
}

extension Counter {
    /// Adds what is more than nothing.
    func add(_ count: Int) {
        if count > 0 { increment(by: count) }
    }
}
