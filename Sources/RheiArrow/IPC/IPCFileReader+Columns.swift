extension IPCFileReader {
    /// Number of rows of batch `index`.
    ///
    /// - Precondition: `0 <= index < batchCount`.
    public func rowCount(ofBatch index: Int) throws -> Int { try batch(at: index).rowCount }

    /// Returns columns of a batch, in the order asked for.
    ///
    /// - Precondition: the batch and the columns exist.
    public func columns(_ columns: [Int], ofBatch index: Int) throws -> [ArrowArray] {
        let batch = try batch(at: index)
        return columns.map { batch.columns[$0] }
    }
}
