#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif
import RheiCore

extension Buffer {
    /// Returns part of this buffer, sharing memory; the part has no slack.
    ///
    /// - Precondition: the bytes exist.
    package func slice(offset: Int, byteCount: Int) -> Buffer {
        precondition(offset >= 0 && byteCount >= 0 && offset <= self.byteCount - byteCount, "slice out of range")
        if byteCount == 0 { return .empty }
        if byteCount == self.byteCount { return self }
        return unsafe Buffer(borrowing: pointer + offset, byteCount: byteCount, owner: self)
    }

    /// Maps a file into memory for reading; the mapping lives as long as the buffer.
    ///
    /// The file must not be shortened meanwhile: reading past its new end stops the process.
    ///
    /// - Throws: `io` when the file cannot be opened or mapped.
    public static func mapping(path: String) throws -> Buffer {
        let descriptor = unsafe open(path, O_RDONLY)
        guard descriptor >= 0 else { throw EngineError(.io, "cannot open '\(path)': error \(errno)") }
        defer { close(descriptor) }
        let byteCount = Int(lseek(descriptor, 0, SEEK_END))
        guard byteCount >= 0 else { throw EngineError(.io, "cannot size '\(path)': error \(errno)") }
        if byteCount == 0 { return .empty }
        guard
            let start = unsafe mmap(nil, byteCount, PROT_READ, MAP_PRIVATE, descriptor, 0),
            unsafe start != MAP_FAILED
        else { throw EngineError(.io, "cannot map '\(path)': error \(errno)") }
        return unsafe Buffer(
            borrowing: UnsafeRawPointer(start), byteCount: byteCount,
            owner: FileMapping(start: start, byteCount: byteCount))
    }

    /// Copies the contents into an array.
    func bytes() -> [UInt8] {
        defer { withExtendedLifetime(self) {} }
        return unsafe Array(UnsafeRawBufferPointer(start: pointer, count: byteCount))
    }
}

/// Unmaps its region at the end of its life.
@safe private final class FileMapping {
    private let start: UnsafeMutableRawPointer
    private let byteCount: Int

    init(start: UnsafeMutableRawPointer, byteCount: Int) {
        unsafe self.start = start
        self.byteCount = byteCount
    }

    deinit { _ = unsafe munmap(start, byteCount) }
}
