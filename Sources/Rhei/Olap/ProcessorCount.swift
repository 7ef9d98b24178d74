#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// How much memory the machine has.
enum MachineMemory {
    static var byteCount: Int { max(1 << 30, sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))) }
}

/// How many processors the machine has.
enum ProcessorCount {
    /// Processors that are online, at least 1.
    static var available: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }
}
