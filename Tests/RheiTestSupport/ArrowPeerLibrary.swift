import Foundation
import Glibc

/// The shared library that pyarrow loads in tests of the C Data Interface.
package enum ArrowPeerLibrary {
    /// Its path: it is built into the folder of the tests.
    package static var path: String {
        URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "librhei-arrow-peer.so").path
    }

    /// Whether an interpreter can load it: not when it was built with a sanitizer, which must be there from the start
    /// of the process.
    package static var isLoadable: Bool {
        unsafe dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil
    }
}
