import RheiArrow
package import RheiCore
import Synchronization

/// A folder of segment files and a manifest: what of a column store survives the process.
///
/// Invariants:
/// - the manifest names only files that were durable, names included, before its record was written;
/// - a file that the last durable manifest names is never written to and not removed while that manifest may be read;
/// - one process, the holder of the lock file, changes anything; the others read.
///
/// All calls may come from any thread; flushes wait for each other.
package final class DurableStore: Sendable {
    /// What opening found.
    package struct Restored: Sendable {
        /// The tables of the last durable position whose files are whole.
        package var snapshot: StoreSnapshot
        /// What was damaged, by file; tables concerned are not in the snapshot.
        package var damages: [EngineError]
        let lastTableID: Int64
        /// Bounds the memory of the tables' columns.
        let cache: ColumnCache
    }

    /// What a flush did.
    package struct FlushReport: Sendable {
        package var position: ChangePosition
        package var writtenSegmentCount = 0
        package var writtenByteCount = 0
        package var writtenRowCount = 0
        package var removedFileCount = 0
    }

    struct State {
        var log: ManifestLog
        /// The tables as of the last flush, by id.
        var flushed: [TableID: TableSnapshot] = [:]
        var nextFileNumber: UInt64
        /// Files that no manifest names any more and that a reading process may have kept from being removed.
        var unused: Set<UInt64> = []
        var flushedPosition: ChangePosition
        /// Files that were written before the flush that will name them.
        var ahead: [UInt64: FileAhead] = [:]
        /// Tables that the manifest names and that cannot be opened, by folded name; of an only copy.
        var unreadable: [String: (id: Int64, damage: EngineError)] = [:]
    }

    /// Lasts as long as something wants the file.
    struct FileAhead {
        weak var file: SegmentFile?
    }

    static let lockName = "LOCK"
    static let readersName = "READERS"
    static let segmentSuffix = ".rhs"
    static let damagedSuffix = ".damaged"

    package let path: String
    /// Whether this process may flush; another one does when it is false.
    package let isFlusher: Bool
    /// Bounds the memory of the columns that files have.
    package let cache: ColumnCache
    let fileSystem: any FileSystem
    let compression: BlockCompression
    /// Whether no other copy of the tables exists: what is damaged then stays where it is until it is dropped.
    let isOnlyCopy: Bool
    private let locks: [FileLock]
    let state: Mutex<State>

    init(
        _ path: String, _ fileSystem: any FileSystem, _ compression: BlockCompression, cache: ColumnCache,
        isOnlyCopy: Bool, locks: [FileLock], isFlusher: Bool, state: consuming sending State
    ) {
        self.path = path
        self.cache = cache
        self.isOnlyCopy = isOnlyCopy
        self.fileSystem = fileSystem
        self.compression = compression
        self.locks = locks
        self.isFlusher = isFlusher
        self.state = Mutex(state)
    }

    /// The position that a restart begins from.
    package var flushedPosition: ChangePosition { state.withLock { $0.flushedPosition } }

    static func fileName(_ number: UInt64) -> String { "segment-\(number)\(segmentSuffix)" }

    static func fileNumber(_ name: String) -> UInt64? {
        guard name.hasPrefix("segment-"), name.hasSuffix(segmentSuffix) else { return nil }
        return UInt64(name.dropFirst(8).dropLast(segmentSuffix.count))
    }

    func filePath(_ number: UInt64) -> String { "\(path)/\(Self.fileName(number))" }
}
