@_silgen_name("llvm.prefetch.p0")
func _llvmPrefetch(_ address: UnsafeRawPointer, _ isWrite: Int32, _ locality: Int32, _ isData: Int32)

/// Asks for the cache line at `address`, which need not be valid memory.
@inline(__always)
func prefetch(_ address: UnsafeRawPointer) { unsafe _llvmPrefetch(address, 0, 3, 1) }
