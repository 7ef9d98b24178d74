#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How many processors the machine has.
enum ProcessorCount {
    /// Processors that are online, at least 1.
    static var available: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
