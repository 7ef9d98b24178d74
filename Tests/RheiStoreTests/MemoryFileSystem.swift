import RheiArrow
import RheiCore
@testable import RheiStore
import RheiTestSupport
import Synchronization

/// A file system in memory that knows what a crash leaves.
///
/// A file has bytes and, of these, what was synced; a folder has names and, of these, what was synced. A crash keeps
/// what was synced and, of the rest, what the seed says: unsynced bytes may be there, be cut off, or be torn (zeros or
/// garbage in a block of 512 bytes); unsynced names may be there or not, each for itself, so that renames are
/// reordered. Calls can be made to fail: from the n-th on as a stopped process, or once as a refusal.
final class MemoryFileSystem: FileSystem, @unchecked Sendable {
    /// The contents behind a name.
    final class Node {
        var bytes: [UInt8] = []
        /// What a crash keeps for sure.
        var synced: [UInt8] = []
    }

    /// Thrown by every call once the process has stopped.
    struct Stopped: Error {}

    private struct Locks {
        var exclusive: Set<String> = []
        var shared: [String: Int] = [:]
    }

    private let guarded = Mutex(())
    private var names: [String: Node] = [:]
    private var syncedNames: [String: Node] = [:]
    private var folders: Set<String> = []
    private let locks = Mutex(Locks())
    private(set) var callCount = 0
    /// The call after which nothing works any more.
    var stopsAfter: Int?
    /// A call that the system refuses.
    var refused: Set<Int> = []
    /// Bytes that fit; nil for no bound.
    var capacity: Int?

    init() {}

    /// What is left after a crash.
    func crashed(_ random: inout SeededGenerator) -> MemoryFileSystem {
        let result = MemoryFileSystem()
        result.folders = folders
        var copies: [ObjectIdentifier: Node] = [:]
        func copy(_ node: Node) -> Node {
            if let known = copies[ObjectIdentifier(node)] { return known }
            let new = Node()
            new.bytes = Self.survivors(node, &random)
            new.synced = new.bytes
            copies[ObjectIdentifier(node)] = new
            return new
        }
        for name in Set(names.keys).union(syncedNames.keys).sorted() {
            let isNew = random.chance(percent: 50)
            guard let node = isNew ? names[name] : syncedNames[name] else { continue }
            result.names[name] = copy(node)
        }
        result.syncedNames = result.names
        return result
    }

    private static func survivors(_ node: Node, _ random: inout SeededGenerator) -> [UInt8] {
        guard node.bytes != node.synced else { return node.bytes }
        switch random.below(4) {
        case 0: return node.synced
        case 1: return node.bytes
        default:
            // Whole 512-byte blocks of what was not synced may be missing in the middle.
            let shared = zip(node.bytes, node.synced).prefix { $0 == $1 }.count
            guard node.bytes.count > shared else { return node.synced }
            var bytes = Array(node.bytes.prefix(shared + random.below(node.bytes.count - shared + 1)))
            var block = shared
            while block < bytes.count {
                let end = min(bytes.count, (block / 512 + 1) * 512)
                if random.chance(percent: 30) {
                    let filler = UInt8(random.pick([0, 0, random.below(256)]))
                    for index in block..<end { bytes[index] = filler }
                }
                block = end
            }
            return bytes
        }
    }

    /// All files by name.
    var files: [String: [UInt8]] { names.mapValues(\.bytes) }

    /// Puts bytes in the place of a file's, durably.
    func replace(_ name: String, with bytes: [UInt8]) {
        let node = Node()
        node.bytes = bytes
        node.synced = bytes
        names[name] = node
        syncedNames[name] = node
    }

    // MARK: - Calls

    private func call<Result>(_ what: String, _ body: () throws -> Result) throws -> Result {
        try guarded.withLock { _ in
            callCount += 1
            if let stopsAfter, callCount > stopsAfter { throw Stopped() }
            if refused.contains(callCount) { throw EngineError(.io, "refused: \(what)") }
            return try body()
        }
    }

