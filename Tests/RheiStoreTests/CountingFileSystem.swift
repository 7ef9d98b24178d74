import RheiArrow
import RheiCore
import RheiStore
import Synchronization

/// Counts the bytes that go through another file system.
final class CountingFileSystem: FileSystem {
    private let base: any FileSystem
    private let written = Atomic<Int>(0)

    init(_ base: any FileSystem) { self.base = base }

    /// Bytes written so far.
    var writtenByteCount: Int { written.load(ordering: .relaxed) }

    func makeFolder(_ path: String) throws { try base.makeFolder(path) }
    func names(inFolder path: String) throws -> [String]? { try base.names(inFolder: path) }
    func create(_ path: String) throws -> any FileWriter { Writer(try base.create(path), self) }
    func extend(_ path: String, from byteCount: Int) throws -> any FileWriter {
        Writer(try base.extend(path, from: byteCount), self)
    }
    func open(_ path: String) throws -> (any FileReader)? { try base.open(path) }
    func rename(_ path: String, to newPath: String) throws { try base.rename(path, to: newPath) }
    func remove(_ path: String) throws { try base.remove(path) }
    func removeFolder(_ path: String) throws { try base.removeFolder(path) }
    func syncFolder(_ path: String) throws { try base.syncFolder(path) }
    func lock(_ path: String, isShared: Bool) throws -> FileLock? { try base.lock(path, isShared: isShared) }

    private final class Writer: FileWriter {
        private let base: any FileWriter
        private let owner: CountingFileSystem

        init(_ base: any FileWriter, _ owner: CountingFileSystem) {
            self.base = base
            self.owner = owner
        }

        func write(_ bytes: RawSpan) throws {
            owner.written.add(bytes.byteCount, ordering: .relaxed)
            try base.write(bytes)
        }

        func sync() throws { try base.sync() }
        func close() { base.close() }
    }
}
