#if os(Linux) && canImport(Glibc)
@_silgen_name("malloc_trim")
private func mallocTrim(_ keptByteCount: Int) -> Int32
#endif

/// What `malloc` keeps of small blocks that were freed.
///
/// It returns the end of a heap by itself, and not what is free in the middle: after a load or a large query that can
/// be as much as these held in small blocks, in each of its arenas.
package enum FreedHeap {
    /// Returns whole free pages to the system. Costs a look at every free block: some milliseconds where there are
    /// many.
    package static func release() {
        #if os(Linux) && canImport(Glibc)
        _ = mallocTrim(0)
        #endif
    }
}
