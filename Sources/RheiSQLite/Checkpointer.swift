import CSQLite
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Carries what commits have added to the write-ahead log over into the database file, on a thread and a connection of
/// its own.
///
/// SQLite would do it inside of every so many commits, and those wait for the disk. A busy writer always adds to the
/// log while it is being carried over, so the log would never start over: past a limit the writer does the rest itself,
/// which is little.
final class Checkpointer: Sendable {
    /// Pages in the log that are worth a round, as in SQLite.
    static let frameCount = 1_000
    /// Pages in the log at which the writer waits for the rest to be carried over.
    static let frameLimit = 8_000

    /// What the thread and those who ask share.
    private final class Rounds: Sendable {
        /// Whether a round is asked for that has not begun.
        let isAsked = Atomic(false)
    }

    private let queue = WorkQueue<Void>()
    private let rounds: Rounds
    private let thread: WorkerThread

    /// Opens another connection to the database.
    init(path: String, busyTimeoutMilliseconds: Int32) throws {
        var options = ConnectionOptions(.readWrite)
        options.busyTimeoutMilliseconds = busyTimeoutMilliseconds
        options.cacheKibibytes = 1_024
        let owned = ThreadOwned(try Connection(path: path, options: options))
        let queue = queue
        let rounds = Rounds()
        self.rounds = rounds
        thread = try WorkerThread.start {
            while queue.takeFirst() != nil {
                rounds.isAsked.store(false, ordering: .releasing)
                owned.value.checkpoint()
            }
        }
    }

    deinit { queue.close() }

    /// Asks for a round; returns at once.
    func ask() {
        guard !rounds.isAsked.exchange(true, ordering: .acquiringAndReleasing) else { return }
        _ = queue.push(())
    }

    /// Ends the round that runs and closes the connection.
    func shutdown() async {
        queue.close()
        await thread.join()
    }
}

/// What a writing connection knows of the length of its write-ahead log. Confined to the connection's thread.
final class LogWatch {
    private let checkpointer: Checkpointer
    /// Pages in the log at which the next round is asked for, and at which the writer carries them over itself.
    private var nextRound = Checkpointer.frameCount
    private var nextOwnRound = Checkpointer.frameLimit
    private var lastCount = 0

    init(_ checkpointer: Checkpointer) { self.checkpointer = checkpointer }

    /// Takes notice of a commit after which the log has `count` pages.
    ///
    /// - Returns: whether the writer is to carry them over.
    func note(_ count: Int) -> Bool {
        if count < lastCount { (nextRound, nextOwnRound) = (Checkpointer.frameCount, Checkpointer.frameLimit) }
        lastCount = count
        if count >= nextOwnRound {
            // A reader may keep the log from starting over for long.
            nextOwnRound = count + Checkpointer.frameCount
            return true
        }
        if count >= nextRound {
            nextRound = count + Checkpointer.frameCount
            checkpointer.ask()
        }
        return false
    }
}

extension Connection {
    /// Leaves it to `checkpointer` to carry over what this connection commits, in place of SQLite's own rounds.
    func leaveCheckpoints(to checkpointer: Checkpointer) {
        let watch = LogWatch(checkpointer)
        logWatch = watch
        let context = unsafe Unmanaged.passUnretained(watch).toOpaque()
        unsafe sqlite3_wal_hook(
            handle,
            { context, handle, database, count in
                guard let context = unsafe context, let database = unsafe database else { return SQLITE_OK }
                let watch = unsafe Unmanaged<LogWatch>.fromOpaque(context).takeUnretainedValue()
                // Attached databases keep SQLite's way.
                if unsafe strcmp(database, "main") != 0 {
                    if count >= Checkpointer.frameCount {
                        unsafe sqlite3_wal_checkpoint_v2(handle, database, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                    }
                } else if watch.note(Int(count)) {
                    unsafe sqlite3_wal_checkpoint_v2(handle, database, SQLITE_CHECKPOINT_PASSIVE, nil, nil)
                }
                return SQLITE_OK
            }, context)
    }

    /// Carries over what no reader keeps in the log. A failure, as of another process that does the same, costs nothing
    /// but time.
    func checkpoint() {
        unsafe sqlite3_wal_checkpoint_v2(handle, "main", SQLITE_CHECKPOINT_PASSIVE, nil, nil)
    }
}
