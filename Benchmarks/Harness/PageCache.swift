public import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What the system keeps of files in memory.
public enum PageCache {
    /// Lets the system forget the contents of all files under a folder: whoever reads them next waits for the disk.
    public static func drop(filesIn folder: URL) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let descriptor = unsafe open(folder.path + "/" + name, O_RDONLY)
            guard descriptor >= 0 else { continue }
            // Pages that are not written yet would stay.
            fsync(descriptor)
            #if canImport(Glibc)
            posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
            #endif
            close(descriptor)
        }
    }
}
