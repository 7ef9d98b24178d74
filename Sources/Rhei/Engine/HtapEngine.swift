import RheiCDC
import RheiExec
import RheiPlan
import RheiSQL
import RheiSQLite
import RheiStore

/// One SQLite database with a columnar copy of its registered tables: transactions run in SQLite, analytical SQL in
/// columns that are fresh to the last commit.
///
/// Safe to use from any number of tasks. Reads never wait for writes.
public final class HtapEngine: Sendable {
    public let config: HtapConfig
    let oltp: OltpRunner
    let olap: OlapRunner
    /// Nil when the engine may only read.
    let mirror: Mirror?
    /// Nil unless columnar queries may name tables that are not registered.
    let loader: OnDemandLoader?
    /// Tables that SQLite does not have.
    let columnarTables: ColumnarTables
    let service: EngineService
    /// Texts that ran before.
    let statements = ParsedStatements()
    /// Columns from segment files.
    let columnCache: ColumnCache

    /// Opens the database, and the columnar copies of the tables that were registered in it before.
    ///
    /// - Throws: `io` when the file cannot be opened.
    public init(_ config: HtapConfig) async throws {
        self.config = config
        let service = EngineService(config)
        self.service = service
        var writer: Writer?
        if config.access == .readWrite {
            var options = ConnectionOptions.writer
            options.usesWriteAheadLog = config.usesWriteAheadLog
            options.cacheKibibytes = config.cacheKibibytes
            options.busyTimeoutMilliseconds = Int32(clamping: config.busyTimeoutMilliseconds)
            writer = try Writer(path: config.databasePath, options: options, observer: KeyCapture())
        }
        var options = ConnectionOptions.reader
        options.cacheKibibytes = config.cacheKibibytes
        options.busyTimeoutMilliseconds = Int32(clamping: config.busyTimeoutMilliseconds)
        let readers = try ReadPool(path: config.databasePath, count: config.readPoolSize, options: options)
        oltp = OltpRunner(readers: readers, writer: writer)
        olap = OlapRunner(config)
        loader = config.loadsOnDemand ? try OnDemandLoader(path: config.databasePath, options: options) : nil
        let plans = olap.plans
        let cache = olap.makeColumnCache()
        columnCache = cache
        mirror = try Self.makeMirror(config, service, writer, cache) { plans.clear() }
        columnarTables = try Self.makeColumnarTables(config, cache) { plans.clear() }
        try await mirror?.open()
        if config.followsCommits {
            try await startSync()
        } else if let interval = config.syncInterval {
            try await startSync(interval: interval)
        }
    }

    /// Makes the mirror: with a writer, or to read what another process keeps in segment files.
    private static func makeMirror(
        _ config: HtapConfig, _ service: EngineService, _ writer: Writer?, _ cache: ColumnCache,
        onNewSnapshot: @escaping @Sendable () -> Void
    ) throws -> Mirror? {
        guard case .segments(let path) = config.storageMode else {
            return try writer.map { try Mirror(config, service, writer: $0, onNewSnapshot: onNewSnapshot) }
        }
        if writer == nil, !DurableStore.exists(path) { return nil }
        let (durable, restored) = try DurableStore.open(path, forReading: writer == nil, cache: cache)
        let keeper = StoreKeeper(
            durable, damages: restored.damages, writer: writer, prunes: config.prunesAfterSync)
        return try Mirror(
            config, service, writer: writer, store: try ColumnStore(restored, loadingInto: durable), keeper: keeper,
            onNewSnapshot: onNewSnapshot)
    }

    private static func makeColumnarTables(
        _ config: HtapConfig, _ cache: ColumnCache, onChange: @escaping @Sendable () -> Void
    ) throws -> ColumnarTables {
        var path: String?
        if case .segments(let folder) = config.storageMode { path = ColumnarTables.folder(in: folder) }
        return try ColumnarTables(
            path: path, forReading: config.access == .readOnly, cache: cache, onChange: onChange)
    }

    /// Stops background work, finishes what is queued and closes all connections.
    public func shutdown() async {
        await mirror?.shutdown()
        await loader?.shutdown()
        await oltp.readers.shutdown()
        await oltp.writer?.shutdown()
        service.reporter.metrics.close()
    }
}
