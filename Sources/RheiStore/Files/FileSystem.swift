package import RheiArrow

/// The operations on files that the store's durability rests on. Paths are absolute or relative to the working folder.
///
/// What a crash leaves is what tells the implementations apart:
/// - bytes of a file are durable after `FileWriter.sync()`, names of files after `syncFolder`;
/// - a rename replaces the target as one step: after a crash one of the two files has the name, never neither.
///
/// Every call throws `io` with the path when the system refuses.
package protocol FileSystem: Sendable {
    /// Makes a folder unless it exists.
    func makeFolder(_ path: String) throws
    /// The names of a folder's entries, sorted; nil when there is no such folder.
    func names(inFolder path: String) throws -> [String]?
    /// Makes an empty file, or empties the one there is.
    func create(_ path: String) throws -> any FileWriter
    /// Opens a file to write after its first `byteCount` bytes; what followed them is cut off.
    func extend(_ path: String, from byteCount: Int) throws -> any FileWriter
    /// Opens a file for reading; nil when there is none.
    func open(_ path: String) throws -> (any FileReader)?
    func rename(_ path: String, to newPath: String) throws
    /// Removes a file; nothing happens when there is none.
    func remove(_ path: String) throws
    /// Removes an empty folder; nothing happens when there is none.
    func removeFolder(_ path: String) throws
    /// Makes the names in a folder durable.
    func syncFolder(_ path: String) throws
    /// Takes a lock that lasts until the result is released or the process ends; nil while another holder is in the
    /// way.
    func lock(_ path: String, isShared: Bool) throws -> FileLock?
}

/// A file open for writing at its end.
package protocol FileWriter: AnyObject {
    func write(_ bytes: RawSpan) throws
    /// Makes the contents durable.
    func sync() throws
    /// Closes the file; it is also closed with the last reference.
    func close()
}

/// A file open for reading. Its bytes stay readable when the name is removed.
package protocol FileReader: AnyObject, Sendable {
    var byteCount: Int { get }
    /// Reads bytes into memory of their own, with slack.
    ///
    /// - Throws: `io` when the system refuses, `corrupt` when the file ends before.
    func read(from offset: Int, byteCount: Int) throws -> Buffer
    /// Lets the system begin to bring bytes into its memory that will be read soon; does not wait for them.
    func willRead(from offset: Int, byteCount: Int)
}

extension FileReader {
    package func willRead(from offset: Int, byteCount: Int) {}
}

/// A lock that is held as long as this object lives.
package final class FileLock: Sendable {
    private let release: @Sendable () -> Void

    package init(release: @escaping @Sendable () -> Void) { self.release = release }

    deinit { release() }
}

extension FileSystem {
    /// Reads a whole file; nil when there is none.
    func contents(of path: String) throws -> Buffer? {
        guard let file = try open(path) else { return nil }
        return try file.read(from: 0, byteCount: file.byteCount)
    }
}
