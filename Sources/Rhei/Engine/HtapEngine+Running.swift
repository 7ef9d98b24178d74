import RheiExec
import RheiStore

extension HtapEngine {
    /// Makes every columnar query that runs now fail with `cancelled`. Safe from any thread; later queries are not
    /// touched.
    public func interrupt() { olap.interrupt() }

    /// How far each columnar query has come that runs now, oldest first.
    public var runningQueries: [RunningQuery] {
        olap.progress.map { progress in
            RunningQuery(
                elapsed: ContinuousClock.now - progress.startTime, rowCount: progress.rowCount,
                expectedRowCount: progress.expectedRowCount)
        }
    }

    /// What columnar queries hold and held at most beside the tables, and what their temporary files take.
    public var memoryUse: MemoryUse {
        let memory = olap.memory
        return MemoryUse(
            limit: memory.limit, byteCount: memory.reservedByteCount, peakByteCount: memory.peakByteCount,
            temporaryByteCount: memory.temporaryByteCount, columnByteCount: columnCache.byteCount)
    }
}

/// How far a query has come.
public struct RunningQuery: Sendable, Hashable {
    public let elapsed: Duration
    /// Rows that its sources have given so far: tables, and what was grouped, sorted or joined before.
    public let rowCount: Int
    /// Rows of the sources that were opened so far, as far as that is known. More follow, so this grows.
    public let expectedRowCount: Int
}

/// Memory of columnar queries, in bytes, in the coarse steps in which operators ask for it.
public struct MemoryUse: Sendable, Hashable {
    public let limit: Int
    public let byteCount: Int
    public let peakByteCount: Int
    /// Size of the temporary files.
    public let temporaryByteCount: Int
    /// Columns of segment files that are kept in memory; they make room for queries.
    public let columnByteCount: Int
}
