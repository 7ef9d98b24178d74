import Synchronization

/// Compresses or decompresses the buffers of a message on several threads.
enum ParallelBuffers {
    /// Below this many bytes in all a second thread costs more than it saves.
    private static let parallelByteCount = 256 << 10

    /// Returns what `transform` makes of each buffer, in their order. The largest are begun first.
    ///
    /// - Throws: one of the errors that `transform` threw.
    static func map(
        _ buffers: [Buffer], threadCount: Int, _ transform: @escaping @Sendable (Buffer, ZstdCodec) throws -> Buffer
    ) throws -> [Buffer] {
        let byteCount = buffers.reduce(0) { $0 + $1.byteCount }
        if threadCount <= 1 || byteCount < parallelByteCount {
            let codec = ZstdCodec()
            return try buffers.map { try transform($0, codec) }
        }
        let work = Work(buffers, transform)
        ThreadTeam.run(threadCount: min(threadCount, buffers.count)) { work.run() }
        return try work.finish()
    }

    /// What the threads share.
    private final class Work: Sendable {
        private let buffers: [Buffer]
        /// Places of `buffers`, largest first.
        private let order: [Int]
        private let transform: @Sendable (Buffer, ZstdCodec) throws -> Buffer
        private let next = Atomic<Int>(0)
        private let results: Mutex<Results>

        private struct Results {
            var buffers: [Buffer]
            var error: (any Error)?
        }

        init(_ buffers: [Buffer], _ transform: @escaping @Sendable (Buffer, ZstdCodec) throws -> Buffer) {
            self.buffers = buffers
            self.transform = transform
            order = buffers.indices.sorted { buffers[$0].byteCount > buffers[$1].byteCount }
            results = Mutex(Results(buffers: buffers, error: nil))
        }

        /// Transforms buffers until there are no more.
        func run() {
            let codec = ZstdCodec()
            while true {
                let turn = next.add(1, ordering: .relaxed).oldValue
                guard turn < order.count else { return }
                let place = order[turn]
                do {
                    let result = try transform(buffers[place], codec)
                    results.withLock { $0.buffers[place] = result }
                } catch {
                    results.withLock { $0.error = error }
                    next.store(order.count, ordering: .relaxed)
                }
            }
        }

        func finish() throws -> [Buffer] {
            try results.withLock { results in
                if let error = results.error { throw error }
                return results.buffers
            }
        }
    }
}
