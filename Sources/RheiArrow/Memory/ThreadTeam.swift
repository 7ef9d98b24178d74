#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads that share one piece of work and end with it.
package enum ThreadTeam {
    /// The number of processors that are online.
    package static var processorCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Runs `work` on this thread and on `threadCount - 1` others, fewer where the system grants no more, and returns
    /// when all have ended.
    package static func run(threadCount: Int, _ work: @escaping @Sendable () -> Void) {
        let member = Member(work)
        let threads = (1..<max(threadCount, 1)).compactMap { _ in member.start() }
        work()
        for thread in threads { pthread_join(thread, nil) }
    }

    private final class Member: Sendable {
        private let work: @Sendable () -> Void

        init(_ work: @escaping @Sendable () -> Void) { self.work = work }

        /// Runs on another thread; nil when the system grants none.
        func start() -> pthread_t? {
            let argument = unsafe Unmanaged.passRetained(self)
            #if canImport(Glibc)
            var thread = pthread_t()
            let code = unsafe pthread_create(
                &thread, nil,
                { argument in
                    if let argument = unsafe argument {
                        unsafe Unmanaged<Member>.fromOpaque(argument).takeRetainedValue().work()
                    }
                    return nil
                }, argument.toOpaque())
            #else
            var thread: pthread_t?
            let code = unsafe pthread_create(
                &thread, nil,
                { argument in
                    unsafe Unmanaged<Member>.fromOpaque(argument).takeRetainedValue().work()
                    return unsafe nil
                }, argument.toOpaque())
            #endif
            if code == 0 { return thread }
            unsafe argument.release()
            return nil
        }
    }
}
