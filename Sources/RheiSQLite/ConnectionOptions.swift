/// How a connection opens its database and how it is set up.
package struct ConnectionOptions: Sendable {
    /// What the connection may do with the file.
    package enum Access: Sendable {
        /// Reads and writes; creates the file when it is missing.
        case readWriteCreate
        /// Reads and writes a file that must exist.
        case readWrite
        /// Only reads a file that must exist. SQLite itself may still create the side files of a database in WAL mode.
        case readOnly
    }

    /// What the connection may do with the file.
    package var access: Access
    /// How long a statement waits for a lock that another connection holds.
    package var busyTimeoutMilliseconds: Int32 = 5_000
    /// Whether to switch the database to WAL mode. The mode stays in the file, so only the engine's own writer asks.
    package var usesWriteAheadLog = false
    /// Whether foreign keys are enforced; `nil` leaves SQLite's default, off.
    package var foreignKeys: Bool?
    /// Upper bound of the page cache; pages are allocated as they are used.
    package var cacheKibibytes = 65_536
    /// How much of the file SQLite may read through a memory map.
    package var mappedByteCount: Int64 = 0
    /// Whether statements are restricted to reading the database: no ATTACH, no PRAGMA that sets something, no writes.
    package var allowsOnlyQueries = false
    /// How many prepared statements are kept for reuse.
    package var statementCacheCapacity = 128

    package init(_ access: Access) { self.access = access }

    /// For the engine's writer: WAL mode, created when missing.
    package static var writer: ConnectionOptions {
        var options = ConnectionOptions(.readWriteCreate)
        options.usesWriteAheadLog = true
        return options
    }

    /// For readers of untrusted SQL: the file opened read-only, statements restricted to queries.
    package static var reader: ConnectionOptions {
        var options = ConnectionOptions(.readOnly)
        options.allowsOnlyQueries = true
        return options
    }
}
