import RheiArrow
import RheiCore
import RheiSQL
import RheiSQLite

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Where and how `COPY … TO` writes, judged from its path and options.
struct CopyTarget {
    enum Format {
        /// The IPC file format, readable in any order.
        case arrow
        /// The IPC stream format.
        case arrowStream
    }

    var path: String
    var format: Format
    var options = IPCWriteOptions()

    /// - Throws: `invalidArgument` naming the option that is unknown or has a bad value.
    init(_ statement: CopyStatement) throws {
        path = statement.path.name
        format = path.hasSuffix(".arrows") ? .arrowStream : .arrow
        for option in statement.options {
            switch asciiLowercased(option.name.name) {
            case "format": format = try Self.value(option, "format", ["arrow": .arrow, "arrow_stream": .arrowStream])
            case "compression":
                options.compression = try Self.value(
                    option, "compression", ["none": nil, "zstd": .zstd(level: 1), "lz4": .lz4Frame])
            default:
                throw EngineError(
                    .invalidArgument, "unknown option of COPY: \(option.name.name)", at: option.name.range,
                    hint: "the options are FORMAT and COMPRESSION")
            }
        }
    }

    private static func value<Value>(
        _ option: CopyStatement.Option, _ kind: String, _ known: KeyValuePairs<String, Value>
    ) throws -> Value {
        let name = option.value?.name ?? ""
        if let match = known.first(where: { $0.key == asciiLowercased(name) }) { return match.value }
        throw EngineError(
            .invalidArgument, "unknown \(kind): \(name.isEmpty ? "(none given)" : name)",
            at: option.value?.range ?? option.name.range, hint: "known are \(known.map(\.key).joined(separator: ", "))")
    }
}

/// Writes a file beside its place and moves it there when it is whole: the place never holds half a file.
///
/// A file that is dropped without `commit` is removed.
final class ReplacementFile {
    private let path: String
    private let temporaryPath: String
    private var descriptor: Int32
    let sink: FileDescriptorSink

    /// - Throws: `io` when the file cannot be made.
    init(path: String) throws {
        self.path = path
        // Made by open and not by mkstemp, so that the system applies the process's mask to the rights of the file.
        var (descriptor, attempt, name) = (Int32(-1), 0, path)
        repeat {
            name = "\(path).\(getpid()).\(attempt).tmp"
            descriptor = unsafe open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            attempt += 1
        } while descriptor < 0 && errno == EEXIST && attempt < 1000
        temporaryPath = name
        self.descriptor = descriptor
        sink = FileDescriptorSink(descriptor: descriptor)
        if descriptor < 0 { throw Self.failure("make a file for", path) }
    }

    deinit {
        guard descriptor >= 0 else { return }
        close(descriptor)
        unsafe unlink(temporaryPath)
    }

    /// Makes the bytes durable and puts the file in its place.
    ///
    /// - Throws: `io` when the system refuses; the place is then as it was.
    func commit() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure("write", path) }
        guard unsafe rename(temporaryPath, path) == 0 else { throw Self.failure("put in place", path) }
        close(descriptor)
        descriptor = -1
    }

    private static func failure(_ doing: String, _ path: String) -> EngineError {
        EngineError(.io, "cannot \(doing) '\(path)': \(unsafe String(cString: strerror(errno)))")
    }
}
