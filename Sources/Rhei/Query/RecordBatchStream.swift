import RheiExec

/// The batches of a query in order, made while they are read; for one reader. Letting go of it cancels the query.
public struct RecordBatchStream: AsyncSequence, Sendable {
    public typealias Element = RecordBatch

    fileprivate enum Source: Sendable {
        case running(RheiExec.QueryResult)
        case collected([RecordBatch])
    }

    public let schema: Schema
    public let info: QueryInfo
    private let source: Source

    init(_ running: RheiExec.QueryResult, info: QueryInfo) {
        schema = running.schema
        self.info = info
        source = .running(running)
    }

    init(_ result: QueryResult) {
        schema = result.schema
        info = result.info
        source = .collected(result.batches)
    }

    public func makeAsyncIterator() -> Iterator { Iterator(source) }

    public struct Iterator: AsyncIteratorProtocol {
        private let source: Source
        private var position = 0

        fileprivate init(_ source: Source) { self.source = source }

        /// Returns the next batch, or nil after the last. Cancelling the task cancels the query.
        public mutating func next() async throws -> RecordBatch? {
            switch source {
            case .running(let running): return try await running.next()
            case .collected(let batches):
                guard position < batches.count else { return nil }
                defer { position += 1 }
                return batches[position]
            }
        }
    }
}
