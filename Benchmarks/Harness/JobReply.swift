/// One line that a contender writes; what was not asked for is nil.
public struct JobReply: Codable, Sendable {
    public var version: String?
    /// Time of the query, of loading in the first reply, of what follows the cancellation of a query.
    public var seconds: Double?
    public var rowCount: Int?
    public var rows: [[String?]]?
    public var peakByteCount: Int?
    /// Bytes of the files that tables are in, in the first reply.
    public var fileByteCount: Int?
    /// Whether a query that was cancelled had not ended before.
    public var wasCancelled: Bool?
    /// Why the engine cannot run the query.
    public var error: String?

    public init(
        version: String? = nil, seconds: Double? = nil, rowCount: Int? = nil, rows: [[String?]]? = nil,
        peakByteCount: Int? = nil, fileByteCount: Int? = nil, wasCancelled: Bool? = nil, error: String? = nil
    ) {
        self.version = version
        self.seconds = seconds
        self.rowCount = rowCount
        self.rows = rows
        self.peakByteCount = peakByteCount
        self.fileByteCount = fileByteCount
        self.wasCancelled = wasCancelled
        self.error = error
    }
}
