import Glibc
import Rhei
import Synchronization

/// Ctrl-C: ends the columnar queries that run, and the program when none does.
enum InterruptSignal {
    /// The end of a pipe to which the signal handler writes; the only thing that may be done there.
    private static let pipeEnd = Atomic<Int32>(-1)

    /// Takes SIGINT from now on, on a thread of its own.
    static func listen(for engine: HtapEngine) {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return }
        pipeEnd.store(ends[1], ordering: .sequentiallyConsistent)
        let listener = Listener(engine: engine, descriptor: ends[0])
        guard listener.start() else { return }
        signal(SIGINT) { _ in
            var byte: UInt8 = 0
            _ = unsafe write(InterruptSignal.pipeEnd.load(ordering: .relaxed), &byte, 1)
        }
    }

    private final class Listener {
        private weak var engine: HtapEngine?
        private let descriptor: Int32

        init(engine: HtapEngine, descriptor: Int32) {
            self.engine = engine
            self.descriptor = descriptor
        }

        /// Starts the thread, which lives as long as the program.
        ///
        /// - Returns: whether the system granted it.
        func start() -> Bool {
            var thread = pthread_t()
            let retained = unsafe Unmanaged.passRetained(self)
            let code = unsafe pthread_create(
                &thread, nil,
                { argument in
                    if let argument = unsafe argument {
                        unsafe Unmanaged<Listener>.fromOpaque(argument).takeRetainedValue().run()
                    }
                    return nil
                }, retained.toOpaque())
            guard code == 0 else {
                unsafe retained.release()
                return false
            }
            pthread_detach(thread)
            return true
        }

        private func run() {
            var byte: UInt8 = 0
            while unsafe read(descriptor, &byte, 1) == 1 {
                guard let engine, !engine.runningQueries.isEmpty else { exit(130) }
                engine.interrupt()
            }
        }
    }
}
