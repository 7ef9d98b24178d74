package import RheiArrow
import RheiCore

/// The batches of a running query, in order; for one reader. Letting go of it cancels the query.
package final class QueryResult: AsyncSequence, Sendable {
    package typealias Element = RecordBatch

    package let schema: Schema
    private let channel: ResultChannel
    private let context: QueryContext
    private let wake: @Sendable () -> Void

    init(schema: Schema, channel: ResultChannel, context: QueryContext, wake: @escaping @Sendable () -> Void) {
        self.schema = schema
        self.channel = channel
        self.context = context
        self.wake = wake
    }

    deinit { cancel() }

    /// Makes the query fail with `cancelled`, unless it has ended. The reader learns of it at once; workers let go of
    /// the query at their next check.
    package func cancel() {
        if channel.hasEnded { return }
        context.cancel()
        channel.finish(QueryContext.cancellation)
        wake()
    }

    /// Returns the next batch, or nil after the last. Cancelling the task cancels the query.
    package func next() async throws -> RecordBatch? {
        if let batch = try channel.poll() { return batch }
        return try await withTaskCancellationHandler {
            try await channel.next()
        } onCancel: {
            cancel()
        }
    }

    /// Reads all batches that are left.
    package func collect() async throws -> [RecordBatch] {
        var batches: [RecordBatch] = []
        while let batch = try await next() { batches.append(batch) }
        return batches
    }

    package func makeAsyncIterator() -> Iterator { Iterator(result: self) }

    package struct Iterator: AsyncIteratorProtocol {
        let result: QueryResult
        package mutating func next() async throws -> RecordBatch? { try await result.next() }
    }
}
