/// A thread that does pieces of work in order while its maker makes the next: at most one is under way, and one more is
/// being made.
///
/// Confined to its maker's thread but for the work.
package final class SideThread<Work: Sendable> {
    private let work = WorkQueue<Work>()
    private let done = WorkQueue<Result<Void, any Error>>()
    private var isBusy = false

    /// Starts the thread.
    ///
    /// - Throws: `outOfMemory` when the system has none to give.
    package init(_ body: @escaping @Sendable (Work) throws -> Void) throws {
        let work = work
        let done = done
        _ = try WorkerThread.start {
            while let next = work.takeFirst() { _ = done.push(Result { try body(next) }) }
        }
    }

    deinit { work.close() }

    /// Waits for the piece before and hands over the next.
    ///
    /// - Throws: what the piece before threw.
    package func hand(_ next: Work) throws {
        try finish()
        _ = work.push(next)
        isBusy = true
    }

    /// Waits for the piece that is under way.
    ///
    /// - Throws: what it threw.
    package func finish() throws {
        guard isBusy else { return }
        isBusy = false
        try done.takeFirst()?.get()
    }
}
