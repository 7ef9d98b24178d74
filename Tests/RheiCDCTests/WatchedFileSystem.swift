import RheiArrow
import RheiStore

/// The machine's file system, with a look at the files before each call that changes them, and after the last.
struct WatchedFileSystem: FileSystem {
    private let disk = DiskFileSystem()
    private let look: @Sendable (String) throws -> Void

    /// - Parameter look: gets the name of the call that is about to be made.
    init(_ look: @escaping @Sendable (String) throws -> Void) { self.look = look }

    func makeFolder(_ path: String) throws {
        try look("makeFolder")
        try disk.makeFolder(path)
    }

    func names(inFolder path: String) throws -> [String]? { try disk.names(inFolder: path) }

    func create(_ path: String) throws -> any FileWriter {
        try look("create")
        return Writer(file: try disk.create(path), look: look)
    }

    func extend(_ path: String, from byteCount: Int) throws -> any FileWriter {
        try look("extend")
        return Writer(file: try disk.extend(path, from: byteCount), look: look)
    }

    func open(_ path: String) throws -> (any FileReader)? { try disk.open(path) }

    func rename(_ path: String, to newPath: String) throws {
        try look("rename")
        try disk.rename(path, to: newPath)
    }

    func remove(_ path: String) throws {
        try look("remove")
        try disk.remove(path)
    }

    func removeFolder(_ path: String) throws {
        try look("removeFolder")
        try disk.removeFolder(path)
    }

    func syncFolder(_ path: String) throws {
        try look("syncFolder")
        try disk.syncFolder(path)
    }

    func lock(_ path: String, isShared: Bool) throws -> FileLock? { try disk.lock(path, isShared: isShared) }

    private final class Writer: FileWriter {
        private let file: any FileWriter
        private let look: @Sendable (String) throws -> Void

        init(file: any FileWriter, look: @escaping @Sendable (String) throws -> Void) {
            self.file = file
            self.look = look
        }

        func write(_ bytes: RawSpan) throws {
            try look("write")
            try file.write(bytes)
        }

        func sync() throws {
            try look("sync")
            try file.sync()
        }

        func close() { file.close() }
    }
}
