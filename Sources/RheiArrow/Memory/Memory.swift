#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Tells whether two runs of bytes are equal; neither is read when `byteCount` is zero.
@unsafe package func memoryEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, _ byteCount: Int) -> Bool {
    unsafe byteCount == 0 || memcmp(left, right, byteCount) == 0
}

/// Maps `byteCount` zeroed bytes at an address that is a multiple of 2 MB and asks for huge pages for each whole 2 MB.
///
/// - Parameter byteCount: a multiple of the page size.
/// - Returns: nil when the system refuses.
@unsafe func mapHugeRegion(byteCount: Int) -> UnsafeMutableRawPointer? {
    let alignment = BufferPool.regionByteCount
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    guard
        let start = unsafe mmap(nil, byteCount + alignment, PROT_READ | PROT_WRITE, flags, -1, 0),
        unsafe start != MAP_FAILED
    else { return nil }
    let misalignment = Int(bitPattern: start) & (alignment - 1)
    let head = misalignment == 0 ? 0 : alignment - misalignment
    let region = unsafe start + head
    if head > 0 { _ = unsafe munmap(start, head) }
    if alignment - head > 0 { _ = unsafe munmap(region + byteCount, alignment - head) }
    #if os(Linux)
    _ = unsafe madvise(region, byteCount & ~(alignment - 1), MADV_HUGEPAGE)
    #endif
    return unsafe region
}

/// Returns a region of `mapHugeRegion` to the system.
@unsafe func unmapRegion(_ region: UnsafeMutableRawPointer, byteCount: Int) {
    _ = unsafe munmap(region, byteCount)
}

/// Lets the system take the pages of a region of `mapHugeRegion` when memory is short; their contents are lost then.
@unsafe func lendToSystem(_ pages: UnsafeMutableRawPointer, byteCount: Int) {
    #if os(Linux)
    _ = unsafe madvise(pages, byteCount, MADV_FREE)
    #endif
}

/// How much memory the process may use, in bytes: what the machine has, or less in a container; a gigabyte where the
/// system does not tell.
///
/// - Parameter limitFiles: where Linux tells the limit of a container, by version 2 and 1 of control groups.
func usableMemoryByteCount(
    limitFiles: [String] = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
) -> Int {
    let pages = sysconf(Int32(_SC_PHYS_PAGES))
    let pageByteCount = sysconf(Int32(_SC_PAGESIZE))
    let physical = pages > 0 && pageByteCount > 0 ? pages * pageByteCount : 1 << 30
    return limitFiles.compactMap(number).reduce(physical) { min($0, $1) }
}

/// The number above zero that a file begins with; nil of another text, such as `max`, and without the file.
private func number(inFile path: String) -> Int? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe read(file, &bytes, bytes.count)
    let digits = bytes.prefix(max(count, 0)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int(String(decoding: digits, as: UTF8.self)).flatMap { $0 > 0 ? $0 : nil }
}