    func makeFolder(_ path: String) throws { try call("make \(path)") { _ = folders.insert(path) } }

    func names(inFolder path: String) throws -> [String]? {
        try call("list \(path)") {
            guard folders.contains(path) else { return nil }
            return names.keys.filter { $0.hasPrefix(path + "/") }.map { String($0.dropFirst(path.count + 1)) }.sorted()
        }
    }

    func create(_ path: String) throws -> any FileWriter {
        try call("create \(path)") {
            let node = names[path] ?? Node()
            node.bytes = []
            names[path] = node
            return Writer(self, node)
        }
    }

    func extend(_ path: String, from byteCount: Int) throws -> any FileWriter {
        try call("extend \(path)") {
            guard let node = names[path] else { throw EngineError(.io, "no file \(path)") }
            node.bytes = Array(node.bytes.prefix(byteCount))
            return Writer(self, node)
        }
    }

    func open(_ path: String) throws -> (any FileReader)? {
        try call("open \(path)") { names[path].map { Reader(self, $0) } }
    }

    func rename(_ path: String, to newPath: String) throws {
        try call("rename \(path)") {
            guard let node = names.removeValue(forKey: path) else { throw EngineError(.io, "no file \(path)") }
            names[newPath] = node
        }
    }

    func remove(_ path: String) throws { try call("remove \(path)") { names[path] = nil } }
    func removeFolder(_ path: String) throws { try call("remove \(path)") { _ = folders.remove(path) } }

    func syncFolder(_ path: String) throws {
        try call("sync \(path)") {
            for name in Set(names.keys).union(syncedNames.keys) where name.hasPrefix(path + "/") {
                syncedNames[name] = names[name]
            }
        }
    }

    func lock(_ path: String, isShared: Bool) throws -> FileLock? {
        try call("lock \(path)") {
            let isTaken = locks.withLock { locks -> Bool in
                if locks.exclusive.contains(path) || (!isShared && locks.shared[path, default: 0] > 0) { return false }
                if isShared { locks.shared[path, default: 0] += 1 } else { locks.exclusive.insert(path) }
                return true
            }
            guard isTaken else { return nil }
            return FileLock { [weak self] in
                self?.locks.withLock { locks in
                    if isShared { locks.shared[path, default: 1] -= 1 } else { locks.exclusive.remove(path) }
                }
            }
        }
    }

    private final class Writer: FileWriter {
        private let fileSystem: MemoryFileSystem
        private let node: Node

        init(_ fileSystem: MemoryFileSystem, _ node: Node) {
            self.fileSystem = fileSystem
            self.node = node
        }

        func write(_ bytes: RawSpan) throws {
            try fileSystem.call("write") {
                let new = unsafe bytes.withUnsafeBytes { unsafe Array($0) }
                let used = fileSystem.names.values.reduce(0) { $0 + $1.bytes.count }
                if let capacity = fileSystem.capacity, used + new.count > capacity {
                    node.bytes += new.prefix(max(0, capacity - used))
                    throw EngineError(.io, "no space left")
                }
                node.bytes += new
            }
        }

        func sync() throws { try fileSystem.call("sync") { node.synced = node.bytes } }
        func close() {}
    }

    private final class Reader: FileReader, @unchecked Sendable {
        private let fileSystem: MemoryFileSystem
        private let node: Node
        let byteCount: Int

        init(_ fileSystem: MemoryFileSystem, _ node: Node) {
            self.fileSystem = fileSystem
            self.node = node
            byteCount = node.bytes.count
        }

        func read(from offset: Int, byteCount wanted: Int) throws -> Buffer {
            guard offset >= 0, wanted >= 0, offset + wanted <= node.bytes.count else {
                throw EngineError(.corrupt, "no \(wanted) bytes at \(offset) of \(node.bytes.count)")
            }
            return Buffer(copying: Array(node.bytes[offset..<offset + wanted]))
        }
    }
}
