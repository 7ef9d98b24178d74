import Glibc
import Rhei

/// Reads SQL from files and standard input.
enum InputText {
    /// Returns the whole content of a file, or of standard input for "-".
    ///
    /// - Throws: `io` when the file cannot be read, `invalidArgument` when it is not UTF-8.
    static func read(path: String) throws -> String {
        let descriptor = path == "-" ? STDIN_FILENO : unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else {
            throw EngineError(.io, "cannot read '\(path)': \(unsafe String(cString: strerror(errno)))")
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        while let chunk = try readChunk(descriptor, name: path) { bytes.append(contentsOf: chunk) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw EngineError(.invalidArgument, "'\(path)' is not UTF-8 text")
        }
        return text
    }

    /// Reads up to 64 KB; nil at the end.
    static func readChunk(_ descriptor: Int32, name: String) throws -> [UInt8]? {
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count > 0 { return Array(chunk[..<count]) }
            if count == 0 { return nil }
            if errno != EINTR {
                throw EngineError(.io, "cannot read '\(name)': \(unsafe String(cString: strerror(errno)))")
            }
        }
    }

    /// Throws unless the path is a file that exists: commands about an existing database must not create one.
    static func requireFile(_ path: String) throws {
        guard unsafe access(path, F_OK) == 0 else {
            throw EngineError(.io, "no database file '\(path)'")
        }
    }

    /// Whether the path is a file with at least one byte.
    static func hasContent(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_size > 0
    }
}
