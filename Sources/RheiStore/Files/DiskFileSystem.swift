#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import RheiArrow
import RheiCore

/// The file system of the machine.
package struct DiskFileSystem: FileSystem {
    package init() {}

    package func makeFolder(_ path: String) throws {
        if unsafe mkdir(path, 0o777) != 0, errno != EEXIST { throw Self.failure("make the folder", path) }
    }

    package func names(inFolder path: String) throws -> [String]? {
        guard let folder = unsafe opendir(path) else {
            if errno == ENOENT { return nil }
            throw Self.failure("list the folder", path)
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    package func create(_ path: String) throws -> any FileWriter {
        let descriptor = unsafe Self.open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("create", path) }
        return DiskFileWriter(descriptor: descriptor, path: path)
    }

    package func extend(_ path: String, from byteCount: Int) throws -> any FileWriter {
        let descriptor = unsafe Self.open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        let writer = DiskFileWriter(descriptor: descriptor, path: path)
        guard ftruncate(descriptor, off_t(byteCount)) == 0, lseek(descriptor, 0, SEEK_END) == off_t(byteCount) else {
            throw Self.failure("shorten", path)
        }
        return writer
    }

    package func open(_ path: String) throws -> (any FileReader)? {
        let descriptor = unsafe Self.open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw Self.failure("open", path)
        }
        let byteCount = lseek(descriptor, 0, SEEK_END)
        let reader = DiskFileReader(descriptor: descriptor, byteCount: Int(max(byteCount, 0)), path: path)
        guard byteCount >= 0 else { throw Self.failure("size", path) }
        return reader
    }

    package func rename(_ path: String, to newPath: String) throws {
        #if canImport(Glibc)
        let status = unsafe Glibc.rename(path, newPath)
        #else
        let status = unsafe Darwin.rename(path, newPath)
        #endif
        if status != 0 { throw Self.failure("rename", path) }
    }

    package func remove(_ path: String) throws {
        if unsafe unlink(path) != 0, errno != ENOENT { throw Self.failure("remove", path) }
    }

    package func removeFolder(_ path: String) throws {
        if unsafe rmdir(path) != 0, errno != ENOENT { throw Self.failure("remove the folder", path) }
    }

    package func syncFolder(_ path: String) throws {
        let descriptor = unsafe Self.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open the folder", path) }
        defer { close(descriptor) }
        if fsync(descriptor) != 0 { throw Self.failure("sync the folder", path) }
    }

    package func lock(_ path: String, isShared: Bool) throws -> FileLock? {
        var descriptor = unsafe Self.open(path, O_RDWR | O_CREAT | O_CLOEXEC)
        // A shared lock needs no more than reading, where the folder allows no more.
        if descriptor < 0, isShared { descriptor = unsafe Self.open(path, O_RDONLY | O_CLOEXEC) }
        guard descriptor >= 0 else { throw Self.failure("open", path) }
        while flock(descriptor, (isShared ? LOCK_SH : LOCK_EX) | LOCK_NB) != 0 {
            if errno == EINTR { continue }
            let isHeld = errno == EWOULDBLOCK
            let failure = Self.failure("lock", path)
            close(descriptor)
            if isHeld { return nil }
            throw failure
        }
        return FileLock { [descriptor] in close(descriptor) }
    }

    @unsafe private static func open(_ path: String, _ flags: Int32) -> Int32 {
        #if canImport(Glibc)
        unsafe Glibc.open(path, flags, 0o666)
        #else
        unsafe Darwin.open(path, flags, 0o666)
        #endif
    }

    /// An error of the system: that of its last call where none is given.
    static func failure(_ verb: String, _ path: String, _ number: Int32 = errno) -> EngineError {
        let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
        return EngineError(.io, "cannot \(verb) '\(path)': \(reason)")
    }
}

/// A file being written; its owner uses it from one thread at a time.
private final class DiskFileWriter: FileWriter {
    private var descriptor: Int32
    private let path: String

    init(descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit { close() }

    func write(_ bytes: RawSpan) throws {
        let error = unsafe bytes.withUnsafeBytes { unsafe DescriptorTransfer.write($0, to: descriptor) }
        if error != 0 { throw DiskFileSystem.failure("write", path, error) }
    }

    func sync() throws {
        if fsync(descriptor) != 0 { throw DiskFileSystem.failure("sync", path) }
    }

    func close() {
        guard descriptor >= 0 else { return }
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
        descriptor = -1
    }
}

/// A file being read by any number of threads.
private final class DiskFileReader: FileReader {
    let byteCount: Int
    private let descriptor: Int32
    private let path: String

    init(descriptor: Int32, byteCount: Int, path: String) {
        self.descriptor = descriptor
        self.byteCount = byteCount
        self.path = path
    }

    deinit { close(descriptor) }

    func willRead(from offset: Int, byteCount: Int) {
        #if canImport(Glibc)
        // Advice: the system may do without.
        _ = posix_fadvise(descriptor, off_t(offset), off_t(byteCount), POSIX_FADV_WILLNEED)
        #endif
    }

    func read(from offset: Int, byteCount wanted: Int) throws -> Buffer {
        guard offset >= 0, wanted >= 0, offset <= byteCount - wanted else {
            throw EngineError(.corrupt, "'\(path)' has no \(wanted) bytes at \(offset), only \(byteCount) in all")
        }
        var result = MutableBuffer(capacity: wanted)
        let target = unsafe UnsafeMutableRawBufferPointer(start: result.pointer, count: wanted)
        let (count, error) = unsafe DescriptorTransfer.read(into: target, from: descriptor, at: offset)
        if error != 0 { throw DiskFileSystem.failure("read", path, error) }
        guard count == wanted else {
            throw EngineError(.corrupt, "'\(path)' ends at \(offset + count), it had \(byteCount) bytes")
        }
        result.byteCount = count
        return result.freeze()
    }
}
