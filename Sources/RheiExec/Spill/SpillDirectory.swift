import RheiCore
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder of temporary files, and how much queries may put there.
///
/// A file loses its name as soon as it is open, so the system frees it when the query lets go of it or the process
/// ends, however it ends. A process that dies between the two steps leaves an empty file, which the next engine
/// removes.
package final class SpillDirectory: Sendable {
    package let path: String
    /// The most bytes that all temporary files together may have.
    package let limit: Int
    private let used = Atomic<Int>(0)
    /// Of the process, since several engines may use one folder.
    private static let fileNumber = Atomic<Int>(0)
    private static let prefix = "rhei-spill-"

    /// - Parameter path: nil for the system's folder of temporary files.
    package init(path: String? = nil, limit: Int = .max) {
        self.path = path ?? Self.systemPath
        self.limit = limit
    }

    private static var systemPath: String {
        if let value = unsafe getenv("TMPDIR"), unsafe value[0] != 0 { return unsafe String(cString: value) }
        return "/tmp"
    }

    /// Bytes that temporary files have now.
    package var usedByteCount: Int { used.load(ordering: .relaxed) }

    func makeFile() throws(EngineError) -> SpillFile {
        let number = Self.fileNumber.add(1, ordering: .relaxed).newValue
        let name = "\(path)/\(Self.prefix)\(getpid())-\(number)"
        let descriptor = unsafe open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EngineError(
                .io, "cannot make a temporary file in '\(path)': \(Self.reason(errno))",
                hint: "set temporaryDirectory (rh: --temp-dir) to a folder that can be written")
        }
        _ = unsafe unlink(name)
        return SpillFile(descriptor: descriptor, directory: self)
    }

    func reserve(_ byteCount: Int) throws(EngineError) {
        guard used.add(byteCount, ordering: .relaxed).newValue > limit else { return }
        used.subtract(byteCount, ordering: .relaxed)
        throw EngineError(
            .outOfMemory,
            "the query's temporary files would exceed their limit of \(OperatorMemory.text(limit)) in '\(path)'",
            hint: "raise temporaryDiskLimit (rh: --temp-limit) or the memory limit")
    }

    func release(_ byteCount: Int) { used.subtract(byteCount, ordering: .relaxed) }

    /// Removes files that processes left which are no more.
    package func removeLeftovers() {
        guard let folder = unsafe opendir(path) else { return }
        defer { unsafe closedir(folder) }
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.hasPrefix(Self.prefix) else { continue }
            let digits = name.dropFirst(Self.prefix.count).prefix { $0.isASCII && $0.isNumber }
            guard let process = Int32(digits), process > 0, kill(process, 0) != 0, errno == ESRCH else { continue }
            _ = unsafe unlink("\(path)/\(name)")
        }
    }

    static func reason(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
